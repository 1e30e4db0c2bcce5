package io.keelson.chaos.check;

import static io.keelson.chaos.check.Histories.leased;
import static io.keelson.chaos.check.Histories.put;
import static io.keelson.chaos.check.Histories.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.chaos.history.Change;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Recording;
import io.keelson.chaos.history.Request;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Request.Condition;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Result.Body;
import io.keelson.chaos.history.Version;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Leases, locks, lists, and what becomes of single numbers. */
class OtherRulesTest {

    // ---- leases ----------------------------------------------------------------------------------------------------

    private static Histories lease(long secondsUntilItGoes) {
        return new Histories()
                .op(new Request.Grant(7, 3), new Result.Ok(1, new Body.Lifetime(3)))
                .happens(leased("x", 7, 2))
                .op(Request.Write.of(new Action.Put("x", "v2", 7)), Histories.done(2))
                .op(new Request.KeepAlive(7), new Result.Ok(2, new Body.Lifetime(3)))
                .sleep(secondsUntilItGoes)
                .happens(Change.delete(3, "x"));
    }

    @Test
    void leaseThatEndsAfterItsTimeIsFine() {
        Histories history = lease(3);
        assertThat(LeaseRules.violations(history.truth(), history.recording())).isEmpty();
    }

    @Test
    void leaseThatEndsBeforeItsTimeIsSeen() {
        Histories history = lease(0);
        assertThat(rules(LeaseRules.violations(history.truth(), history.recording())))
                .containsExactly("a lease lives its time");
    }

    @Test
    void leaseThatSomebodyEndsMayEndAtAnyTime() {
        Histories history = lease(0).op(new Request.Revoke(7), new Result.Ok(3, new Body.Nothing()));
        assertThat(LeaseRules.violations(history.truth(), history.recording())).isEmpty();
    }

    // ---- locks -----------------------------------------------------------------------------------------------------

    @Test
    void tokensThatGoBackAreSeen() {
        String key = LockRules.FENCED + "resource";
        var good = new Histories().happens(put(key, "5:1", 6, 6, 1)).happens(put(key, "9:2", 6, 10, 2));
        assertThat(LockRules.violations(good.truth())).isEmpty();
        assertThat(rules(LockRules.violations(
                        good.happens(put(key, "5:3", 6, 11, 3)).truth())))
                .containsExactly("mutual exclusion by fencing");
    }

    @Test
    void twoHoldersAtATimeAreSeen() {
        var first = hold(1, 0, 5);
        assertThat(LockRules.overlaps(new Recording(List.of(first, hold(2, 5, 9)), List.of())))
                .isEmpty();
        assertThat(LockRules.overlaps(new Recording(List.of(first, hold(2, 4, 9)), List.of())))
                .hasSize(1);
    }

    private static Op hold(int client, long from, long until) {
        return new Op(
                client,
                "lock",
                0,
                new Request.Hold("l", client),
                new Result.Ok(1, new Body.Nothing()),
                from * Histories.SECOND,
                until * Histories.SECOND);
    }

    // ---- lists -----------------------------------------------------------------------------------------------------

    private static final String LIST = Appends.PREFIX + "0";
    private static final String OTHER = Appends.PREFIX + "1";
    private final List<Op> ops = new ArrayList<>();

    private void reads(long from, long until, String... lists) {
        var gets = new ArrayList<Action>();
        var found = new ArrayList<Body>();
        for (int i = 0; i < lists.length; i++) {
            String key = Appends.PREFIX + i;
            gets.add(new Action.Get(Keys.one(key)));
            found.add(new Body.Found(lists[i].isEmpty() ? List.of() : List.of(new Version(key, lists[i], 1, 1, 1, 0))));
        }
        ops.add(new Op(
                1,
                "append",
                0,
                new Request.Write(List.of(), gets, List.of()),
                new Result.Ok(1, new Body.Branch(true, found)),
                from,
                until));
    }

    private void appends(long from, long until, String key, String list, Result result) {
        ops.add(new Op(
                2,
                "append",
                0,
                new Request.Write(
                        List.of(new Condition(key, Condition.Field.MOD, 0)),
                        List.of(new Action.Put(key, list, 0)),
                        List.of()),
                result,
                from,
                until));
    }

    @Test
    void listsThatOnlyGrowAreAccepted() {
        appends(0, 1, LIST, "a", Histories.done(2));
        reads(2, 3, "a");
        appends(4, 5, LIST, "a,b", Histories.done(3));
        reads(6, 7, "a,b");
        assertThat(Appends.violations(ops)).isEmpty();
    }

    @Test
    void listThatForgetsIsSeen() {
        reads(2, 3, "a,b");
        reads(4, 5, "a,c,d");
        assertThat(rules(Appends.violations(ops))).containsExactly("lists only grow");
    }

    @Test
    void acknowledgedAppendThatNobodySeesIsLost() {
        appends(0, 1, LIST, "a", Histories.done(2));
        reads(2, 3, "");
        assertThat(rules(Appends.violations(ops))).containsExactly("lost acknowledged append");
    }

    @Test
    void elementThatIsThereTwiceIsSeen() {
        reads(0, 1, "a,a");
        assertThat(rules(Appends.violations(ops))).containsExactly("appended once");
    }

    @Test
    void twoReadersThatSeeTwoWritesInOppositeOrderMakeACircle() {
        appends(0, 10, LIST, "a", Histories.done(2));
        appends(0, 10, OTHER, "x", Histories.done(3));
        reads(0, 10, "a", "");
        reads(0, 10, "", "x");
        reads(11, 12, "a", "x");
        assertThat(rules(Appends.violations(ops))).containsExactly("strict serializability of lists");
    }

    @Test
    void readThatMissesWhatWasAnsweredBeforeMakesACircle() {
        appends(0, 1, LIST, "a", Histories.done(2));
        reads(2, 3, "");
        reads(4, 5, "a");
        assertThat(rules(Appends.violations(ops))).containsExactly("strict serializability of lists");
    }

    // ---- numbers ---------------------------------------------------------------------------------------------------

    @Test
    void numbersAreJudgedByValueAlone() {
        String key = "register/0";
        var history = new Histories()
                .op(Histories.write(key, "1"), Histories.done(2))
                .op(Histories.read(key), Histories.found(2, Histories.version(key, "1", 2, 2, 1)))
                .op(
                        new Request.Write(
                                List.of(new Condition(key, Condition.Field.MOD, 2)),
                                List.of(new Action.Put(key, "2", 0)),
                                List.of(new Action.Get(Keys.one(key)))),
                        Histories.done(3));
        assertThat(Linearizability.violations(
                        RegisterHistory.of(history.recording().ops(), "register/")))
                .isEmpty();
        history.op(Histories.read(key), Histories.found(2, Histories.version(key, "1", 2, 2, 1)));
        assertThat(Linearizability.violations(
                        RegisterHistory.of(history.recording().ops(), "register/")))
                .hasSize(1);
    }
}

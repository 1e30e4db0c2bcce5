package io.keelson.chaos.check;

import static io.keelson.chaos.check.Histories.done;
import static io.keelson.chaos.check.Histories.found;
import static io.keelson.chaos.check.Histories.put;
import static io.keelson.chaos.check.Histories.read;
import static io.keelson.chaos.check.Histories.rules;
import static io.keelson.chaos.check.Histories.unknown;
import static io.keelson.chaos.check.Histories.version;
import static io.keelson.chaos.check.Histories.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.chaos.history.Change;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Request;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Request.Condition;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Result.Body;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayTest {

    private static List<String> judged(Histories history) {
        return rules(Replay.violations(history.truth(), history.recording()));
    }

    private static Histories twoPuts() {
        return new Histories()
                .happens(put("a", "1", 2, 2, 1))
                .op(write("a", "1"), done(2))
                .happens(put("a", "2", 2, 3, 2))
                .op(write("a", "2"), done(3));
    }

    @Test
    void whatAStoreShouldAnswerIsAccepted() {
        assertThat(judged(twoPuts()
                        .op(read("a"), found(3, version("a", "2", 2, 3, 2)))
                        .op(new Request.Read(Keys.one("a"), false, 2), found(3, version("a", "1", 2, 2, 1)))
                        .op(read("b"), found(3))))
                .isEmpty();
    }

    @Test
    void readThatShowsAnotherValueThanItsRevisionIsSeen() {
        assertThat(judged(twoPuts().op(read("a"), found(3, version("a", "1", 2, 2, 1)))))
                .containsExactly("reads see one state");
    }

    @Test
    void readOfARevisionOlderThanKnownIsStale() {
        assertThat(judged(twoPuts().op(read("a"), found(2, version("a", "1", 2, 2, 1)))))
                .containsExactly("stale read");
    }

    @Test
    void serializableReadMayBeOldButNotTorn() {
        assertThat(judged(twoPuts().op(new Request.Read(Keys.one("a"), true, 0), found(2, version("a", "1", 2, 2, 1)))))
                .isEmpty();
        assertThat(judged(twoPuts().op(new Request.Read(Keys.one("a"), true, 0), found(3, version("a", "1", 2, 2, 1)))))
                .containsExactly("serializable reads are one state");
    }

    @Test
    void acknowledgedWriteThatIsNotInTheHistoryIsLost() {
        assertThat(judged(twoPuts().op(write("a", "3"), done(4)))).containsExactly("lost acknowledged write");
    }

    @Test
    void writeWithoutAnswerMayHaveHappenedOnceOrNever() {
        assertThat(judged(twoPuts().op(write("a", "3"), unknown()))).isEmpty();
        assertThat(judged(twoPuts().op(write("a", "3"), unknown()).happens(put("a", "3", 2, 4, 3))))
                .isEmpty();
        assertThat(judged(twoPuts()
                        .op(write("a", "3"), unknown())
                        .happens(put("a", "3", 2, 4, 3))
                        .happens(put("a", "3", 2, 5, 4))))
                .contains("applied twice");
    }

    @Test
    void refusedWriteMustNotHappen() {
        assertThat(judged(
                        twoPuts().op(write("a", "3"), new Result.Refused("no")).happens(put("a", "3", 2, 4, 3))))
                .contains("a write that was refused");
    }

    @Test
    void changeThatNobodyAskedForIsSeen() {
        assertThat(judged(twoPuts().happens(put("b", "x", 4, 4, 1)))).containsExactly("every change was asked for");
    }

    @Test
    void writeBeforeARevisionThatWasKnownIsInThePast() {
        assertThat(judged(twoPuts()
                        .happens(put("a", "4", 2, 4, 3))
                        .happens(put("a", "5", 2, 5, 4))
                        .op(write("a", "5"), done(5))
                        .op(write("a", "4"), done(4))))
                .contains("a write in the past");
    }

    @Test
    void conditionIsJudgedOnTheStateBefore() {
        var stale = new Request.Write(
                List.of(new Condition("a", Condition.Field.MOD, 2)),
                List.of(new Action.Put("a", "3", 0)),
                List.of(new Action.Get(Keys.one("a"))));
        assertThat(judged(twoPuts()
                        .op(
                                stale,
                                new Result.Ok(
                                        3,
                                        new Body.Branch(
                                                false, List.of(new Body.Found(List.of(version("a", "2", 2, 3, 2)))))))))
                .isEmpty();
        assertThat(judged(twoPuts().happens(put("a", "3", 2, 4, 3)).op(stale, done(4))))
                .contains("transactions are atomic");
    }

    @Test
    void deleteWithoutAnswerExplainsADeletion() {
        assertThat(judged(twoPuts()
                        .op(Request.Write.of(new Action.Delete(Keys.one("a"))), unknown())
                        .happens(Change.delete(4, "a"))))
                .isEmpty();
    }

    @Test
    void leaseEndsWithAllItsKeysInOneRevision() {
        var keys = new Histories()
                .happens(Histories.leased("x", 7, 2))
                .op(Request.Write.of(new Action.Put("x", "v2", 7)), done(2))
                .happens(Histories.leased("y", 7, 3))
                .op(Request.Write.of(new Action.Put("y", "v3", 7)), done(3));
        assertThat(judged(keys.happens(Change.delete(4, "x"), Change.delete(4, "y"))))
                .isEmpty();
        var torn = new Histories()
                .happens(Histories.leased("x", 7, 2))
                .op(Request.Write.of(new Action.Put("x", "v2", 7)), done(2))
                .happens(Histories.leased("y", 7, 3))
                .op(Request.Write.of(new Action.Put("y", "v3", 7)), done(3))
                .happens(Change.delete(4, "x"))
                .happens(Change.delete(5, "y"));
        assertThat(judged(torn)).containsExactly("a lease ends with all its keys");
    }

    @Test
    void compactionMayHideOnlyWhatWasAskedFor() {
        var hidden = new Result.Refused("OUT_OF_RANGE etcdserver: mvcc: required revision has been compacted");
        assertThat(judged(twoPuts()
                        .op(new Request.Compact(3), new Result.Ok(3, new Body.Nothing()))
                        .op(new Request.Read(Keys.one("a"), false, 2), hidden)))
                .isEmpty();
        assertThat(judged(twoPuts()
                        .op(new Request.Compact(2), new Result.Ok(3, new Body.Nothing()))
                        .op(new Request.Read(Keys.one("a"), false, 2), hidden)))
                .containsExactly("compaction hides too much");
    }

    @Test
    void membersThatTellDifferentHistoriesAreSeen() {
        var history = twoPuts().watch(Histories.ALL, new Histories().events(put("a", "9", 2, 3, 2)));
        assertThat(rules(Truth.of(history.recording().watches()).conflicts())).containsExactly("one history");
    }

    @Test
    void revisionThatNobodyDeliveredIsAHole() {
        var history = twoPuts().happens(put("a", "5", 2, 5, 3));
        assertThat(rules(history.truth().conflicts())).containsExactly("one history");
    }
}

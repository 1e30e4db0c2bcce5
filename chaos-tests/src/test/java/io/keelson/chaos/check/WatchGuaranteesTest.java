package io.keelson.chaos.check;

import static io.keelson.chaos.check.Histories.put;
import static io.keelson.chaos.check.Histories.rules;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.chaos.history.Change;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Request;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.WatchLog.Answer;
import io.keelson.chaos.history.WatchLog.Kind;
import io.keelson.chaos.history.WatchLog.Seen;
import io.keelson.chaos.history.WatchLog.Wanted;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatchGuaranteesTest {

    private static final Change A2 = put("a", "1", 2, 2, 1);
    private static final Change B3 = put("b", "1", 3, 3, 1);
    private static final Change A4 = put("a", "2", 2, 4, 2);
    private static final Change B4 = put("b", "2", 3, 4, 2);
    private static final Change DELETE5 = Change.delete(5, "a");

    private static final Wanted ALL = Histories.ALL;

    private static Histories store() {
        return new Histories().happens(A2).happens(B3).happens(A4, B4).happens(DELETE5);
    }

    private static List<String> judged(Wanted wanted, Answer... answers) {
        return judged(List.of(), wanted, answers);
    }

    private static List<String> judged(List<Op> compactions, Wanted wanted, Answer... answers) {
        Histories history = store().watch(wanted, answers);
        return rules(WatchGuarantees.violations(
                history.truth(), history.recording().watches().subList(1, 2), compactions));
    }

    private static final Histories H = new Histories();

    @Test
    void whatWasPromisedIsAccepted() {
        assertThat(judged(
                        ALL,
                        H.created(5),
                        H.events(A2, B3),
                        H.progress(3),
                        H.events(A4, B4),
                        H.events(DELETE5),
                        H.progress(5)))
                .isEmpty();
    }

    @Test
    void filter() {
        assertThat(judged(new Wanted(Keys.one("a"), 1, false, false, false, false), H.events(A2), H.events(B3)))
                .containsExactly("watch: Filter");
        assertThat(judged(new Wanted(Keys.one("a"), 1, false, false, true, false), H.events(A2, A4), H.events(DELETE5)))
                .containsExactly("watch: Filter");
    }

    @Test
    void ordered() {
        assertThat(judged(ALL, H.events(A2), H.events(A4, B4), H.events(B3))).contains("watch: Ordered");
    }

    @Test
    void unique() {
        assertThat(judged(ALL, H.events(A2, A2))).containsExactly("watch: Unique");
    }

    @Test
    void atomic() {
        assertThat(judged(ALL, H.events(A2, B3), H.events(A4), H.events(B4))).containsExactly("watch: Atomic");
    }

    @Test
    void fragmentsMayTearARevision() {
        var fragments = new Wanted(Keys.ALL, 1, false, false, false, true);
        assertThat(judged(fragments, H.events(A2, B3), H.events(true, A4), H.events(B4)))
                .isEmpty();
    }

    @Test
    void bookmarkable() {
        assertThat(judged(ALL, H.events(A2), H.progress(3), H.events(B3))).contains("watch: Bookmarkable");
    }

    @Test
    void resumable() {
        var later = new Wanted(Keys.ALL, 3, false, false, false, false);
        assertThat(judged(later, H.events(A4, B4))).containsExactly("watch: Resumable");
        assertThat(judged(later, H.events(A2), H.events(B3))).contains("watch: Resumable");
    }

    @Test
    void createdSaysWhereNowIs() {
        var now = new Wanted(Keys.ALL, 0, false, false, false, false);
        assertThat(judged(now, H.created(3), H.events(A4, B4))).isEmpty();
        assertThat(judged(now, H.created(2), H.events(A4, B4))).containsExactly("watch: Resumable");
    }

    @Test
    void reliable() {
        assertThat(judged(ALL, H.events(A2), H.events(A4, B4))).containsExactly("watch: Reliable");
        assertThat(judged(ALL, H.events(A2, B3), H.progress(5))).contains("watch: Reliable");
    }

    @Test
    void isCreate() {
        Change pretended = put("a", "2", 4, 4, 1);
        assertThat(judged(new Wanted(Keys.one("a"), 1, false, false, false, false), H.events(A2), H.events(pretended)))
                .contains("watch: IsCreate");
    }

    private static Op compaction(long revision, long invoked) {
        return new Op(0, "", 0, new Request.Compact(revision), new Result.Unknown(""), invoked, invoked + 1);
    }

    @Test
    void previousKey() {
        var previous = new Wanted(Keys.one("a"), 1, true, false, false, false);
        Answer right = new Answer(0, 4, new Kind.Events(false), List.of(new Seen(A4, A2.after())));
        Answer wrong = new Answer(0, 4, new Kind.Events(false), List.of(new Seen(A4, Optional.empty())));
        assertThat(judged(previous, H.events(A2), right)).isEmpty();
        assertThat(judged(previous, H.events(A2), wrong)).containsExactly("watch: PrevKV");
        // Once everything below revision 4 was given up there is nothing to tell, but not before that was asked for.
        Answer late = new Answer(10, 4, new Kind.Events(false), List.of(new Seen(A4, Optional.empty())));
        assertThat(judged(List.of(compaction(4, 9)), previous, H.events(A2), late))
                .isEmpty();
        assertThat(judged(List.of(compaction(4, 11)), previous, H.events(A2), late))
                .containsExactly("watch: PrevKV");
        assertThat(judged(List.of(compaction(3, 9)), previous, H.events(A2), late))
                .containsExactly("watch: PrevKV");
    }

    @Test
    void compactionThatNobodyAskedForEndsNoWatch() {
        assertThat(judged(ALL, new Answer(0, 0, new Kind.Canceled(4, ""), List.of())))
                .containsExactly("watch: Reliable");
    }
}

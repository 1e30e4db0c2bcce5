package io.keelson.chaos.check;

import io.keelson.chaos.history.Change;
import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Request;
import io.keelson.chaos.history.WatchLog;
import io.keelson.chaos.history.WatchLog.Answer;
import io.keelson.chaos.history.WatchLog.Kind;
import io.keelson.chaos.history.WatchLog.Seen;
import io.keelson.chaos.history.WatchLog.Wanted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The nine promises of etcd's watch, each under its name in etcd's own tests: Filter, Ordered, Unique, Atomic, Bookmarkable, Resumable,
 * IsCreate, Reliable, PrevKV.
 */
public final class WatchGuarantees {

    private final Truth truth;
    private final WatchLog watch;
    private final List<Op> compactions;
    private final List<Violation> violations = new ArrayList<>();

    private WatchGuarantees(Truth truth, WatchLog watch, List<Op> compactions) {
        this.truth = truth;
        this.watch = watch;
        this.compactions = compactions;
    }

    /**
     * What was delivered otherwise than promised; empty when all is well.
     *
     * @param compactions all compactions that anybody asked for
     */
    public static List<Violation> violations(Truth truth, List<WatchLog> watches, List<Op> compactions) {
        var violations = new ArrayList<Violation>();
        for (WatchLog watch : watches) {
            var one = new WatchGuarantees(truth, watch, compactions);
            one.judge();
            violations.addAll(one.violations);
        }
        return violations;
    }

    /** The highest revision that anybody had asked to compact to by a moment. */
    private long compacted(long moment) {
        return compactions.stream()
                .filter(op -> op.invoked() < moment)
                .mapToLong(op -> op.request() instanceof Request.Compact(long revision) ? revision : 0)
                .max()
                .orElse(0);
    }

    private void judge() {
        long start = watch.wanted().start();
        long last = 0;
        long bookmark = 0;
        long complete = 0;
        boolean open = false;
        Set<String> ofLast = new HashSet<>();
        var delivered = new ArrayList<Change>();
        for (Answer answer : watch.answers()) {
            switch (answer.kind()) {
                case Kind.Created _ -> start = start == 0 ? answer.revision() + 1 : start;
                case Kind.Progress _ -> {
                    if (answer.revision() < last) {
                        add(
                                "Bookmarkable",
                                answer,
                                "progress says " + answer.revision() + " after an event of " + last);
                    }
                    bookmark = Math.max(bookmark, answer.revision());
                    complete = Math.max(complete, answer.revision());
                }
                case Kind.Canceled(long at, String why) -> {
                    if (at > compacted(Long.MAX_VALUE)) {
                        add("Reliable", answer, "canceled for a compaction at " + at + " that nobody asked for " + why);
                    }
                }
                case Kind.Events(boolean more) -> {
                    for (Seen seen : answer.events()) {
                        Change change = seen.change();
                        long revision = change.revision();
                        if (!wanted(change)) {
                            add("Filter", answer, "not asked for: " + change);
                            continue;
                        }
                        if (revision <= bookmark) {
                            add("Bookmarkable", answer, "progress had said " + bookmark + " before " + change);
                        }
                        if (revision < last) {
                            add("Ordered", answer, "revision " + last + " came before " + change);
                            continue;
                        }
                        if (revision > last) {
                            ofLast.clear();
                            open = true;
                        } else if (!open) {
                            add("Atomic", answer, "revision " + last + " was delivered before, without " + change);
                        }
                        if (!ofLast.add(change.key())) {
                            add("Unique", answer, "a second time: " + change);
                            continue;
                        }
                        last = revision;
                        delivered.add(change);
                        judge(answer, seen);
                    }
                    // Only fragments may leave a revision to the next message.
                    open = more && watch.wanted().fragment();
                    complete = Math.max(complete, open ? last - 1 : last);
                }
            }
        }
        judgeWhole(start, complete, delivered);
    }

    private boolean wanted(Change change) {
        Wanted wanted = watch.wanted();
        return wanted.keys().contains(change.key())
                && !(change.after().isPresent() ? wanted.withoutPuts() : wanted.withoutDeletes());
    }

    private void judge(Answer answer, Seen seen) {
        Change change = seen.change();
        var before = truth.get(change.key(), change.revision() - 1);
        boolean creates = change.after()
                .filter(after -> after.create() == after.mod() || after.version() == 1)
                .isPresent();
        if (change.after().isPresent() && creates != before.isEmpty()) {
            add("IsCreate", answer, change + " came after " + before);
        }
        // The value before the first revision that is kept is gone with the history: etcd delivers none then.
        boolean gone = seen.before().isEmpty() && change.revision() <= compacted(answer.received());
        if (watch.wanted().previous()
                ? !seen.before().equals(before) && !gone
                : seen.before().isPresent()) {
            add("PrevKV", answer, "before " + change + " was told " + seen.before() + ", was " + before);
        }
    }

    /** Nothing is missing from where the watch began, or was taken up again, to where it had come. */
    private void judgeWhole(long start, long complete, List<Change> delivered) {
        var expected = new ArrayList<Change>();
        if (start <= complete) {
            truth.revisions()
                    .subMap(start, true, complete, true)
                    .values()
                    .forEach(changes -> changes.stream().filter(this::wanted).forEach(expected::add));
        }
        var seen = new HashSet<>(delivered);
        List<Change> missing =
                expected.stream().filter(change -> !seen.contains(change)).toList();
        for (Change change : missing) {
            boolean first = delivered.isEmpty()
                    || change.revision() <= delivered.getFirst().revision();
            add(first ? "Resumable" : "Reliable", null, "not delivered: " + change);
        }
        for (Change change : delivered) {
            if (change.revision() < start) {
                add("Resumable", null, "older than the start " + start + ": " + change);
            }
        }
    }

    private void add(String rule, @Nullable Answer answer, String text) {
        long at = answer == null
                ? watch.answers().stream().mapToLong(Answer::received).max().orElse(-1)
                : answer.received();
        violations.add(new Violation(
                "watch: " + rule,
                "client " + watch.client() + " at member " + (watch.member() + 1) + " watching "
                        + Objects.toString(watch.wanted()).replace("\0", "\\0") + ": " + text,
                at,
                watch.client()));
    }
}

package io.keelson.chaos.check;

import io.keelson.chaos.history.Change;
import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Recording;
import io.keelson.chaos.history.Request;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Request.Write;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Result.Body;
import io.keelson.chaos.history.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Strict serializability by revisions. Every answer names the revision at which it holds, and the watched history says what each
 * revision did, so no order has to be searched: each operation is run again on the state before its revision and must do and answer
 * just what was seen; and no revision may be older than one that anybody had seen before the question.
 *
 * <p>What has no answer is looked up in the history: a write without one is there once or not at all, and after all that was known when
 * it was asked. A revision that no write explains must be the end of a lease, with all of its keys.
 *
 * <p>Needs values that are written once in a run. Time: one pass over operations and revisions.
 */
public final class Replay {

    private final Truth truth;
    private final Known known;
    private final List<Violation> violations = new ArrayList<>();
    private final Map<Long, Op> claims = new HashMap<>();
    private final List<Op> silentDeletes = new ArrayList<>();
    private final List<Op> compactions;

    private Replay(Truth truth, Recording recording) {
        this.truth = truth;
        this.known = new Known(recording);
        this.compactions = recording.ops().stream()
                .filter(op -> op.request() instanceof Request.Compact)
                .toList();
    }

    /** Everything that no strictly serializable store could have answered; empty when all is well. */
    public static List<Violation> violations(Truth truth, Recording recording) {
        var replay = new Replay(truth, recording);
        recording.ops().forEach(replay::judge);
        replay.explainTheRest();
        return List.copyOf(replay.violations);
    }

    private void judge(Op op) {
        switch (op.request()) {
            case Request.Read read -> judge(op, read);
            case Write write -> judge(op, write);
            case Request.Revoke revoke -> judge(op, revoke);
            case Request.Grant _, Request.KeepAlive _, Request.Compact _, Request.Hold _, Request.Order _ -> {}
        }
    }

    // ---- reads -----------------------------------------------------------------------------------------------------

    private void judge(Op op, Request.Read read) {
        switch (op.result()) {
            case Result.Ok(long revision, Body body) -> {
                long at = read.revision() == 0 ? revision : read.revision();
                List<Version> expected = truth.list(read.keys(), at);
                if (!(body instanceof Body.Found found) || !found.versions().equals(expected)) {
                    add(
                            read.serializable() ? "serializable reads are one state" : "reads see one state",
                            op,
                            "at revision " + at + " there was " + shorten(expected));
                }
                if (!read.serializable()) {
                    notOlder(op, revision, "stale read");
                    long compacted = compacted(op.invoked(), true);
                    if (read.revision() > 0 && read.revision() < compacted) {
                        add("compaction", op, "revision " + compacted + " was compacted before this was asked");
                    }
                }
            }
            case Result.Refused(String why) -> {
                if (why.contains("has been compacted") && read.revision() >= compacted(op.returned(), false)) {
                    add("compaction hides too much", op, "nobody had asked to compact that");
                }
                if (why.contains("future revision") && !read.serializable()) {
                    add("stale read", op, "a revision that had been seen is called a future one");
                }
            }
            case Result.Unknown _ -> {}
        }
    }

    /** The highest revision that compaction was asked for, or was acknowledged, by a moment. */
    private long compacted(long moment, boolean acknowledged) {
        long highest = 0;
        for (Op op : compactions) {
            if (op.request() instanceof Request.Compact(long revision)
                    && (acknowledged
                            ? op.result() instanceof Result.Ok && op.returned() < moment
                            : op.invoked() < moment)) {
                highest = Math.max(highest, revision);
            }
        }
        return highest;
    }

    private void notOlder(Op op, long revision, String rule) {
        long seen = known.before(op.invoked());
        if (revision < seen) {
            add(rule, op, "revision " + seen + " had been seen before this was asked");
        }
    }

    // ---- writes ----------------------------------------------------------------------------------------------------

    private void judge(Op op, Write write) {
        List<Long> happened = revisionsOf(write);
        switch (op.result()) {
            case Result.Ok(long revision, Body body) -> {
                Model.Outcome done = Model.run(truth, revision - 1, write);
                if (!done.changes().isEmpty() && done.body().equals(body) && same(done.changes(), truth.at(revision))) {
                    claim(op, revision, happened);
                    return;
                }
                Model.Outcome nothing = Model.run(truth, revision, write);
                if (nothing.changes().isEmpty() && nothing.body().equals(body)) {
                    notOlder(op, revision, "stale transaction");
                    if (!happened.isEmpty()) {
                        add("a write that was not to happen", op, "it stands in the history at " + happened);
                    }
                    return;
                }
                boolean wrote = body instanceof Body.Branch branch && branch.succeeded();
                add(
                        wrote && happened.isEmpty() && writes(write.then())
                                ? "lost acknowledged write"
                                : "transactions are atomic",
                        op,
                        "on the state before revision " + revision + " it would do " + shorten(done)
                                + ", the history has " + shorten(truth.at(revision))
                                + (happened.isEmpty() ? "" : ", its values stand at " + happened));
            }
            case Result.Refused _ -> {
                if (!happened.isEmpty()) {
                    add("a write that was refused", op, "it stands in the history at " + happened);
                }
            }
            case Result.Unknown _ -> {
                if (happened.isEmpty()) {
                    if (write.then().stream().anyMatch(Action.Delete.class::isInstance)) {
                        silentDeletes.add(op);
                    }
                    return;
                }
                long revision = happened.getFirst();
                Model.Outcome done = Model.run(truth, revision - 1, write);
                if (!same(done.changes(), truth.at(revision))) {
                    add(
                            "transactions are atomic",
                            op,
                            "it happened at revision " + revision + ", where it would do " + shorten(done)
                                    + "; the history has " + shorten(truth.at(revision)));
                }
                claim(op, revision, happened);
            }
        }
    }

    private static boolean writes(List<Action> actions) {
        return actions.stream().anyMatch(action -> !(action instanceof Action.Get));
    }

    private void claim(Op op, long revision, List<Long> happened) {
        if (happened.size() > 1) {
            add("applied twice", op, "its values were written at " + happened);
        }
        Op other = claims.putIfAbsent(revision, op);
        if (other != null) {
            add("two writes at one revision", op, "revision " + revision + " is also of " + other);
        }
        long seen = known.before(op.invoked());
        if (revision <= seen) {
            add("a write in the past", op, "revision " + seen + " had been seen before this was asked");
        }
    }

    /** The revisions at which any value of this write was put. */
    private List<Long> revisionsOf(Write write) {
        var found = new HashSet<Long>();
        for (List<Action> branch : List.of(write.then(), write.otherwise())) {
            for (Action action : branch) {
                if (action instanceof Action.Put(String key, String value, long _)) {
                    found.addAll(truth.putsOf(key, value));
                }
            }
        }
        return found.stream().sorted().toList();
    }

    private static boolean same(List<Change> expected, List<Change> actual) {
        return expected.size() == actual.size() && new HashSet<>(expected).equals(new HashSet<>(actual));
    }

    // ---- leases, and what nobody asked for -------------------------------------------------------------------------

    private void judge(Op op, Request.Revoke revoke) {
        if (op.result() instanceof Result.Ok(long revision, Body _)) {
            List<String> left = truth.attached(revoke.lease(), revision);
            if (!left.isEmpty()) {
                add("a lease ends with all its keys", op, "its keys were still there: " + left);
            }
        }
    }

    private void explainTheRest() {
        truth.revisions().forEach((revision, changes) -> {
            if (!claims.containsKey(revision) && !endsLease(revision, changes) && !silentlyDeleted(revision, changes)) {
                violations.add(new Violation(
                        "every change was asked for",
                        "revision " + revision + " did " + shorten(changes) + "; no operation explains it",
                        truth.seenAt(revision).orElse(-1L),
                        -1));
            }
        });
    }

    private boolean endsLease(long revision, List<Change> changes) {
        if (changes.stream().anyMatch(change -> change.after().isPresent())) {
            return false;
        }
        List<Version> before = changes.stream()
                .flatMap(change -> truth.get(change.key(), revision - 1).stream())
                .toList();
        Optional<Long> lease = before.stream().map(Version::lease).findFirst().filter(id -> id != 0);
        if (lease.isEmpty() || before.stream().anyMatch(version -> version.lease() != lease.get())) {
            return false;
        }
        List<String> all = truth.attached(lease.get(), revision - 1);
        if (all.size() != changes.size()) {
            violations.add(new Violation(
                    "a lease ends with all its keys",
                    "revision " + revision + " deleted " + shorten(changes) + " of lease " + lease.get()
                            + ", which had " + all,
                    truth.seenAt(revision).orElse(-1L),
                    -1));
        }
        return true;
    }

    private boolean silentlyDeleted(long revision, List<Change> changes) {
        for (Op op : silentDeletes) {
            if (op.request() instanceof Write write
                    && same(Model.run(truth, revision - 1, write).changes(), changes)
                    && revision > known.before(op.invoked())) {
                silentDeletes.remove(op);
                return true;
            }
        }
        return false;
    }

    private void add(String rule, Op op, String why) {
        violations.add(new Violation(rule, op + "; " + why, op.returned(), op.client()));
    }

    private static String shorten(Object anything) {
        String text = anything.toString();
        return text.length() > 400 ? text.substring(0, 400) + "..." : text;
    }
}

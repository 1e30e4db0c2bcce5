package io.keelson.chaos.check;

import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Recording;
import io.keelson.chaos.history.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A lock under a lease excludes nobody by itself: a holder that sleeps past the end of its lease still believes. What is promised is
 * fencing: whoever writes names its token, and tokens never go back.
 */
public final class LockRules {

    /** Written below this prefix, with {@code token:...} as the value, is what a lock with fencing guards. */
    public static final String FENCED = "lock/fenced/";

    private LockRules() {}

    /** Guarded writes whose tokens go back; empty when all is well. */
    public static List<Violation> violations(Truth truth) {
        var newest = new TreeMap<String, Long>();
        var violations = new ArrayList<Violation>();
        truth.revisions().values().stream()
                .flatMap(List::stream)
                .forEach(change -> change.after()
                        .filter(after -> after.key().startsWith(FENCED))
                        .ifPresent(after -> {
                            long token = Long.parseLong(
                                    after.value().substring(0, after.value().indexOf(':')));
                            long before = newest.getOrDefault(after.key(), 0L);
                            if (token < before) {
                                violations.add(new Violation(
                                        "mutual exclusion by fencing",
                                        "token " + token + " wrote " + after.key() + " at revision " + after.mod()
                                                + " after token " + before,
                                        truth.seenAt(after.mod()).orElse(-1L),
                                        -1));
                            }
                            newest.merge(after.key(), token, Math::max);
                        }));
        return violations;
    }

    /** Times for which two clients both believed to hold the same lock: what fencing is there for. */
    public static List<Violation> overlaps(Recording recording) {
        Map<String, List<Op>> holds = recording.ops().stream()
                .filter(op -> op.request() instanceof Request.Hold)
                .sorted(Comparator.comparingLong(Op::invoked))
                .collect(Collectors.groupingBy(
                        op -> ((Request.Hold) op.request()).lock(), TreeMap::new, Collectors.toList()));
        var overlaps = new ArrayList<Violation>();
        holds.forEach((lock, ops) -> {
            Op longest = ops.getFirst();
            for (Op op : ops.subList(1, ops.size())) {
                if (op.invoked() < longest.returned()) {
                    overlaps.add(new Violation(
                            "mutual exclusion without fencing",
                            lock + " had two holders: " + longest + " and " + op,
                            op.invoked(),
                            op.client()));
                }
                longest = op.returned() > longest.returned() ? op : longest;
            }
        });
        return overlaps;
    }
}

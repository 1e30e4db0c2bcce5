package io.keelson.chaos.check;

import io.keelson.chaos.check.Operation.Action;
import io.keelson.chaos.check.Operation.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Does every answer agree with the store's own history at the revision that the answer names?
 *
 * <p>Given the full history of the keys (a watch from the first revision), three things must hold: a write that was
 * acknowledged at a revision stands in the history there, with its value; a read shows the newest value at or below its
 * header revision; and no answer is older than an answer that anybody had before the question was asked (real time).
 */
public final class Revisions {

    private Revisions() {}

    /**
     * One version of a key in the history.
     *
     * @param key the key
     * @param revision its modification revision
     * @param value what it held from then on
     */
    public record Version(String key, long revision, long value) {}

    /** Everything that does not agree, described; empty when all is well. */
    public static List<String> violations(List<Version> history, List<Operation> operations) {
        Map<String, NavigableMap<Long, Long>> versions = new HashMap<>();
        for (Version version : history) {
            versions.computeIfAbsent(version.key(), _ -> new TreeMap<>()).put(version.revision(), version.value());
        }
        var violations = new ArrayList<String>();
        for (Operation operation : operations) {
            NavigableMap<Long, Long> key = versions.getOrDefault(operation.key(), new TreeMap<>());
            switch (operation.outcome()) {
                case Outcome.Unknown _ -> {}
                case Outcome.Refused refused ->
                    seen(key, operation, refused.value(), refused.modRevision(), refused.headerRevision(), violations);
                case Outcome.Done done -> {
                    if (operation.action() instanceof Action.CompareAndSet
                            && !Long.valueOf(done.value()).equals(key.get(done.modRevision()))) {
                        violations.add("lost write: acknowledged but not in the history: " + operation);
                    }
                    seen(key, operation, done.value(), done.modRevision(), done.headerRevision(), violations);
                }
            }
        }
        violations.addAll(backwards(operations));
        return violations;
    }

    private static void seen(
            NavigableMap<Long, Long> key,
            Operation operation,
            long value,
            long modRevision,
            long headerRevision,
            List<String> violations) {
        var expected = key.floorEntry(headerRevision);
        long expectedValue = expected == null ? 0 : expected.getValue();
        long expectedRevision = expected == null ? 0 : expected.getKey();
        if (value != expectedValue || modRevision != expectedRevision) {
            violations.add("answer differs from history at revision " + headerRevision + " (value " + expectedValue
                    + " of revision " + expectedRevision + "): " + operation);
        }
    }

    /** Answers with a header revision below one that somebody had before the question was asked. */
    private static List<String> backwards(List<Operation> operations) {
        var violations = new ArrayList<String>();
        var byInvocation = operations.stream()
                .sorted(Comparator.comparingLong(Operation::invokedNanos))
                .toList();
        var pending = new PriorityQueue<Operation>(Comparator.comparingLong(Operation::returnedNanos));
        long newest = 0;
        for (Operation operation : byInvocation) {
            while (!pending.isEmpty() && pending.element().returnedNanos() < operation.invokedNanos()) {
                newest = Math.max(newest, pending.remove().answeredRevision().orElse(0));
            }
            if (operation.answeredRevision().isPresent()) {
                if (operation.answeredRevision().getAsLong() < newest) {
                    violations.add(
                            "stale answer: revision " + newest + " had been seen before this was asked: " + operation);
                }
                pending.add(operation);
            }
        }
        return violations;
    }
}

package io.keelson.orchestrator.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The next step from old pods to new ones, such that at every revision there are at most {@code replicas + maxSurge} pods and at least
 * {@code replicas - maxUnavailable} available ones.
 */
final class RollingUpdate {

    private RollingUpdate() {}

    /** How large the newest replica set may be now. */
    static int size(Rollout rollout) {
        int newest = rollout.newest().map(Replicas::desired).orElse(0);
        int room = rollout.replicas() + rollout.maxSurge() - count(rollout);
        return room <= 0 ? newest : newest + Math.min(room, rollout.replicas() - newest);
    }

    /**
     * Pods that are, or may come to be at any moment: a replica set that was told to shrink may still have more pods than its size, one
     * told to grow may yet make them.
     */
    private static int count(Rollout rollout) {
        return rollout.all().stream()
                .mapToInt(replicas -> Math.max(replicas.desired(), replicas.current()))
                .sum();
    }

    /** Makes the newest replica set larger, or smaller if it is too large. */
    static Optional<Action> grow(Rollout rollout) {
        return rollout.newest().flatMap(newest -> {
            int size = newest.desired() > rollout.replicas() ? rollout.replicas() : size(rollout);
            return size == newest.desired() ? Optional.empty() : Optional.of(Scale.to(rollout, newest, size));
        });
    }

    /** Makes old replica sets smaller: first by pods that serve nobody, then by as many of the others as may be missing. */
    static List<Action> shrink(Rollout rollout) {
        int minAvailable = rollout.replicas() - rollout.maxUnavailable();
        int desired = rollout.all().stream().mapToInt(Replicas::desired).sum();
        int newestUnavailable = rollout.newest()
                .map(newest -> Math.max(0, newest.desired() - newest.available()))
                .orElse(0);
        int room = desired - minAvailable - newestUnavailable;
        if (room <= 0) {
            return List.of();
        }
        Map<String, Integer> sizes = new HashMap<>();
        int cleaned = 0;
        for (Replicas replicas : rollout.old()) {
            int useless = Math.max(0, replicas.desired() - replicas.available());
            int less = Math.min(room - cleaned, useless);
            cleaned += less;
            sizes.put(replicas.name(), replicas.desired() - less);
        }
        int spare = available(rollout) - minAvailable;
        for (Replicas replicas : rollout.old()) {
            int size = sizes.getOrDefault(replicas.name(), replicas.desired());
            int less = Math.max(0, Math.min(spare, size));
            spare -= less;
            sizes.put(replicas.name(), size - less);
        }
        List<Action> steps = new ArrayList<>();
        for (Replicas replicas : rollout.old()) {
            int size = sizes.getOrDefault(replicas.name(), replicas.desired());
            if (size != replicas.desired()) {
                steps.add(Scale.to(rollout, replicas, size));
            }
        }
        return steps;
    }

    /** Available pods that stay if every replica set shrinks to its size now: unavailable ones go first. */
    private static int available(Rollout rollout) {
        return rollout.all().stream()
                .mapToInt(replicas -> Math.min(replicas.available(), replicas.desired()))
                .sum();
    }
}

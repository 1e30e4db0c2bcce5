package io.keelson.orchestrator.control;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What happens when the number of replicas changes, also in the middle of a rollout or while it is paused: the change is shared out among
 * all replica sets that have pods, in proportion to their sizes, so that no version wins or loses by it.
 */
final class Resizing {

    private Resizing() {}

    /** Whether a replica set with pods was sized for another number of replicas than is wished for now. */
    static boolean isDue(Rollout rollout) {
        return rollout.all().stream()
                .filter(replicas -> replicas.desired() > 0)
                .anyMatch(replicas -> Rollout.annotatedNumber(replicas.object(), Rollout.DESIRED)
                                .orElse(rollout.replicas())
                        != rollout.replicas());
    }

    static List<Action> steps(Rollout rollout) {
        List<Replicas> active = rollout.all().stream()
                .filter(replicas -> replicas.desired() > 0)
                .toList();
        if (active.size() <= 1) {
            Optional<Replicas> only = active.stream()
                    .findFirst()
                    .or(rollout::newest)
                    .or(() -> rollout.old().stream().reduce((first, second) -> second));
            return only
                    .filter(replicas -> fits(rollout, rollout.replicas() - replicas.desired()))
                    .flatMap(replicas -> Scale.ifNeeded(rollout, replicas, rollout.replicas()))
                    .stream()
                    .toList();
        }
        if (saturated(rollout)) {
            return rollout.old().stream()
                    .filter(replicas -> replicas.desired() > 0)
                    .map(replicas -> Scale.to(rollout, replicas, 0))
                    .toList();
        }
        return rollout.recreate() ? noted(rollout, active) : proportional(rollout, active);
    }

    /** Whether the newest replica set alone does all that is wished for. */
    private static boolean saturated(Rollout rollout) {
        return rollout.newest()
                .filter(newest -> newest.desired() == rollout.replicas()
                        && newest.available() == rollout.replicas()
                        && Rollout.annotatedNumber(newest.object(), Rollout.DESIRED)
                                        .orElse(-1)
                                == rollout.replicas())
                .isPresent();
    }

    private static List<Action> noted(Rollout rollout, List<Replicas> active) {
        return active.stream()
                .flatMap(replicas -> Scale.ifNeeded(rollout, replicas, replicas.desired()).stream())
                .toList();
    }

    private static List<Action> proportional(Rollout rollout, List<Replicas> active) {
        int total = active.stream().mapToInt(Replicas::desired).sum();
        int toAdd = rollout.maxReplicas() - total;
        // The largest first; among equals the newest first when growing, the oldest first when shrinking.
        List<Replicas> bySize = new ArrayList<>(toAdd > 0 ? active.reversed() : active);
        bySize.sort(Comparator.comparingInt((Replicas replicas) -> -replicas.desired()));
        int[] sizes = new int[bySize.size()];
        int added = 0;
        for (int i = 0; i < sizes.length; i++) {
            Replicas replicas = bySize.get(i);
            int share = toAdd == 0 ? 0 : share(rollout, replicas, toAdd, added);
            sizes[i] = replicas.desired() + share;
            added += share;
        }
        // What rounding left over goes to the largest.
        sizes[0] = Math.max(0, sizes[0] + toAdd - added);
        List<Action> smaller = new ArrayList<>();
        List<Action> others = new ArrayList<>();
        int growth = 0;
        for (int i = 0; i < sizes.length; i++) {
            Replicas replicas = bySize.get(i);
            growth += Math.max(0, sizes[i] - replicas.desired());
            Scale.ifNeeded(rollout, replicas, sizes[i])
                    .ifPresent(sizes[i] < replicas.desired() ? smaller::add : others::add);
        }
        // Each step must be right if it is the only one that succeeds: nothing grows before everything else has shrunk.
        if (!smaller.isEmpty()) {
            return smaller;
        }
        return fits(rollout, growth) ? others : List.of();
    }

    /** Whether there is room for more pods. Those that a replica set was told to delete count until they are gone. */
    private static boolean fits(Rollout rollout, int growth) {
        int there = rollout.all().stream()
                .mapToInt(replicas -> Math.max(replicas.desired(), replicas.current()))
                .sum();
        return growth <= 0 || there + growth <= rollout.maxReplicas();
    }

    private static int share(Rollout rollout, Replicas replicas, int toAdd, int added) {
        int fraction = fraction(rollout, replicas);
        int left = toAdd - added;
        return toAdd > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
    }

    private static int fraction(Rollout rollout, Replicas replicas) {
        if (rollout.replicas() == 0) {
            return -replicas.desired();
        }
        int sizedFor = Rollout.annotatedNumber(replicas.object(), Rollout.MAX).orElse(0);
        int before = sizedFor > 0
                ? sizedFor
                : Math.max(1, rollout.deployment().at("status", "replicas").asInt(1));
        long size = Math.round((double) replicas.desired() * rollout.maxReplicas() / before);
        return (int) size - replicas.desired();
    }
}

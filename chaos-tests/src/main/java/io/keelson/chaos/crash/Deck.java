package io.keelson.chaos.crash;

import io.keelson.store.fault.CrashPoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** Crash points in an order from a seed. Every point comes once before any comes again. */
final class Deck {

    private final Random random;
    private final List<CrashPoint> points;
    private final Deque<CrashPoint> left = new ArrayDeque<>();

    /** @param members a single member never gets a snapshot from another */
    Deck(Random random, int members) {
        this.random = random;
        this.points = points(members);
    }

    /** What can happen to a member among so many. */
    static List<CrashPoint> points(int members) {
        return Arrays.stream(CrashPoint.values())
                .filter(point -> members > 1 || !isInstall(point))
                .toList();
    }

    /** Whether a member passes it only while it gets a snapshot from the leader. */
    static boolean isInstall(CrashPoint point) {
        return switch (point) {
            case INSTALL_BEGUN, INSTALL_COPIED, INSTALL_ASIDE, INSTALL_MOVED, INSTALL_DONE -> true;
            default -> false;
        };
    }

    /** The next card. Rare points strike at the first passes, so that a round is short. */
    Card next() {
        if (left.isEmpty()) {
            var shuffled = new ArrayList<>(points);
            Collections.shuffle(shuffled, random);
            left.addAll(shuffled);
        }
        CrashPoint point = left.removeFirst();
        int passes = switch (point) {
            case ENTRY_MADE, LOG_APPEND, LOG_SYNC, ANSWER -> 40;
            case APPLY_BEGUN, APPLY_DECIDED, APPLY_WRITTEN -> 60;
            case FLUSH_BEGUN, FLUSH_DONE -> 12;
            case SNAPSHOT_BEGUN, SNAPSHOT_COPIED, SNAPSHOT_MOVED, SNAPSHOT_DONE, COMPACT_DECIDED, COMPACT_WRITTEN -> 2;
            case RECLAIM -> 4;
            case PURGE_SNAPSHOT, PURGE_LOG, INSTALL_BEGUN, INSTALL_COPIED, INSTALL_ASIDE, INSTALL_MOVED, INSTALL_DONE ->
                1;
        };
        return new Card(point, 1 + random.nextInt(passes));
    }
}

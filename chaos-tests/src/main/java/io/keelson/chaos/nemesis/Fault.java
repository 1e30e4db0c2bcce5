package io.keelson.chaos.nemesis;

import io.keelson.chaos.cluster.Link;
import java.util.ArrayList;
import java.util.List;

/** Something that goes wrong for a while. Members are named by index; {@code pivot} is the one where counting begins. */
public sealed interface Fault {

    /** SIGKILL, and a start when it is over. */
    record Kill(Who who, int pivot) implements Fault {}

    /** SIGSTOP, and SIGCONT when it is over. */
    record Pause(Who who, int pivot) implements Fault {}

    /** Packets dropped. */
    record Partition(Shape shape, int pivot) implements Fault {}

    /** Worse links: between one member and all others, or between all. */
    record Worse(boolean all, int pivot, Link link) implements Fault {}

    /** History given up to some revisions behind the newest. */
    record Compact(int behind) implements Fault {}

    /** The leader hands over, to the first member from the pivot on that is not the leader. */
    record Transfer(int pivot) implements Fault {}

    /** A member loses all its data. */
    record Wipe(int pivot) implements Fault {}

    /** A member's disk is full. */
    record DiskFull(int pivot) implements Fault {}

    /** Each fsync of a member takes so long. */
    record DiskSlow(int pivot, int millis) implements Fault {}

    /** Each fsync of a member fails. */
    record DiskFail(int pivot) implements Fault {}

    /**
     * Wall clocks that are wrong.
     *
     * @param all everybody's, each by another time, or the pivot's only
     * @param seconds how far they are put forward, or back if it is negative
     * @param strobes whether they jump to and fro all the time, instead of once there and once back
     */
    record Clock(boolean all, int pivot, int seconds, boolean strobes) implements Fault {}

    /**
     * A change of members. Where they are as few, or as many, as they may be, the other one is done.
     *
     * @param grow whether one is added or one is removed
     * @param leader whether it is the leader that is removed, rather than the pivot
     */
    record Member(boolean grow, boolean leader, int pivot) implements Fault {}

    /** Whom it meets. */
    enum Who {
        /** The pivot. */
        ONE,
        /** Who leads when it begins; the pivot if nobody does. */
        LEADER,
        /** The smallest majority, from the pivot on. */
        MAJORITY,
        /** Everybody. */
        ALL;

        /** The members that are meant. */
        List<Integer> of(int pivot, int leader, int size) {
            int count = switch (this) {
                case ONE, LEADER -> 1;
                case MAJORITY -> size / 2 + 1;
                case ALL -> size;
            };
            int first = this == LEADER ? leader : pivot;
            var members = new ArrayList<Integer>();
            for (int i = 0; i < count; i++) {
                members.add((first + i) % size);
            }
            return members;
        }
    }

    /** What a partition cuts. */
    enum Shape {
        /** The leader alone on one side. */
        LEADER_ALONE,
        /** The pivot alone on one side. */
        ONE_ALONE,
        /** A smallest majority and the rest. */
        HALVES,
        /** Everybody hears only the neighbours. With three members a ring is whole, so there the ring has a gap. */
        RING,
        /** Two sides that do not hear each other, and one in the middle that hears both. */
        BRIDGE,
        /** Nobody hears the pivot, which hears all. */
        DUMB,
        /** The pivot hears nobody; all hear it. */
        DEAF;

        /** The ordered pairs (from, to) that are cut. */
        List<int[]> cuts(int pivot, int leader, int size) {
            var cuts = new ArrayList<int[]>();
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    int from = (pivot + i) % size;
                    int to = (pivot + j) % size;
                    int distance = Math.min(Math.floorMod(i - j, size), Math.floorMod(j - i, size));
                    boolean cut = i != j
                            && switch (this) {
                                case LEADER_ALONE -> from == leader || to == leader;
                                case ONE_ALONE -> i == 0 || j == 0;
                                case HALVES -> (i <= size / 2) != (j <= size / 2);
                                case RING -> size == 3 ? i + j == 1 : distance > 1;
                                case BRIDGE -> i > 0 && j > 0 && (i <= size / 2) != (j <= size / 2);
                                case DUMB -> i == 0;
                                case DEAF -> j == 0;
                            };
                    if (cut) {
                        cuts.add(new int[] {from, to});
                    }
                }
            }
            return cuts;
        }
    }
}

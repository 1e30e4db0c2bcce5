package io.keelson.chaos.nemesis;

import io.keelson.chaos.cluster.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Which faults come when; equal for equal seeds. */
public final class Schedule {

    /** Without faults at the beginning, so that there is something to lose; and at the end, so that all come back. */
    private static final int CALM_MILLIS = 3_000;

    private Schedule() {}

    /**
     * Faults one after the other with pauses between, some of them into each other.
     *
     * @param kinds which kinds may come
     * @param members how many machines there are that members may run on
     * @param seconds the length of the run
     * @param seed decides everything
     */
    public static List<Planned> plan(List<Kind> kinds, int members, int seconds, long seed) {
        var random = new Random(seed);
        var planned = new ArrayList<Planned>();
        if (kinds.isEmpty()) {
            return planned;
        }
        long at = CALM_MILLIS;
        while (true) {
            Fault fault = fault(kinds.get(random.nextInt(kinds.size())), members, random);
            long until = at + length(fault, random);
            if (until > seconds * 1_000L - CALM_MILLIS) {
                return planned;
            }
            planned.add(new Planned(fault, at, until));
            // One in four begins before the last one is over.
            boolean together = random.nextInt(4) == 0;
            at = together ? at + (until - at) / 2 : until + 1_000 + random.nextInt(2_500);
        }
    }

    private static Fault fault(Kind kind, int members, Random random) {
        int pivot = random.nextInt(members);
        return switch (kind) {
            case KILL -> new Fault.Kill(who(random), pivot);
            case PAUSE -> new Fault.Pause(who(random), pivot);
            case PARTITION -> new Fault.Partition(shape(random), pivot);
            case LINK -> new Fault.Worse(random.nextInt(3) == 0, pivot, link(random));
            case COMPACT -> new Fault.Compact(20 + random.nextInt(100));
            case TRANSFER -> new Fault.Transfer(pivot);
            case WIPE -> new Fault.Wipe(pivot);
            case DISK_FULL -> new Fault.DiskFull(pivot);
            case DISK_SLOW -> new Fault.DiskSlow(pivot, fsyncMillis(random));
            case DISK_FAIL -> new Fault.DiskFail(pivot);
            case CLOCK -> clock(pivot, random);
            case MEMBER -> new Fault.Member(random.nextInt(5) < 3, random.nextInt(3) == 0, pivot);
        };
    }

    /** A tired disk, or one that stalls for longer than the members' patience with a leader. */
    private static int fsyncMillis(Random random) {
        return random.nextBoolean() ? 20 + random.nextInt(100) : 700 + random.nextInt(2_000);
    }

    /** Minutes to hours, there or back; one in three strobes. */
    private static Fault clock(int pivot, Random random) {
        int seconds = 60 + random.nextInt(random.nextBoolean() ? 600 : 6 * 3_600);
        boolean back = random.nextBoolean();
        return new Fault.Clock(random.nextInt(3) == 0, pivot, back ? -seconds : seconds, random.nextInt(3) == 0);
    }

    private static Fault.Who who(Random random) {
        int dice = random.nextInt(10);
        return dice < 4 ? Fault.Who.LEADER : dice < 7 ? Fault.Who.ONE : dice < 9 ? Fault.Who.MAJORITY : Fault.Who.ALL;
    }

    private static Fault.Shape shape(Random random) {
        Fault.Shape[] shapes = Fault.Shape.values();
        // What isolates a leader shows most.
        return random.nextInt(3) == 0 ? Fault.Shape.LEADER_ALONE : shapes[random.nextInt(shapes.length)];
    }

    private static Link link(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Link(20 + random.nextInt(80), 50, 0, 0);
            case 1 -> new Link(200 + random.nextInt(600), 200, 0, 0);
            case 2 -> new Link(0, 10, 0.02, 0);
            default -> new Link(0, 0, 0, 20_000 + random.nextInt(60_000));
        };
    }

    private static long length(Fault fault, Random random) {
        return switch (fault) {
            case Fault.Kill _ -> 800 + random.nextInt(3_000);
            case Fault.Pause _ -> 1_000 + random.nextInt(5_000);
            case Fault.Partition _ -> 2_500 + random.nextInt(5_000);
            case Fault.Worse _ -> 3_000 + random.nextInt(5_000);
            case Fault.Compact _, Fault.Transfer _ -> 500;
            case Fault.Wipe _ -> 4_000 + random.nextInt(4_000);
            case Fault.DiskFull _, Fault.DiskFail _ -> 2_000 + random.nextInt(4_000);
            case Fault.DiskSlow _, Fault.Clock _ -> 3_000 + random.nextInt(4_000);
            case Fault.Member _ -> 2_500 + random.nextInt(3_500);
        };
    }
}

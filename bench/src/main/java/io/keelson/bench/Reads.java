package io.keelson.bench;

import io.grpc.ManagedChannel;
import io.keelson.bench.Figure.Bar;
import io.keelson.bench.Figure.Good;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Linearizable reads of single keys out of a small set, 500 in flight, at one member. */
final class Reads implements Workload {

    private static final int IN_FLIGHT = 500;
    private static final int CONNECTIONS = 8;
    private static final int KEYS = 2_000;

    /** Who is asked. */
    enum Where {
        LEADER,
        FOLLOWER
    }

    private final Where where;
    private final double seconds;
    private final Set<Cluster> filled = new HashSet<>();
    private final Figure rate;
    private final Figure perCpu;
    private final Figure p50;
    private final Figure p99;

    Reads(Where where, double seconds) {
        this.where = where;
        this.seconds = seconds;
        String load = "linearizable get, " + IN_FLIGHT + " in flight, "
                + switch (where) {
                    case LEADER -> "leader";
                    case FOLLOWER -> "follower";
                };
        this.rate = new Figure(load, "reads/s", Good.MORE, new Bar.Ratio(2));
        this.perCpu = new Figure(load, "reads per server CPU-s", Good.MORE, Figure.NONE);
        this.p50 = new Figure(load, "p50 ms", Good.LESS, Figure.NONE);
        this.p99 = new Figure(load, "p99 ms", Good.LESS, Figure.NONE);
    }

    @Override
    public Map<Figure, Double> visit(Cluster cluster) throws InterruptedException {
        if (filled.add(cluster)) {
            Data.fill(cluster, "reads/", KEYS, 100, Puts.KIBIBYTE);
        }
        int member = switch (where) {
            case LEADER -> cluster.leader();
            case FOLLOWER -> cluster.follower();
        };
        List<ManagedChannel> channels = cluster.connectTo(member, CONNECTIONS);
        try {
            Load.Result result = Load.run(cluster, channels, Calls.RANGE, Reads::request, IN_FLIGHT, 1, seconds);
            var figures = new LinkedHashMap<Figure, Double>();
            figures.put(rate, result.perSecond());
            figures.put(perCpu, result.perCpuSecond());
            figures.put(p50, result.p50Millis());
            figures.put(p99, result.p99Millis());
            return figures;
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private static byte[] request() {
        return Calls.get("reads/%09d".formatted(ThreadLocalRandom.current().nextInt(KEYS)));
    }
}

package io.keelson.bench;

import io.grpc.ManagedChannel;
import io.keelson.bench.Figure.Bar;
import io.keelson.bench.Figure.Good;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts, 100 in flight, without and then with something else beside them: what is left of the throughput. */
final class Beside implements Workload {

    private static final int IN_FLIGHT = 100;
    private static final int CONNECTIONS = 6;
    private static final String PREFIX = "beside/";

    /** What goes on beside the puts. */
    interface Burden {
        /** Before anything is measured. */
        default void prepare(Cluster cluster) throws InterruptedException {}

        /** Begins; the puts are to keys under the prefix. */
        Running begin(Cluster cluster, String prefix) throws InterruptedException;
    }

    /** A burden that lasts until it is ended. */
    interface Running {
        /** Ends it; what else is to be told. */
        Map<Figure, Double> end() throws InterruptedException;
    }

    private final double seconds;
    private final Burden burden;
    private final Figure kept;

    /** @param bar for the part of the throughput that is kept */
    Beside(String load, double seconds, Bar bar, Burden burden) {
        this.seconds = seconds;
        this.burden = burden;
        this.kept = new Figure(load, "puts/s with it / without", Good.MORE, bar);
    }

    @Override
    public Map<Figure, Double> visit(Cluster cluster) throws IOException, InterruptedException {
        burden.prepare(cluster);
        double without = puts(cluster);
        Running running = burden.begin(cluster, PREFIX);
        double with = puts(cluster);
        Map<Figure, Double> more = running.end();
        // Before and after, because the machine's other work comes and goes.
        double after = puts(cluster);
        var figures = new LinkedHashMap<Figure, Double>();
        figures.put(kept, with / ((without + after) / 2));
        figures.putAll(more);
        return figures;
    }

    private double puts(Cluster cluster) throws InterruptedException {
        List<ManagedChannel> channels = cluster.connectAll(CONNECTIONS);
        try {
            return Load.run(
                            cluster,
                            channels,
                            Calls.PUT,
                            () -> Data.put(PREFIX, Puts.KIBIBYTE),
                            IN_FLIGHT,
                            0.5,
                            seconds)
                    .perSecond();
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }
}

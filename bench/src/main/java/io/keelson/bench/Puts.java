package io.keelson.bench;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.keelson.bench.Figure.Bar;
import io.keelson.bench.Figure.Good;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts of 1 KiB under new keys, over connections to all members. */
final class Puts implements Workload {

    static final ByteString KIBIBYTE = Data.value(1024);

    private static final int CONNECTIONS = 15;

    private final int inFlight;
    private final double seconds;
    private final Figure rate;
    private final Figure perCpu;
    private final Figure p50;
    private final Figure p99;

    /** @param ratio the bar for the throughput */
    Puts(int inFlight, double seconds, double ratio, Bar p99Bar) {
        this.inFlight = inFlight;
        this.seconds = seconds;
        String load = "put 1 KiB, " + inFlight + " in flight";
        this.rate = new Figure(load, "puts/s", Good.MORE, new Bar.Ratio(ratio));
        this.perCpu = new Figure(load, "puts per server CPU-s", Good.MORE, Figure.NONE);
        this.p50 = new Figure(load, "p50 ms", Good.LESS, Figure.NONE);
        this.p99 = new Figure(load, "p99 ms", Good.LESS, p99Bar);
    }

    @Override
    public Map<Figure, Double> visit(Cluster cluster) throws InterruptedException {
        List<ManagedChannel> channels = cluster.connectAll(Math.min(CONNECTIONS, Math.max(inFlight, 1)));
        try {
            return figures(
                    Load.run(cluster, channels, Calls.PUT, () -> Data.put("puts/", KIBIBYTE), inFlight, 1, seconds));
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private Map<Figure, Double> figures(Load.Result result) {
        var figures = new LinkedHashMap<Figure, Double>();
        figures.put(rate, result.perSecond());
        figures.put(perCpu, result.perCpuSecond());
        figures.put(p50, result.p50Millis());
        figures.put(p99, result.p99Millis());
        return figures;
    }
}

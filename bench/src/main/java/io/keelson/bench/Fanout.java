package io.keelson.bench;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.keelson.bench.Figure.Bar;
import io.keelson.bench.Figure.Good;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * 10,000 watches of one prefix, spread over all members: the time from the sending of a put to each arrival of its event. The next put
 * waits until all have it.
 */
final class Fanout implements Workload {

    private static final int CONNECTIONS = 12;
    private static final int STREAMS = 96;
    private static final int WATCHES = 10_000;
    private static final int WARM_UP = 4;
    private static final int PUTS = 12;
    private static final int DELIVERED_SECONDS = 60;
    private static final String LOAD = "10,000 watchers of one prefix";

    private static final ByteString VALUE = Data.value(256);
    private static final Figure P50 = new Figure(LOAD, "delivery p50 ms", Good.LESS, Figure.NONE);
    private static final Figure P99 = new Figure(LOAD, "delivery p99 ms", Good.LESS, new Bar.Ratio(0.5));
    private static final Figure PER_CPU = new Figure(LOAD, "deliveries per server CPU-s", Good.MORE, Figure.NONE);

    /** One put and the watches that have not heard of it. */
    private record Wave(long begunNanos, CountDownLatch missing, ConcurrentHistogram micros) {}

    @Override
    public Map<Figure, Double> visit(Cluster cluster) throws InterruptedException {
        String prefix = "fanout-" + System.nanoTime() + "/";
        var watchers = new Watchers(cluster.connectAll(CONNECTIONS));
        ManagedChannel writer = cluster.connect(cluster.leader());
        var micros = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(2), 3);
        var warming = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(2), 3);
        int each = WATCHES / STREAMS + 1;
        int all = each * STREAMS;
        var created = new CountDownLatch(all);
        var wave = new AtomicReference<>(new Wave(0, new CountDownLatch(0), warming));
        try {
            watchers.open(STREAMS, each, prefix, response -> {
                if (response.getCreated()) {
                    created.countDown();
                } else if (response.getEventsCount() > 0) {
                    Wave now = wave.get();
                    now.micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - now.begunNanos));
                    now.missing.countDown();
                }
            });
            await(created, "watches created");
            double cpu = 0;
            for (int i = 0; i < WARM_UP + PUTS; i++) {
                if (i == WARM_UP) {
                    cpu = cluster.cpuSeconds();
                }
                var next = new Wave(System.nanoTime(), new CountDownLatch(all), i < WARM_UP ? warming : micros);
                wave.set(next);
                Calls.await(writer, Calls.PUT, Calls.put(prefix + i, VALUE), DELIVERED_SECONDS);
                await(next.missing, "events delivered");
            }
            cpu = cluster.cpuSeconds() - cpu;
            var figures = new LinkedHashMap<Figure, Double>();
            figures.put(P50, micros.getValueAtPercentile(50) / 1000.0);
            figures.put(P99, micros.getValueAtPercentile(99) / 1000.0);
            figures.put(PER_CPU, (double) PUTS * all / Math.max(cpu, 0.01));
            return figures;
        } finally {
            watchers.close();
            writer.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch, String what) throws InterruptedException {
        if (!latch.await(DELIVERED_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "after " + DELIVERED_SECONDS + " s not all " + what + ": " + latch.getCount() + " are missing");
        }
    }
}

package io.keelson.bench;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.PutResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Puts per second with a fixed number in flight, against several targets in turn.
 *
 * <p>Each round visits every target once, so that a busy minute of the machine meets all of them. The first second of a
 * visit warms up and does not count. Keys are unique, values random of one size.
 */
public final class PutBench {

    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int inFlight;
    private final int connections;
    private final int seconds;
    private final ByteString value;
    private final AtomicLong sequence = new AtomicLong(System.nanoTime());

    private PutBench(int inFlight, int connections, int seconds, int valueBytes) {
        this.inFlight = inFlight;
        this.connections = connections;
        this.seconds = seconds;
        byte[] bytes = new byte[valueBytes];
        new Random(1).nextBytes(bytes);
        this.value = ByteString.copyFrom(bytes);
    }

    /** What one visit measured. */
    private record Visit(
            double putsPerSecond, double putsPerCpuSecond, double p50Millis, double p99Millis, long errors) {}

    /** Arguments: {@code inFlight connections seconds valueBytes rounds TARGET...}, see {@link Target#parse}. */
    public static void main(String[] args) throws InterruptedException {
        if (args.length < 6) {
            System.err.println(
                    "usage: PutBench IN_FLIGHT CONNECTIONS SECONDS VALUE_BYTES ROUNDS NAME=HOST:PORT,...[@PID,...] ...");
            System.exit(2);
        }
        var bench = new PutBench(
                Integer.parseInt(args[0]),
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]),
                Integer.parseInt(args[3]));
        int rounds = Integer.parseInt(args[4]);
        var targets = new ArrayList<Target>();
        for (String text : List.of(args).subList(5, args.length)) {
            targets.add(Target.parse(text));
        }
        Map<String, List<Visit>> visits = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Target target : targets) {
                Visit visit = bench.visit(target);
                visits.computeIfAbsent(target.name(), _ -> new ArrayList<>()).add(visit);
                System.out.printf(
                        Locale.ROOT,
                        "round %d %-10s %8.0f puts/s %8.0f puts/cpu-s p50 %7.1f ms p99 %7.1f ms errors %d%n",
                        round + 1,
                        target.name(),
                        visit.putsPerSecond,
                        visit.putsPerCpuSecond,
                        visit.p50Millis,
                        visit.p99Millis,
                        visit.errors);
            }
        }
        visits.forEach((name, list) -> System.out.printf(
                Locale.ROOT,
                "median  %-10s %8.0f puts/s %8.0f puts/cpu-s p50 %7.1f ms p99 %7.1f ms%n",
                name,
                median(list.stream().map(Visit::putsPerSecond).toList()),
                median(list.stream().map(Visit::putsPerCpuSecond).toList()),
                median(list.stream().map(Visit::p50Millis).toList()),
                median(list.stream().map(Visit::p99Millis).toList())));
        System.exit(0);
    }

    private Visit visit(Target target) throws InterruptedException {
        List<ManagedChannel> channels = target.connect(connections);
        try {
            var stubs = channels.stream().map(KVGrpc::newFutureStub).toList();
            var permits = new Semaphore(inFlight);
            var done = new AtomicLong();
            var errors = new AtomicLong();
            var histogram = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(1), 3);
            long begin = System.nanoTime();
            long countFrom = begin + WARM_UP_NANOS;
            long end = countFrom + TimeUnit.SECONDS.toNanos(seconds);
            double cpuBefore = -1;
            for (int i = 0; System.nanoTime() < end; i++) {
                permits.acquire();
                long start = System.nanoTime();
                if (cpuBefore < 0 && start >= countFrom) {
                    cpuBefore = target.cpuSeconds();
                }
                var call = stubs.get(i % stubs.size())
                        .put(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8("bench/" + sequence.incrementAndGet()))
                                .setValue(value)
                                .build());
                Futures.addCallback(
                        call,
                        new FutureCallback<PutResponse>() {
                            @Override
                            public void onSuccess(PutResponse response) {
                                long now = System.nanoTime();
                                if (now >= countFrom && now < end) {
                                    done.incrementAndGet();
                                    histogram.recordValue(TimeUnit.NANOSECONDS.toMicros(now - start));
                                }
                                permits.release();
                            }

                            @Override
                            public void onFailure(Throwable problem) {
                                errors.incrementAndGet();
                                permits.release();
                            }
                        },
                        MoreExecutors.directExecutor());
            }
            double cpu = target.cpuSeconds() - Math.max(0, cpuBefore);
            permits.acquire(inFlight);
            return new Visit(
                    done.get() / (double) seconds,
                    cpu > 0 ? done.get() / cpu : 0,
                    histogram.getValueAtPercentile(50) / 1000.0,
                    histogram.getValueAtPercentile(99) / 1000.0,
                    errors.get());
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}

package io.keelson.bench;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;

/** Keeps a number of calls in flight for a time: each answer starts the next call on its connection. */
final class Load {

    private final MethodDescriptor<byte[], Integer> method;
    private final Supplier<byte[]> requests;
    private final long countFrom;
    private final long end;
    private final CountDownLatch open;
    private final AtomicLong done = new AtomicLong();
    private final AtomicReference<@Nullable Status> refused = new AtomicReference<>();
    private final ConcurrentHistogram micros = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(1), 3);

    /**
     * What came of it.
     *
     * @param perSecond answers per second
     * @param perCpuSecond answers for each second of CPU that the servers used
     */
    record Result(double perSecond, double perCpuSecond, double p50Millis, double p99Millis) {}

    private Load(
            MethodDescriptor<byte[], Integer> method,
            Supplier<byte[]> requests,
            int inFlight,
            double warmUpSeconds,
            double seconds) {
        this.method = method;
        this.requests = requests;
        this.open = new CountDownLatch(inFlight);
        this.countFrom = System.nanoTime() + (long) (warmUpSeconds * 1e9);
        this.end = countFrom + (long) (seconds * 1e9);
    }

    /**
     * Runs; the time to warm up does not count.
     *
     * @throws IllegalStateException if a call failed: there is nothing to compare then
     */
    static Result run(
            Cluster cluster,
            List<ManagedChannel> channels,
            MethodDescriptor<byte[], Integer> method,
            Supplier<byte[]> requests,
            int inFlight,
            double warmUpSeconds,
            double seconds)
            throws InterruptedException {
        var load = new Load(method, requests, inFlight, warmUpSeconds, seconds);
        for (int i = 0; i < inFlight; i++) {
            load.next(channels.get(i % channels.size()));
        }
        TimeUnit.NANOSECONDS.sleep(load.countFrom - System.nanoTime());
        double cpuBefore = cluster.cpuSeconds();
        TimeUnit.NANOSECONDS.sleep(load.end - System.nanoTime());
        double cpu = cluster.cpuSeconds() - cpuBefore;
        load.open.await();
        @Nullable Status refused = load.refused.get();
        if (refused != null) {
            throw new IllegalStateException(cluster.name() + " refused " + method.getFullMethodName() + ": " + refused);
        }
        return new Result(
                load.done.get() / seconds,
                cpu > 0 ? load.done.get() / cpu : 0,
                load.micros.getValueAtPercentile(50) / 1000.0,
                load.micros.getValueAtPercentile(99) / 1000.0);
    }

    private void next(Channel channel) {
        long begun = System.nanoTime();
        if (begun >= end) {
            open.countDown();
            return;
        }
        ClientCall<byte[], Integer> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        long now = System.nanoTime();
                        if (!status.isOk()) {
                            refused.compareAndSet(null, status);
                        } else if (now >= countFrom && now < end) {
                            done.incrementAndGet();
                            micros.recordValue(TimeUnit.NANOSECONDS.toMicros(now - begun));
                        }
                        next(channel);
                    }
                },
                new Metadata());
        call.request(2);
        call.sendMessage(requests.get());
        call.halfClose();
    }
}

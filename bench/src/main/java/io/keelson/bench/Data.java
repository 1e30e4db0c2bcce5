package io.keelson.bench;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What is written: random values of a size under keys that are never used twice. */
final class Data {

    private static final AtomicLong NEXT = new AtomicLong(System.nanoTime());

    private Data() {}

    static ByteString value(int bytes) {
        byte[] value = new byte[bytes];
        new Random(bytes).nextBytes(value);
        return ByteString.copyFrom(value);
    }

    /** The next put of a new key under a prefix. */
    static byte[] put(String prefix, ByteString value) {
        return Calls.put(prefix + NEXT.incrementAndGet(), value);
    }

    /** Puts so many values of 1 KiB under new keys, with a number of them in flight, at all members. */
    static void puts(Cluster cluster, String prefix, int count, int inFlight) throws InterruptedException {
        List<ManagedChannel> channels = cluster.connectAll(15);
        var left = new AtomicInteger(count);
        try {
            together(inFlight, lane -> {
                while (left.getAndDecrement() > 0) {
                    Calls.await(channels.get(lane % channels.size()), Calls.PUT, put(prefix, Puts.KIBIBYTE), 60);
                }
            });
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    /** Writes keys numbered from 0, several in a transaction, some transactions in flight. */
    static void fill(Cluster cluster, String prefix, int keys, int keysInTransaction, ByteString value)
            throws InterruptedException {
        List<ManagedChannel> channels = cluster.connectTo(cluster.leader(), 4);
        var written = new AtomicLong();
        try {
            together(channels.size(), lane -> {
                for (long from = written.getAndAdd(keysInTransaction);
                        from < keys;
                        from = written.getAndAdd(keysInTransaction)) {
                    byte[] request = Calls.puts(prefix, from, (int) Math.min(keysInTransaction, keys - from), value);
                    Calls.await(channels.get(lane), Calls.TXN, request, 60);
                }
            });
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private static void together(int lanes, IntConsumer lane) throws InterruptedException {
        var problem = new AtomicReference<@Nullable RuntimeException>();
        var threads = IntStream.range(0, lanes)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    try {
                        lane.accept(i);
                    } catch (RuntimeException e) {
                        problem.compareAndSet(null, e);
                    }
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        RuntimeException first = problem.get();
        if (first != null) {
            throw new IllegalStateException("the data could not be written", first);
        }
    }
}

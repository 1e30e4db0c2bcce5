package io.keelson.bench.api;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;

/** Requests at a steady rate, whatever becomes of those before. */
final class Paced {

    /** One request. */
    @FunctionalInterface
    interface Request {
        void send(int number) throws IOException, InterruptedException;
    }

    private final ConcurrentHistogram micros = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(2), 3);
    private final AtomicLong failed = new AtomicLong();

    /** Sends for a time; returns when all are answered. What is sent in the warm-up does not count. */
    void run(Request request, int perSecond, double warmUpSeconds, double seconds) throws InterruptedException {
        long begin = System.nanoTime();
        long countFrom = begin + (long) (warmUpSeconds * 1e9);
        long end = countFrom + (long) (seconds * 1e9);
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; ; i++) {
                long due = begin + i * 1_000_000_000L / perSecond;
                if (due >= end) {
                    break;
                }
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                int number = i;
                each.execute(() -> one(request, number, due >= countFrom));
            }
        }
    }

    private void one(Request request, int number, boolean counts) {
        long sent = System.nanoTime();
        try {
            request.send(number);
            if (counts) {
                micros.recordValue((System.nanoTime() - sent) / 1_000);
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            failed.incrementAndGet();
        }
    }

    double p99Millis() {
        return micros.getValueAtPercentile(99) / 1000.0;
    }

    long failed() {
        return failed.get();
    }
}

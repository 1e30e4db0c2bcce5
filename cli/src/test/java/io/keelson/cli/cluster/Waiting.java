package io.keelson.cli.cluster;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Waiting for what takes a moment. */
public final class Waiting {

    private static final int PATIENCE_SECONDS = 60;

    private Waiting() {}

    /** Something that may come true. */
    public interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    /** Waits until it is so; fails after a minute. */
    public static void await(String what, Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for: " + what);
            }
            Thread.sleep(20);
        }
    }
}

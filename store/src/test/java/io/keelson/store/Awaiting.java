package io.keelson.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for conditions instead of times. */
public final class Awaiting {

    private Awaiting() {}

    /** Returns as soon as the condition holds; fails if it does not within the time. */
    public static void atMost(Duration patience, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for %s", patience).isLessThan(end);
            Thread.onSpinWait();
        }
    }
}

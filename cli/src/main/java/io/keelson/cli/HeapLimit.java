package io.keelson.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.concurrent.ThreadLocalRandom;
import javax.management.NotificationEmitter;

/**
 * Has the heap collected before it is full. The serial collector takes all of {@code -Xmx} before it looks at the old generation, though
 * three quarters of it are garbage by then; and what was used once stays resident. So the old generation is collected when it holds
 * {@link #SOFT_BYTES}, or five times what lived last time, less one and a half times that, if it is more: a collection takes as long as there
 * is to live, and the more there is the rarer they have to be. {@code -Xmx} stays for the hour of need.
 */
final class HeapLimit {

    /** The old generation is left alone up to here. A member under load holds some 40 MiB that live. */
    private static final long SOFT_BYTES = 88L << 20;

    /** Members that start together and apply the same log would fill alike, and stop at the same moment: each bears a little more or less. */
    private static final double BEARS = ThreadLocalRandom.current().nextDouble(0.85, 1.15);

    private HeapLimit() {}

    /** From now on, as long as this process lives. Does nothing with a collector that has no generation to watch. */
    static void keep() {
        ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP
                        && pool.isUsageThresholdSupported()
                        && pool.isCollectionUsageThresholdSupported()
                        && pool.getUsage().getMax() > SOFT_BYTES)
                .forEach(HeapLimit::keep);
    }

    private static void keep(MemoryPoolMXBean old) {
        old.setUsageThreshold((long) (BEARS * SOFT_BYTES));
        ((NotificationEmitter) ManagementFactory.getMemoryMXBean())
                .addNotificationListener(
                        (notification, handback) -> collect(old),
                        notification -> notification.getType().equals(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED),
                        null);
    }

    private static void collect(MemoryPoolMXBean old) {
        System.gc();
        long live = old.getUsage().getUsed();
        old.setUsageThreshold(
                Math.min((long) (BEARS * threshold(live)), old.getUsage().getMax()));
    }

    /** How full the old generation of an average member may be until it is collected again, in bytes, when so many of them live. */
    static long threshold(long live) {
        return Math.max(SOFT_BYTES, 5 * live - 3 * SOFT_BYTES / 2);
    }
}

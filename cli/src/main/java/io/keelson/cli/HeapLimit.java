package io.keelson.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import javax.management.NotificationEmitter;

/**
 * Has the heap collected before it is full. The serial collector takes all of {@code -Xmx} before it looks at the old generation, though
 * three quarters of it are garbage by then; and what was used once stays resident. So the old generation is collected when it holds
 * {@link #SOFT_BYTES}, or four times what lived last time, less as much, if that is more: a collection takes as long as there is to live, and
 * the more there is the rarer they have to be. {@code -Xmx} stays for the hour of need.
 */
final class HeapLimit {

    /** The old generation is left alone up to here. A member under load holds some 40 MiB that live. */
    private static final long SOFT_BYTES = 88L << 20;

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
        old.setUsageThreshold(SOFT_BYTES);
        ((NotificationEmitter) ManagementFactory.getMemoryMXBean())
                .addNotificationListener(
                        (notification, handback) -> collect(old),
                        notification -> notification.getType().equals(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED),
                        null);
    }

    private static void collect(MemoryPoolMXBean old) {
        System.gc();
        long live = old.getUsage().getUsed();
        old.setUsageThreshold(Math.min(threshold(live), old.getUsage().getMax()));
    }

    /** How full the old generation may be until it is collected again, in bytes, when so many of them live. */
    static long threshold(long live) {
        return Math.max(SOFT_BYTES, 4 * live - SOFT_BYTES);
    }
}

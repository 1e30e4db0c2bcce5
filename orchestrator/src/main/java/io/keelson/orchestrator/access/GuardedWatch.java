package io.keelson.orchestrator.access;

import io.keelson.orchestrator.api.ObjectEvent;
import io.keelson.orchestrator.api.ObjectWatch;
import java.time.Duration;
import java.util.List;

/** A watch that ends, with why, when the right to it ends. */
public final class GuardedWatch implements ObjectWatch {

    private final ObjectWatch watch;
    private final Renewal right;

    /** Lets through what a watch tells as long as the right is there. */
    public GuardedWatch(ObjectWatch watch, Renewal right) {
        this.watch = watch;
        this.right = right;
    }

    /** Nothing is told after the right was found to be gone, also if it waits already. */
    @Override
    public List<ObjectEvent> next(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            boolean last = left.compareTo(Renewal.EVERY) <= 0;
            List<ObjectEvent> events = watch.next(last ? left : Renewal.EVERY);
            right.ifDue();
            if (last || !isQuiet(events)) {
                return events;
            }
        }
    }

    private static boolean isQuiet(List<ObjectEvent> events) {
        return events.size() == 1 && events.getFirst().type() == ObjectEvent.Type.BOOKMARK;
    }

    @Override
    public boolean beginning() {
        return watch.beginning();
    }

    @Override
    public long progress() {
        return watch.progress();
    }

    @Override
    public void close() {
        watch.close();
    }
}

package io.keelson.store.rpc;

import io.keelson.proto.etcd.Event;
import io.keelson.store.fault.PlantedFault;
import java.util.ArrayList;
import java.util.List;

/** Mistakes of those who deliver events, for tests of the tests: see {@link PlantedFault}. */
final class PlantedEvents {

    /** Revisions between two mistakes. */
    private static final int BETWEEN = 40;

    private PlantedEvents() {}

    /** Where the next events are read from. */
    static long from(long next) {
        return PlantedFault.WATCH_GOES_BACK.isPlanted() && next % BETWEEN == 0 ? Math.max(1, next - 3) : next;
    }

    /** What is delivered together; nothing if there are no events. */
    static List<List<Event>> parts(List<Event> events) {
        if (events.isEmpty()) {
            return List.of();
        }
        if (PlantedFault.WATCH_TEARS_REVISION.isPlanted()) {
            return events.stream().map(List::of).toList();
        }
        boolean skips = PlantedFault.WATCH_SKIPS_EVENT.isPlanted();
        if (!skips && !PlantedFault.WATCH_REPEATS_EVENT.isPlanted()) {
            return List.of(events);
        }
        var delivered = new ArrayList<Event>();
        for (Event event : events) {
            boolean mistaken = event.getKv().getModRevision() % BETWEEN == 0;
            if (!mistaken || !skips) {
                delivered.add(event);
            }
            if (mistaken && !skips) {
                delivered.add(event);
            }
        }
        return delivered.isEmpty() ? List.of() : List.of(delivered);
    }
}

package io.keelson.orchestrator.loop;

import io.keelson.orchestrator.control.Action;
import io.keelson.orchestrator.control.Controller;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.ClusterImage;
import io.keelson.orchestrator.view.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What is to be looked at, and when. Single-threaded and without a clock: changes and results go in, orders come out, so that a
 * simulation can drive it as well as a thread.
 *
 * <pre>
 * change -> dirty -> reconcile -> orders (busy) -> results -> held until the picture shows them -> dirty again
 *                        |                            |
 *                        +-- LookAgain -> timer       +-- not done -> timer with back-off
 * </pre>
 *
 * After its writes a work is looked at once more, so a controller may do a part and go on at the next look. All of this is bounded by
 * the number of objects.
 */
final class Reconciler {

    /** Back-off after actions that were not done: doubles from the first to the last. */
    static final Duration FIRST_RETRY = Duration.ofMillis(50);

    static final Duration LAST_RETRY = Duration.ofSeconds(30);

    private final List<Controller> controllers;
    private final ClusterImage cluster;
    private final BiConsumer<Work, RuntimeException> broken;
    private final Set<Work> dirty = new LinkedHashSet<>();
    private final Map<Work, Flight> busy = new HashMap<>();
    private final Map<Work, Long> held = new HashMap<>();
    private final Map<Work, Integer> failures = new HashMap<>();
    private final Map<Work, Instant> timers = new HashMap<>();
    private final TreeMap<Instant, Set<Work>> alarms = new TreeMap<>();

    /** The writes of one work that are on their way. */
    private static final class Flight {
        private final long basis;
        private int open;
        private long revision;
        private boolean failed;
        private boolean ordered;
        private Optional<Refusal> refusal = Optional.empty();

        Flight(long basis, int open) {
            this.basis = basis;
            this.open = open;
        }
    }

    /**
     * Begins with a picture in which everything is news.
     *
     * @param broken hears of a controller that failed on an object, which is a mistake in it; the object is tried again with back-off, or
     *     not before its next change if it was not even clear what it touches, and all others go on
     */
    Reconciler(List<Controller> controllers, ClusterImage cluster, BiConsumer<Work, RuntimeException> broken) {
        this.controllers = List.copyOf(controllers);
        this.cluster = cluster;
        this.broken = broken;
        cluster.forEach(this::changed);
    }

    /** The picture has changed in one object. */
    void changed(Change change) {
        for (Controller controller : controllers) {
            try {
                controller.touchedBy(change, cluster).forEach(ref -> dirty.add(new Work(controller, ref)));
            } catch (RuntimeException mistake) {
                broken.accept(new Work(controller, change.ref()), mistake);
            }
        }
    }

    /** Whether there is something to look at now. */
    boolean idle(Instant now) {
        wake(now);
        return dirty.stream().noneMatch(this::free);
    }

    /** When there will be something to look at if nothing happens. */
    Optional<Instant> wakeAt() {
        return alarms.isEmpty() ? Optional.empty() : Optional.of(alarms.firstKey());
    }

    /** Looks at works until there are so many orders, or nothing is left to look at. */
    List<Order> next(Instant now, int enough) {
        wake(now);
        List<Order> orders = new ArrayList<>();
        for (Iterator<Work> each = dirty.iterator(); each.hasNext() && orders.size() < enough; ) {
            Work work = each.next();
            if (free(work)) {
                each.remove();
                orders.addAll(look(work, now));
            }
        }
        return orders;
    }

    private boolean free(Work work) {
        if (busy.containsKey(work)) {
            return false;
        }
        Long until = held.get(work);
        if (until != null && until > cluster.revision()) {
            return false;
        }
        held.remove(work);
        return true;
    }

    private List<Order> look(Work work, Instant now) {
        cancelTimer(work);
        List<Action> actions;
        try {
            actions = work.controller().reconcile(cluster, work.ref(), now);
        } catch (RuntimeException mistake) {
            broken.accept(work, mistake);
            setTimer(work, now.plus(retryDelay(failures.merge(work, 1, Integer::sum))));
            return List.of();
        }
        List<Order> orders = new ArrayList<>();
        for (Action action : actions) {
            if (action instanceof Action.LookAgain again) {
                setTimer(work, again.at());
            } else {
                orders.add(new Order(work, action));
            }
        }
        if (orders.isEmpty()) {
            failures.remove(work);
        } else {
            busy.put(work, new Flight(cluster.revision(), orders.size()));
        }
        return orders;
    }

    /** One order has been carried out, or not. */
    void performed(Order order, Outcome outcome, Instant now) {
        Flight flight = busy.get(order.work());
        if (flight == null) {
            throw new IllegalStateException("nothing was ordered for " + order.work());
        }
        flight.open--;
        flight.ordered |= changesOthers(order.action());
        switch (outcome) {
            case Outcome.Done done -> flight.revision = Math.max(flight.revision, done.revision());
            case Outcome.Stale stale -> flight.failed = true;
            case Outcome.Failed failed -> flight.failed = true;
            case Outcome.Refused refused -> {
                flight.failed = true;
                flight.refusal = Optional.of(refused.refusal());
            }
        }
        if (flight.open == 0) {
            busy.remove(order.work());
            landed(order.work(), flight, now);
        }
    }

    /** Statuses are not what a refusal is about. */
    private static boolean changesOthers(Action action) {
        return switch (action) {
            case Action.Create create -> true;
            case Action.Delete delete -> true;
            case Action.Patch patch -> true;
            case Action.Bind bind -> true;
            case Action.Announced announced -> changesOthers(announced.write());
            case Action.Update update -> false;
            case Action.LookAgain again -> false;
            case Action.RecordEvent event -> false;
        };
    }

    private void landed(Work work, Flight flight, Instant now) {
        boolean news = (flight.ordered || flight.refusal.isPresent()) && cluster.refused(work.ref(), flight.refusal);
        if (flight.revision > cluster.revision()) {
            held.put(work, flight.revision);
        }
        // A write that changes nothing would be ordered for ever; it is paced like a failure.
        boolean idle = flight.revision <= flight.basis;
        if (flight.failed || idle) {
            int times = failures.merge(work, 1, Integer::sum);
            setTimer(work, now.plus(retryDelay(times)));
        } else {
            failures.remove(work);
            dirty.add(work);
        }
        if (news) {
            dirty.add(work);
        }
    }

    static Duration retryDelay(int times) {
        Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(times - 1, 20));
        return delay.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : delay;
    }

    private void setTimer(Work work, Instant at) {
        Instant there = timers.get(work);
        if (there != null && !at.isBefore(there)) {
            return;
        }
        cancelTimer(work);
        timers.put(work, at);
        alarms.computeIfAbsent(at, when -> new LinkedHashSet<>()).add(work);
    }

    private void cancelTimer(Work work) {
        Instant at = timers.remove(work);
        if (at != null) {
            Set<Work> same = alarms.get(at);
            if (same != null && same.remove(work) && same.isEmpty()) {
                alarms.remove(at);
            }
        }
    }

    private void wake(Instant now) {
        while (!alarms.isEmpty() && !alarms.firstKey().isAfter(now)) {
            for (Work work : alarms.pollFirstEntry().getValue()) {
                timers.remove(work);
                dirty.add(work);
            }
        }
    }
}

package io.keelson.orchestrator.flow;

import io.keelson.orchestrator.access.Followed;
import io.keelson.orchestrator.access.ToldKv;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.etcd.KeyValue;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Lets requests of this server through in their turn. Thread safe. */
public final class Turnstile {

    /** Who has waited so long for its turn is told to come again. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    /**
     * Who is exempt never waits, and takes no other's seat; but of those, too, only so many are carried out at the same time, a third of all
     * seats: more would be answered too late for anybody.
     */
    private static final int EXEMPT_PART = 3;

    private static final int LEAST_EXEMPT = 100;

    private static final String PREFIX = "/registry/" + Flows.GROUP + "/";

    private final Followed<Flows> flows;
    private final int seats;
    private final Semaphore exempt;
    private final Map<String, FairQueue<CountDownLatch>> queues = new HashMap<>();
    private final Map<Load.Of, Load> loads = new ConcurrentHashMap<>();

    /**
     * Nobody is inside.
     *
     * @param seats of all levels together: how many requests are carried out at the same time
     */
    public Turnstile(ToldKv kv, int seats) {
        this.flows = new Followed<>(kv, PREFIX, Flows::new, Turnstile::learn);
        this.seats = seats;
        this.exempt = new Semaphore(Math.max(LEAST_EXEMPT, seats / EXEMPT_PART));
    }

    private static void learn(Flows known, List<String> path, Optional<KeyValue> pair) {
        if (path.size() != 2) {
            return;
        }
        try {
            pair.ifPresentOrElse(
                    there -> known.set(
                            path.get(0),
                            path.get(1),
                            Json.parse(there.getValue().toByteArray())),
                    () -> known.forget(path.get(0), path.get(1)));
        } catch (MalformedJsonException notAnObject) {
            known.forget(path.get(0), path.get(1));
        }
    }

    /** A seat that somebody has until it is given back; giving it back twice is as once. */
    public static final class Turn implements AutoCloseable {

        private final Flows.Place place;
        private final Runnable back;
        private final AtomicBoolean over = new AtomicBoolean();

        private Turn(Flows.Place place, Runnable back) {
            this.place = place;
            this.back = back;
        }

        /** The schema and level by which it was given. */
        public Flows.Place place() {
            return place;
        }

        @Override
        public void close() {
            if (over.compareAndSet(false, true)) {
                back.run();
            }
        }
    }

    /**
     * Waits for a turn.
     *
     * @throws ApiException TOO_MANY_REQUESTS if too many wait already, or it did not come in time; who is exempt, if too many of those are inside
     */
    public Turn enter(User user, Access access) throws InterruptedException {
        Flows.Place place = flows.ask(known -> known.place(user, access, seats));
        Load load =
                loads.computeIfAbsent(new Load.Of(place.schema(), place.level().name()), Load::new);
        if (place.level().exempt()) {
            if (!exempt.tryAcquire()) {
                throw tooMany(load, Load.Refusal.CONCURRENCY_LIMIT);
            }
            return seated(place, load, exempt::release);
        }
        CountDownLatch called = new CountDownLatch(1);
        switch (queue(place, called)) {
            case SEATED -> {}
            case REFUSED ->
                throw tooMany(
                        load, place.level().maxOfAll() == 0 ? Load.Refusal.CONCURRENCY_LIMIT : Load.Refusal.QUEUE_FULL);
            case QUEUED -> await(place, load, called);
        }
        return seated(place, load, () -> leave(place));
    }

    private static Turn seated(Flows.Place place, Load load, Runnable back) {
        load.sits();
        return new Turn(place, () -> {
            load.stands();
            back.run();
        });
    }

    private void await(Flows.Place place, Load load, CountDownLatch called) throws InterruptedException {
        boolean inTime = false;
        load.waits();
        try {
            inTime = called.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            load.refuse(Load.Refusal.CANCELLED);
            throw e;
        } finally {
            load.waitsNoMore();
            if (!inTime) {
                giveUp(place, called);
            }
        }
        if (!inTime) {
            throw tooMany(load, Load.Refusal.TIME_OUT);
        }
    }

    /** What there is and was of each schema and level that had a request. */
    public Collection<Load> loads() {
        return Collections.unmodifiableCollection(loads.values());
    }

    private static ApiException tooMany(Load load, Load.Refusal why) {
        load.refuse(why);
        return new ApiException(Reason.TOO_MANY_REQUESTS, "too many requests, please try again later.");
    }

    private synchronized FairQueue.Entry queue(Flows.Place place, CountDownLatch called) {
        Flows.Level level = place.level();
        FairQueue<CountDownLatch> queue = queues.computeIfAbsent(
                level.name(), _ -> new FairQueue<>(place.seats(), level.maxOfFlow(), level.maxOfAll()));
        queue.bounds(place.seats(), level.maxOfFlow(), level.maxOfAll());
        FairQueue.Entry entry = queue.enter(place.flow(), called);
        callNext(queue);
        return entry;
    }

    private synchronized void leave(Flows.Place place) {
        FairQueue<CountDownLatch> queue = queues.get(place.level().name());
        if (queue != null) {
            queue.leave();
            callNext(queue);
        }
    }

    /** It waits no longer; if it was called at this very moment it gives its seat to the next. */
    private synchronized void giveUp(Flows.Place place, CountDownLatch called) {
        FairQueue<CountDownLatch> queue = queues.get(place.level().name());
        if (queue != null && !queue.forget(place.flow(), called)) {
            queue.leave();
            callNext(queue);
        }
    }

    private static void callNext(FairQueue<CountDownLatch> queue) {
        for (Optional<CountDownLatch> next = queue.next(); next.isPresent(); next = queue.next()) {
            next.get().countDown();
        }
    }

    /** Reads what has happened, so that no history piles up unread. */
    public void keepUp() {
        flows.keepUp();
    }
}

package io.keelson.orchestrator.loop;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.control.Controller;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.ClusterImage;
import io.keelson.orchestrator.view.RegistryKey;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import io.keelson.store.KvWatch;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The time in which one server leads: lists, watches, and lets the controllers work until it is closed. One thread owns the picture; a
 * watcher and the performers put what they learn into its inbox and wait when that is full, while the thread itself never waits for them.
 */
final class Term implements AutoCloseable {

    /** Messages to the loop thread that may wait; beyond, the watcher and the performers wait. */
    static final int INBOX_LIMIT = 1_024;

    /** Actions performed at the same time. */
    static final int PERFORMERS = 64;

    /** Actions that wait for a performer; beyond, nothing more is looked at. */
    static final int ORDERS_LIMIT = 4_096;

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(200);
    private static final System.Logger LOG = System.getLogger(Term.class.getName());

    /** What the loop thread hears of. */
    private sealed interface Message {
        /** Changes of one or more revisions, all up to the last of which have now been told. */
        record Changed(Object source, List<Event> events, long revision) implements Message {}

        /** The watch cannot go on from where it is. */
        record Lost(Object source) implements Message {}

        /** An order has been carried out. */
        record Performed(Object source, Order order, Outcome outcome) implements Message {}
    }

    private final Kv kv;
    private final Supplier<Kinds> kinds;
    private final List<Controller> controllers;
    private final InstantSource clock;
    private final Performer performer;
    private final EventRecorder events;
    private final BlockingQueue<Message> inbox = new ArrayBlockingQueue<>(INBOX_LIMIT);
    private final Thread thread;
    private volatile boolean closed;

    Term(Epoch epoch, Kv kv, Supplier<Kinds> kinds, Api api, List<Controller> controllers, InstantSource clock) {
        this.kv = kv;
        this.kinds = kinds;
        this.controllers = controllers;
        this.clock = clock;
        this.events = new EventRecorder(api, epoch, clock);
        this.performer = new Performer(api, epoch, events::record);
        this.thread =
                Thread.ofVirtual().name("control-loop-" + epoch.revision()).start(this::run);
    }

    private void run() {
        try {
            while (!closed) {
                try {
                    follow(Snapshot.list(kv, kinds.get(), clock.instant()));
                } catch (KvException notNow) {
                    LOG.log(Level.DEBUG, () -> "cannot list: " + notNow.getMessage());
                    Thread.sleep(RETRY);
                } catch (RuntimeException broken) {
                    LOG.log(Level.ERROR, "the picture is made anew", broken);
                    Thread.sleep(RETRY);
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    /** Works from one list until its history is lost. Messages of an earlier picture are told by their source and passed over. */
    private void follow(ClusterImage image) throws InterruptedException {
        Reconciler reconciler =
                new Reconciler(controllers, image, (work, mistake) -> LOG.log(Level.ERROR, work + " failed", mistake));
        Queue<Order> waiting = new ArrayDeque<>();
        int performing = 0;
        Thread watcher = Thread.ofVirtual().name("control-watch").start(() -> watch(image, image.revision()));
        try {
            while (!closed) {
                for (Message message : messages(reconciler, waiting)) {
                    switch (message) {
                        case Message.Changed changed -> {
                            if (changed.source() == image) {
                                changed.events()
                                        .forEach(event -> change(image, event).ifPresent(reconciler::changed));
                                image.reached(changed.revision());
                            }
                        }
                        case Message.Lost lost -> {
                            if (lost.source() == image) {
                                return;
                            }
                        }
                        case Message.Performed performed -> {
                            if (performed.source() == image) {
                                performing--;
                                note(performed);
                                reconciler.performed(performed.order(), performed.outcome(), clock.instant());
                            }
                        }
                    }
                }
                learn(image, kinds.get(), reconciler);
                if (waiting.size() < ORDERS_LIMIT) {
                    waiting.addAll(reconciler.next(clock.instant(), ORDERS_LIMIT - waiting.size()));
                }
                while (performing < PERFORMERS && !waiting.isEmpty()) {
                    perform(image, waiting.remove());
                    performing++;
                }
            }
        } finally {
            watcher.interrupt();
        }
    }

    /** Kinds came or went: takes the objects of those that came into the picture, and out of it those of which nothing is left. */
    @SuppressWarnings("ReferenceEquality") // A table that is made anew is another one.
    private void learn(ClusterImage image, Kinds next, Reconciler reconciler) {
        Kinds before = image.kinds();
        if (next == before) {
            return;
        }
        image.kinds(next).forEach(reconciler::changed);
        Instant now = clock.instant();
        for (Kind kind : next.all()) {
            boolean came = kind.storedAs().isEmpty()
                    && !before.byKeyPrefix(kind.keyPrefix()).equals(Optional.of(kind));
            if (came) {
                Snapshot.list(kv, next, kind, image.revision(), now)
                        .forEach(object -> reconciler.changed(image.set(object)));
            }
        }
    }

    /** All messages that are there; if there is nothing to do, waits for one, or for the next timer. */
    private List<Message> messages(Reconciler reconciler, Queue<Order> waiting) throws InterruptedException {
        List<Message> messages = new ArrayList<>();
        Instant now = clock.instant();
        boolean canLook = waiting.size() < ORDERS_LIMIT && !reconciler.idle(now);
        if (!canLook) {
            Duration untilTimer = reconciler
                    .wakeAt()
                    .map(at -> Duration.between(now, at))
                    .filter(wait -> wait.compareTo(PATIENCE) < 0)
                    .orElse(PATIENCE);
            Message first = inbox.poll(Math.max(1, untilTimer.toMillis()), TimeUnit.MILLISECONDS);
            if (first != null) {
                messages.add(first);
            }
        }
        inbox.drainTo(messages);
        return messages;
    }

    private Optional<Change> change(ClusterImage image, Event event) {
        return switch (event.getType()) {
            case PUT ->
                Snapshot.object(image.kinds(), event.getKv(), clock.instant()).map(image::set);
            case DELETE ->
                RegistryKey.parse(image.kinds(), event.getKv().getKey().toStringUtf8())
                        .flatMap(image::remove);
            case UNRECOGNIZED -> throw new IllegalStateException("an event of an unknown type: " + event);
        };
    }

    private static void note(Message.Performed performed) {
        switch (performed.outcome()) {
            case Outcome.Done done ->
                LOG.log(
                        Level.DEBUG,
                        () -> performed.order().work() + ": "
                                + performed.order().action());
            case Outcome.Stale stale ->
                LOG.log(Level.DEBUG, () -> performed.order().work() + ": " + stale.message());
            case Outcome.Refused refused ->
                LOG.log(
                        Level.WARNING,
                        () -> performed.order().work() + ": "
                                + refused.refusal().message());
            case Outcome.Failed failed ->
                LOG.log(Level.INFO, () -> performed.order().work() + " will be tried again: " + failed.message());
        }
    }

    private void perform(ClusterImage image, Order order) {
        Thread.ofVirtual().name("control-performer").start(() -> {
            try {
                inbox.put(new Message.Performed(
                        image,
                        order,
                        performer.perform(order.work().controller().fieldManager(), order.action())));
            } catch (InterruptedException nobodyListens) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void watch(ClusterImage image, long listed) {
        long revision = listed;
        try {
            while (!closed) {
                try (KvWatch watch = kv.watch(WatchCreateRequest.newBuilder()
                        .setKey(Snapshot.BEGIN)
                        .setRangeEnd(Snapshot.END)
                        .setStartRevision(revision + 1)
                        .build())) {
                    while (!closed) {
                        List<Event> told = watch.next(PATIENCE)
                                .map(WatchResponse::getEventsList)
                                .orElse(List.of());
                        long progress = Math.max(revision, watch.progress());
                        if (progress > revision) {
                            inbox.put(new Message.Changed(image, told, progress));
                            revision = progress;
                        }
                    }
                } catch (KvException broken) {
                    if (broken.reason() == KvException.Reason.COMPACTED) {
                        inbox.put(new Message.Lost(image));
                        return;
                    }
                    Thread.sleep(RETRY);
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        events.close();
        try {
            thread.join(Duration.ofSeconds(2));
        } catch (InterruptedException inAHurry) {
            Thread.currentThread().interrupt();
        }
    }
}

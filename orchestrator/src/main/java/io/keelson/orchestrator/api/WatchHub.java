package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import io.keelson.store.KvWatch;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ObjectNode;

/**
 * All watches of this process follow the store by one cursor: each change is read once, and what is made of it is shared.
 *
 * <pre>
 *   store ── one cursor ──► hub ── whom it concerns, up to a bound for each ──► Subscription ── watcher's thread ──► client
 *                            └── the newest changes, for who comes from a list made just before
 * </pre>
 *
 * It runs while somebody watches. It asks nobody but the local replica, and waits for no watcher.
 */
final class WatchHub {

    private static final System.Logger LOG = System.getLogger(WatchHub.class.getName());

    /** Changes that are kept for watchers that begin a little behind; who begins further back reads history by itself. */
    private static final int RECENT_CHANGES = 1_000;

    private static final long RECENT_BYTES = 2L << 20;

    /** Without a change for so long it looks whether anybody is still there. */
    private static final Duration LINGER = Duration.ofSeconds(30);

    private static final String DEFINITIONS = Kinds.CUSTOM_RESOURCE_DEFINITION.keyPrefix();

    private final Kv kv;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Audience> byResource = new HashMap<>();
    private final Deque<KeyChange> recent = new ArrayDeque<>();
    private long recentBytes;
    /** Every change after this revision that was published is in {@code recent}. */
    private long recentFrom;

    private boolean running;
    private volatile long position;

    WatchHub(Kv kv) {
        this.kv = kv;
    }

    /** Every change up to this revision has been published to all subscriptions. */
    long position() {
        return position;
    }

    /**
     * From now on the subscription gets what comes after its {@link Subscription#progress}.
     *
     * @return false if that is further back than the hub knows: read history up to the present, and come again
     */
    boolean join(Subscription<?> joining) {
        lock.lock();
        try {
            if (!running) {
                start();
            }
            if (joining.progress() < recentFrom) {
                return false;
            }
            for (KeyChange change : recent) {
                if (joining.interest().resources().contains(change.resource())) {
                    joining.stage(change);
                }
            }
            if (joining.publish()) {
                for (String resource : joining.interest().resources()) {
                    byResource.computeIfAbsent(resource, _ -> new Audience()).add(joining);
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The subscription gets nothing any more; if it gets nothing anyway, nothing happens. */
    void leave(Subscription<?> leaving) {
        lock.lock();
        try {
            for (String resource : leaving.interest().resources()) {
                byResource.computeIfPresent(resource, (_, there) -> {
                    there.remove(leaving);
                    return there.isEmpty() ? null : there;
                });
            }
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        KvWatch watch = Failures.translated(() -> kv.watch(WatchCreateRequest.newBuilder()
                .setKey(Keys.bytes(KeyChange.REGISTRY))
                .setRangeEnd(Keys.end(KeyChange.REGISTRY))
                .build()));
        position = watch.progress();
        recent.clear();
        recentBytes = 0;
        recentFrom = position;
        running = true;
        Thread.ofVirtual().name("watch-hub").start(() -> run(watch));
    }

    private void run(KvWatch watch) {
        try (watch) {
            while (true) {
                Optional<WatchResponse> response = watch.next(LINGER);
                lock.lock();
                try {
                    if (response.isEmpty() && byResource.isEmpty()) {
                        running = false;
                        return;
                    }
                    response.ifPresent(answer -> publish(answer.getEventsList()));
                    position = watch.progress();
                } finally {
                    lock.unlock();
                }
            }
        } catch (KvException e) {
            failAll(Failures.of(e));
        } catch (InterruptedException e) {
            failAll(new ApiException(Reason.SERVICE_UNAVAILABLE, "the server stops; ask another, or again"));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "watches end", e);
            failAll(new ApiException(Reason.INTERNAL_ERROR, "Internal error occurred: " + e));
        }
    }

    private void publish(List<Event> events) {
        Set<Subscription<?>> touched = new LinkedHashSet<>();
        for (Event event : events) {
            KeyChange change = new KeyChange(kv, event);
            // Another one, that holds nothing but the event: what is made of a change for those who are there is not
            // kept for
            // those who may come. It would be ten times the event, and too old for the young generation when it goes.
            keep(change.unread());
            Audience audience = byResource.get(change.resource());
            for (Subscription<?> subscription : audience == null ? List.<Subscription<?>>of() : audience.of(change)) {
                subscription.stage(change);
                if (subscription.isStaged()) {
                    touched.add(subscription);
                }
            }
            if (change.resource().equals(DEFINITIONS) && redefines(change)) {
                touched.addAll(ending(change.key()));
            }
        }
        for (Subscription<?> subscription : touched) {
            if (!subscription.publish()) {
                leave(subscription);
            }
        }
    }

    private void keep(KeyChange change) {
        recent.addLast(change);
        recentBytes += change.bytes();
        while (recent.size() > RECENT_CHANGES || (recentBytes > RECENT_BYTES && recent.size() > 1)) {
            KeyChange oldest = recent.removeFirst();
            recentBytes -= oldest.bytes();
            recentFrom = oldest.revision();
        }
    }

    /** Whether a kind is gone, or is another one, as Kubernetes judges it. */
    private static boolean redefines(KeyChange change) {
        if (change.isDelete()) {
            return true;
        }
        Optional<ObjectNode> before =
                change.before(Kinds.CUSTOM_RESOURCE_DEFINITION).map(ObjectVersion::object);
        Optional<ObjectNode> after =
                change.after(Kinds.CUSTOM_RESOURCE_DEFINITION).map(ObjectVersion::object);
        return before.isPresent() && !(same(before, after, "spec") && same(before, after, "status", "acceptedNames"));
    }

    private static boolean same(Optional<ObjectNode> before, Optional<ObjectNode> after, String... path) {
        return before.flatMap(object -> Json.at(object, path)).equals(after.flatMap(object -> Json.at(object, path)));
    }

    private Set<Subscription<?>> ending(String definition) {
        Set<Subscription<?>> concerned = new LinkedHashSet<>();
        byResource
                .values()
                .forEach(all -> all.all()
                        .filter(each -> each.interest().definition().equals(Optional.of(definition)))
                        .forEach(concerned::add));
        concerned.forEach(Subscription::stageEnd);
        return concerned;
    }

    private void failAll(ApiException e) {
        lock.lock();
        try {
            running = false;
            byResource.values().forEach(all -> all.all().forEach(each -> each.fail(e)));
            byResource.clear();
        } finally {
            lock.unlock();
        }
    }
}

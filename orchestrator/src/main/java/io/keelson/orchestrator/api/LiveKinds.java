package io.keelson.orchestrator.api;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.custom.DefinedKinds;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import io.keelson.store.KvWatch;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table of kinds as the stored CustomResourceDefinitions make it. A thread of its own follows their changes in the local replica;
 * who must not be behind asks for {@link #sync}.
 */
public final class LiveKinds implements PresentKinds, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(LiveKinds.class.getName());
    private static final String PREFIX = Kinds.CUSTOM_RESOURCE_DEFINITION.keyPrefix();
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofMillis(200);

    private final Kv kv;
    private volatile DefinedKinds present;
    private volatile boolean closed;
    private Optional<Thread> follower = Optional.empty();

    /** A table that knows nothing of the store yet. */
    public LiveKinds(Kv kv, DefinedKinds.Webhooks webhooks) {
        this.kv = kv;
        this.present = DefinedKinds.none(webhooks);
    }

    /** Begins to follow the store. Returns at once. */
    public synchronized void start() {
        if (follower.isEmpty()) {
            follower = Optional.of(Thread.ofVirtual().name("kinds").start(this::run));
        }
    }

    @Override
    public Kinds get() {
        return present.kinds();
    }

    @Override
    public Kinds sync() {
        RangeResponse keys =
                Failures.translated(() -> kv.range(range().setKeysOnly(true).build()));
        Map<String, Long> stored = new HashMap<>();
        keys.getKvsList().forEach(pair -> stored.put(name(pair), pair.getModRevision()));
        if (!stored.equals(present.revisions())) {
            Failures.translated(this::read);
        }
        return present.kinds();
    }

    private static RangeRequest.Builder range() {
        return RangeRequest.newBuilder().setKey(Keys.bytes(PREFIX)).setRangeEnd(Keys.end(PREFIX));
    }

    private static String name(KeyValue pair) {
        return pair.getKey().toStringUtf8().substring(PREFIX.length());
    }

    /** Makes the table of what is stored now; one at a time, so that an older reading does not come after a newer. */
    private synchronized long read() {
        RangeResponse all = kv.range(range().build());
        List<DefinedKinds.Source> sources = new ArrayList<>();
        for (KeyValue pair : all.getKvsList()) {
            source(pair.getValue(), pair.getModRevision()).ifPresent(sources::add);
        }
        present = present.next(sources);
        return all.getHeader().getRevision();
    }

    private static Optional<DefinedKinds.Source> source(ByteString value, long revision) {
        try {
            return Optional.of(new DefinedKinds.Source(Json.parse(value.toByteArray()), revision));
        } catch (MalformedJsonException notAnObject) {
            // Somebody else wrote it, past the API.
            return Optional.empty();
        }
    }

    private void run() {
        try {
            while (!closed) {
                try {
                    follow(read());
                } catch (KvException notNow) {
                    LOG.log(Level.DEBUG, () -> "cannot follow definitions: " + notNow.getMessage());
                    Thread.sleep(RETRY);
                } catch (RuntimeException broken) {
                    LOG.log(Level.ERROR, "the table of kinds is made anew", broken);
                    Thread.sleep(RETRY);
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow(long revision) throws InterruptedException {
        try (KvWatch watch = kv.watch(WatchCreateRequest.newBuilder()
                .setKey(Keys.bytes(PREFIX))
                .setRangeEnd(Keys.end(PREFIX))
                .setStartRevision(revision + 1)
                .build())) {
            while (!closed) {
                if (watch.next(PATIENCE)
                        .filter(response -> response.getEventsCount() > 0)
                        .isPresent()) {
                    read();
                }
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        follower.ifPresent(Thread::interrupt);
    }
}

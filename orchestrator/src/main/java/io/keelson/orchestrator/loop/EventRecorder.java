package io.keelson.orchestrator.loop;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.control.Action;
import io.keelson.orchestrator.control.NameHash;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.store.KvException;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes Event objects, one after the other, on a thread of its own. Equal events are one object with a count. Best effort: at
 * {@link #QUEUE_LIMIT} waiting events new ones are dropped and counted, and one that cannot be written is not tried again.
 */
final class EventRecorder implements AutoCloseable {

    static final int QUEUE_LIMIT = 1_000;

    private static final System.Logger LOG = System.getLogger(EventRecorder.class.getName());
    private static final int SUFFIX_LENGTH = 10;
    private static final String SOURCE = "keelson";

    private final Api api;
    private final Epoch epoch;
    private final InstantSource clock;
    private final BlockingQueue<Action.RecordEvent> queue = new ArrayBlockingQueue<>(QUEUE_LIMIT);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;

    EventRecorder(Api api, Epoch epoch, InstantSource clock) {
        this.api = api;
        this.epoch = epoch;
        this.clock = clock;
        this.writer = Thread.ofVirtual().name("control-events").start(this::run);
    }

    /** Takes an event to write. Never blocks. */
    void record(Action.RecordEvent event) {
        if (!queue.offer(event)) {
            dropped.incrementAndGet();
        }
    }

    private void run() {
        try {
            while (true) {
                Action.RecordEvent event = queue.take();
                try {
                    write(event);
                } catch (ApiException | KvException lost) {
                    long before = dropped.getAndSet(0);
                    LOG.log(
                            Level.DEBUG,
                            () -> "event " + event.reason() + " of " + event.ref() + " is lost, and " + before
                                    + " before it: " + lost.getMessage());
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Action.RecordEvent event) {
        String namespace =
                event.ref().namespace().isEmpty() ? "default" : event.ref().namespace();
        String name = event.ref().name() + "."
                + NameHash.of(
                        SUFFIX_LENGTH, event.ref().key(), event.uid(), event.type(), event.reason(), event.message());
        Ref ref = new Ref(Kinds.EVENT, namespace, name);
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        WriteOptions options = WriteOptions.guarded(SOURCE, List.of(epoch.guard()));
        Optional<Stored> there = api.find(ref);
        if (there.isPresent()) {
            ObjectNode again = there.get().object();
            again.put("count", Json.number(again, "count").orElse(1L) + 1).put("lastTimestamp", now);
            api.update(ref, "", again, options);
        } else {
            api.create(Kinds.EVENT, namespace, object(event, ref, now), options);
        }
    }

    private static ObjectNode object(Action.RecordEvent event, Ref ref, String now) {
        ObjectNode object =
                Json.object().put("apiVersion", Kinds.EVENT.apiVersion()).put("kind", Kinds.EVENT.kind());
        object.putObject("metadata").put("name", ref.name()).put("namespace", ref.namespace());
        ObjectNode involved = object.putObject("involvedObject")
                .put("apiVersion", event.ref().kind().apiVersion())
                .put("kind", event.ref().kind().kind())
                .put("name", event.ref().name())
                .put("uid", event.uid());
        if (!event.ref().namespace().isEmpty()) {
            involved.put("namespace", event.ref().namespace());
        }
        object.put(
                "type",
                switch (event.type()) {
                    case NORMAL -> "Normal";
                    case WARNING -> "Warning";
                });
        object.put("reason", event.reason())
                .put("message", event.message())
                .put("count", 1)
                .put("firstTimestamp", now)
                .put("lastTimestamp", now)
                .put("reportingComponent", SOURCE)
                .put("reportingInstance", "");
        object.putObject("source").put("component", SOURCE);
        return object;
    }

    @Override
    public void close() {
        writer.interrupt();
    }
}

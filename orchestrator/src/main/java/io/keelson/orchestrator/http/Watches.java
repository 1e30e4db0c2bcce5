package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.api.Listing;
import io.keelson.orchestrator.api.ObjectEvent;
import io.keelson.orchestrator.api.ObjectWatch;
import io.keelson.orchestrator.api.WatchQuery;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Watches as streams of lines. Something is written at least each {@link #HEARTBEAT}, for only a write tells that a client has gone.
 */
final class Watches {

    private static final Duration HEARTBEAT = Duration.ofSeconds(20);

    /** A watch ends after this, if the client does not say; a client watches again from where it was. */
    private static final Duration LONGEST = Duration.ofMinutes(50);

    /** What may stand between two JSON values and means nothing. */
    private static final byte[] NOTHING = " ".getBytes(StandardCharsets.US_ASCII);

    private final Api api;
    private final Objects objects;

    Watches(Api api, Objects objects) {
        this.api = api;
        this.objects = objects;
    }

    void watch(Exchange exchange, WatchQuery asked) throws InterruptedException, Exchange.GoneException {
        Kind kind = asked.kind();
        Objects.Form form = Objects.Form.of(exchange);
        boolean bookmarks = exchange.query().flag("allowWatchBookmarks");
        boolean sendInitialEvents = exchange.query().flag("sendInitialEvents");
        Duration life = exchange.query()
                .number("timeoutSeconds")
                .filter(seconds -> seconds > 0)
                .map(Duration::ofSeconds)
                .filter(wanted -> wanted.compareTo(LONGEST) < 0)
                .orElse(LONGEST);
        long deadline = System.nanoTime() + life.toNanos();
        List<ObjectEvent> first = new ArrayList<>();
        WatchQuery query = asked;
        if (sendInitialEvents) {
            query = initial(asked, first);
        }
        try (ObjectWatch watch = api.watch(query)) {
            // Before the answer begins, so that a revision that is gone is told with the right status.
            first.addAll(watch.next(Duration.ZERO));
            exchange.goesOn();
            Exchange.Pieces out = exchange.pieces("application/json");
            out.write(NOTHING);
            Lines lines = new Lines(kind, form, bookmarks, out);
            lines.write(first);
            out.flush();
            while (System.nanoTime() < deadline) {
                Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
                try {
                    lines.write(watch.next(left.compareTo(HEARTBEAT) < 0 ? left : HEARTBEAT));
                } catch (ApiException e) {
                    lines.error(e);
                    break;
                }
                out.flush();
            }
            out.end();
        }
    }

    /** What exists as ADDED, and the bookmark that ends it; then everything from there. */
    private WatchQuery initial(WatchQuery asked, List<ObjectEvent> first) {
        Listing listing = api.list(ListQuery.in(asked.kind(), asked.namespace())
                .withLabels(asked.labels())
                .withFields(asked.fields()));
        for (ObjectNode object : listing.items()) {
            first.add(new ObjectEvent(ObjectEvent.Type.ADDED, object, listing.revision()));
        }
        ObjectNode end = Json.object()
                .put("apiVersion", asked.kind().apiVersion())
                .put("kind", asked.kind().kind());
        ObjectNode metadata = Json.child(end, "metadata");
        metadata.put("resourceVersion", Long.toString(listing.revision()));
        Json.child(metadata, "annotations").put("k8s.io/initial-events-end", "true");
        first.add(new ObjectEvent(ObjectEvent.Type.BOOKMARK, end, listing.revision()));
        return new WatchQuery(asked.kind(), asked.namespace(), asked.labels(), asked.fields(), listing.revision());
    }

    /** Writes events; a table names its columns only once. */
    private final class Lines {

        private final Kind kind;
        private final Objects.Form form;
        private final boolean bookmarks;
        private final Exchange.Pieces out;
        private boolean columnsSent;

        Lines(Kind kind, Objects.Form form, boolean bookmarks, Exchange.Pieces out) {
            this.kind = kind;
            this.form = form;
            this.bookmarks = bookmarks;
            this.out = out;
        }

        void write(List<ObjectEvent> events) throws Exchange.GoneException {
            for (ObjectEvent event : events) {
                if (event.type() != ObjectEvent.Type.BOOKMARK) {
                    ObjectNode object = objects.one(kind, event.object(), form);
                    if (form.representation() == Representation.TABLE) {
                        if (columnsSent) {
                            object.putArray("columnDefinitions");
                        }
                        columnsSent = true;
                    }
                    line(event.type().name(), object);
                } else if (bookmarks && form.representation() != Representation.TABLE) {
                    line(event.type().name(), objects.one(kind, event.object(), form));
                } else {
                    out.write(NOTHING);
                }
            }
        }

        void error(ApiException e) throws Exchange.GoneException {
            line("ERROR", e.status());
            out.flush();
        }

        private void line(String type, ObjectNode object) throws Exchange.GoneException {
            ObjectNode event = Json.object().put("type", type);
            event.set("object", object);
            // Not canonical: "type" must come first, for a reader that looks only there.
            out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}

package io.keelson.orchestrator.http;

import io.keelson.orchestrator.access.GuardedWatch;
import io.keelson.orchestrator.access.Renewal;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.api.ObjectEvent;
import io.keelson.orchestrator.api.ObjectWatch;
import io.keelson.orchestrator.api.WatchQuery;
import io.keelson.orchestrator.kind.ProtobufWriter;
import io.keelson.orchestrator.registry.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Watches as streams of lines or of protobuf messages, or as messages of a WebSocket. Something is written at least each
 * {@link #HEARTBEAT}, for only a write tells that a client has gone.
 */
final class Watches {

    private static final Duration HEARTBEAT = Duration.ofSeconds(20);

    /** A client that wants bookmarks gets one when it was told nothing else for so long, and one before its watch ends by time. */
    private static final Duration BOOKMARK = Duration.ofMinutes(1);

    /**
     * A watch ends after this and at most as much again, if the client does not say; a client watches again from where it was. Not all at
     * once, as in Kubernetes: those that began together would come together.
     */
    private static final Duration SHORTEST = Duration.ofMinutes(30);

    /** Nobody waits longer, and it can be told in nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private final Api api;
    private final Objects objects;

    Watches(Api api, Objects objects) {
        this.api = api;
        this.objects = objects;
    }

    void watch(Exchange exchange, WatchQuery asked) throws InterruptedException, Exchange.GoneException {
        Objects.Form form = Objects.Form.of(exchange, asked.kind());
        Duration life = life(exchange.query());
        try (ObjectWatch watch = new GuardedWatch(
                api.watch(wanted(exchange, asked), exchange.user()),
                new Renewal(exchange::authorizedStill, System::nanoTime))) {
            Optional<ApiException> expired = Optional.empty();
            List<ObjectEvent> first = List.of();
            try {
                // Before the answer begins, so that a failure is told with the right status.
                first = watch.next(Duration.ZERO);
            } catch (ApiException e) {
                if (e.reason() != Reason.EXPIRED) {
                    throw e;
                }
                // This one is told within the watch, as by Kubernetes: not every client looks for it elsewhere.
                expired = Optional.of(e);
            }
            EventSink out = begin(exchange, watch, form.representation().isProtobuf());
            WatchLines lines = new WatchLines(objects, asked.kind(), form, out);
            lines.nothing();
            if (expired.isPresent()) {
                lines.error(expired.get());
            } else {
                tell(exchange.query(), watch, lines, first, life);
            }
            out.end();
        }
    }

    /** Tells all until the watch ends; an end that is a failure is the last event. */
    private static void tell(Query query, ObjectWatch watch, WatchLines lines, List<ObjectEvent> first, Duration life)
            throws InterruptedException, Exchange.GoneException {
        long deadline = System.nanoTime() + life.toNanos();
        try {
            lines.write(first);
            while (watch.beginning()) {
                lines.write(watch.next(Duration.ZERO));
            }
            if (query.flag("sendInitialEvents")) {
                lines.endOfBeginning(watch.progress());
            }
            if (!first.isEmpty()) {
                follow(watch, lines, query.flag("allowWatchBookmarks"), deadline);
            }
        } catch (ApiException e) {
            lines.error(e);
        }
    }

    /** Begins the answer in the way that the client asks for. */
    private static EventSink begin(Exchange exchange, ObjectWatch watch, boolean protobuf)
            throws Exchange.GoneException {
        Optional<Wire> wire = WebSocket.isAsked(exchange) ? exchange.wire() : Optional.empty();
        if (wire.isPresent()) {
            return EventsOverWebSocket.accept(exchange, wire.get(), protobuf, watch::close);
        }
        exchange.goesOn();
        return new EventsInPieces(
                exchange.pieces(protobuf ? ProtobufWriter.MEDIA_TYPE + ";stream=watch" : "application/json"), protobuf);
    }

    /** From where to tell: whoever says so begins with what exists, at the revision that it names or a later one, or with nothing. */
    private WatchQuery wanted(Exchange exchange, WatchQuery asked) {
        ListQuery some = ListQuery.all(asked.kind()).withPage(1, "");
        if (exchange.query().flag("sendInitialEvents")) {
            if (asked.fromRevision() > 0) {
                api.list(some.withResourceVersion(
                        Long.toString(asked.fromRevision()), ListQuery.VersionMatch.NOT_OLDER_THAN));
            }
            return asked.fromNothing();
        }
        boolean fromNow = asked.fromRevision() == 0
                && !exchange.query().text("sendInitialEvents").isEmpty();
        return fromNow
                ? new WatchQuery(
                        asked.kind(),
                        asked.namespace(),
                        asked.labels(),
                        asked.fields(),
                        api.list(some).revision())
                : asked;
    }

    /** How long a watch lasts: what is asked for, at most {@link #LONGEST}. */
    private static Duration life(Query query) {
        return query.number("timeoutSeconds")
                .filter(seconds -> seconds > 0)
                .map(seconds -> Duration.ofSeconds(Math.min(seconds, LONGEST.toSeconds())))
                .orElseGet(() -> SHORTEST.plusMillis(ThreadLocalRandom.current().nextLong(SHORTEST.toMillis())));
    }

    private static void follow(ObjectWatch watch, WatchLines lines, boolean bookmarks, long deadline)
            throws InterruptedException, Exchange.GoneException {
        long told = System.nanoTime();
        while (true) {
            long left = deadline - System.nanoTime();
            Duration patience = Duration.ofNanos(Math.clamp(left, 0, HEARTBEAT.toNanos()));
            List<ObjectEvent> events = watch.next(patience);
            if (events.isEmpty()) {
                return;
            }
            boolean quiet = events.getFirst().type() == ObjectEvent.Type.BOOKMARK;
            boolean over = deadline - System.nanoTime() <= 0;
            if (!quiet) {
                lines.write(events);
            }
            if (bookmarks && (over || (quiet && System.nanoTime() - told >= BOOKMARK.toNanos()))) {
                lines.bookmark(watch.progress());
                told = System.nanoTime();
            } else if (quiet) {
                lines.nothing();
            } else {
                told = System.nanoTime();
            }
            if (over) {
                return;
            }
        }
    }
}

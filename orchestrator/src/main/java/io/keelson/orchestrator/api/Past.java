package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import io.keelson.store.KvWatch;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** Objects as they were, at every revision that the store still has. */
public final class Past {

    /** Under this key the times are noted at which revisions were reached: each of its values is the time of its own revision. */
    public static final String TIMES = "/keelson/times";

    /** A watch of what has happened already needs no patience but for a replica that is busy. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final Kv kv;

    Past(Kv kv) {
        this.kv = kv;
    }

    /**
     * One state of one object.
     *
     * @param revision of the change that made it
     * @param object as it was from then on; empty if it was gone
     */
    public record Version(long revision, Optional<ObjectNode> object) {}

    /** The newest revision. */
    public long newest() {
        return Failures.translated(() -> kv.range(key(TIMES, 0))).getHeader().getRevision();
    }

    /** The oldest revision that can be asked for. */
    public long oldest() {
        long answered = newest();
        long refused = 0;
        while (answered - refused > 1) {
            long middle = refused + (answered - refused) / 2;
            if (isThere(middle)) {
                answered = middle;
            } else {
                refused = middle;
            }
        }
        return answered;
    }

    private boolean isThere(long revision) {
        try {
            kv.range(key(TIMES, revision));
            return true;
        } catch (KvException e) {
            if (e.reason() == KvException.Reason.COMPACTED) {
                return false;
            }
            throw Failures.of(e);
        }
    }

    /** The object as it was at a revision; empty if it was not there. */
    public Optional<Stored> find(Ref ref, long revision) {
        RangeResponse answer = at(revision, () -> kv.range(key(ref.key(), revision)));
        return answer.getKvsList().stream()
                .findFirst()
                .map(pair -> new Stored(Reads.object(ref.kind(), pair, pair.getModRevision()), pair.getModRevision()));
    }

    /** What was kept at a revision under a key that is no object's. */
    public Optional<byte[]> kept(String key, long revision) {
        RangeResponse answer = at(revision, () -> kv.range(key(key, revision)));
        return answer.getKvsList().stream()
                .findFirst()
                .map(pair -> pair.getValue().toByteArray());
    }

    /** The revision of the last change of a key that is no object's; empty if there is no such key. */
    public Optional<Long> keptAt(String key) {
        return Failures.translated(() -> kv.range(key(key, 0))).getKvsList().stream()
                .findFirst()
                .map(pair -> pair.getModRevision());
    }

    /** Objects as a query selects them, as they were at a revision; nothing of paging. */
    public Listing list(ListQuery query, long revision) {
        ListQuery exact = query.withResourceVersion(Long.toString(revision), ListQuery.VersionMatch.EXACT);
        return at(revision, () -> new Reads(kv).list(exact));
    }

    /**
     * Every state of an object from {@code oldest} on, in order. If it was there at {@code oldest} already, that state comes first, with
     * the revision of the change that made it.
     */
    public List<Version> versions(Ref ref, long oldest) {
        List<Version> versions = new ArrayList<>();
        find(ref, oldest)
                .ifPresent(stored -> versions.add(new Version(stored.revision(), Optional.of(stored.object()))));
        for (Event event : events(ref.key(), oldest + 1)) {
            long revision = event.getKv().getModRevision();
            Kind kind = ref.kind();
            versions.add(new Version(
                    revision,
                    event.getType() == Event.EventType.DELETE
                            ? Optional.empty()
                            : Optional.of(Reads.object(kind, event.getKv(), revision))));
        }
        return versions;
    }

    /** When revisions had been reached, as far as it was noted. */
    public NavigableMap<Long, Instant> times(long oldest) {
        NavigableMap<Long, Instant> times = new TreeMap<>();
        RangeResponse first = at(oldest, () -> kv.range(key(TIMES, oldest)));
        first.getKvsList()
                .forEach(pair ->
                        time(pair.getValue().toStringUtf8()).ifPresent(time -> times.put(pair.getModRevision(), time)));
        for (Event event : events(TIMES, oldest + 1)) {
            time(event.getKv().getValue().toStringUtf8())
                    .ifPresent(time -> times.put(event.getKv().getModRevision(), time));
        }
        return times;
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * The newest revision that is known to have been reached at a time.
     *
     * @throws ApiException EXPIRED if that was before all that is known
     */
    public long revisionAt(Instant time) {
        long oldest = oldest();
        NavigableMap<Long, Instant> times = times(oldest);
        return times.entrySet().stream()
                .filter(noted -> noted.getKey() >= oldest && !noted.getValue().isAfter(time))
                .map(noted -> noted.getKey())
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new ApiException(
                        Reason.EXPIRED,
                        "history does not go back to " + time + ": the oldest revision that can be asked for is "
                                + oldest
                                + times.entrySet().stream()
                                        .filter(noted -> noted.getKey() >= oldest)
                                        .findFirst()
                                        .map(noted -> ", and the first time noted after it is " + noted.getValue()
                                                + " (revision " + noted.getKey() + ")")
                                        .orElse(", and no time is noted yet")));
    }

    private List<Event> events(String key, long from) {
        long newest = newest();
        List<Event> events = new ArrayList<>();
        if (from > newest) {
            return events;
        }
        WatchCreateRequest request = WatchCreateRequest.newBuilder()
                .setKey(Keys.bytes(key))
                .setStartRevision(from)
                .build();
        try (KvWatch watch = kv.watch(request)) {
            while (watch.progress() < newest) {
                watch.next(PATIENCE).ifPresent(response -> events.addAll(response.getEventsList()));
            }
        } catch (KvException e) {
            throw Failures.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(
                    Rejection.of(Reason.SERVICE_UNAVAILABLE, "the server stops; call another, or again"), e);
        }
        return events;
    }

    private static RangeRequest key(String key, long revision) {
        return Keys.get(key).toBuilder().setRevision(revision).build();
    }

    /** Reads the past; if it is gone, says what is left of it. */
    private <T> T at(long revision, Supplier<T> read) {
        try {
            return Failures.translated(read);
        } catch (ApiException e) {
            throw switch (e.reason()) {
                case EXPIRED ->
                    new ApiException(
                            Rejection.of(
                                    Reason.EXPIRED,
                                    "revision " + revision
                                            + " is not there any more: the oldest that can be asked for is "
                                            + oldest()),
                            e);
                case TIMEOUT ->
                    new ApiException(
                            Rejection.badRequest(
                                    "revision " + revision + " is not there yet: the newest is " + newest()),
                            e);
                default -> e;
            };
        }
    }
}

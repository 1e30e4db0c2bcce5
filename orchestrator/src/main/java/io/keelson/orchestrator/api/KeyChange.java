package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One change of a key below {@code /registry/}, with what it was before and is after. Read once for all who watch. Thread safe. */
final class KeyChange {

    static final String REGISTRY = "/registry/";

    private final Kv kv;
    private final Event event;
    private final String key;
    private final String resource;
    private final Map<Kind, ObjectVersion> after = new HashMap<>();
    private final Map<Kind, ObjectVersion> before = new HashMap<>();
    private boolean previousKnown;
    private @Nullable KeyValue previous;

    /** @param kv where the state before is read when it is wanted and the event does not carry it */
    KeyChange(Kv kv, Event event) {
        this(kv, event, event.getKv().getKey().toStringUtf8());
    }

    private KeyChange(Kv kv, Event event, String key) {
        this(kv, event, key, key.substring(0, key.indexOf('/', key.indexOf('/', REGISTRY.length()) + 1) + 1));
    }

    private KeyChange(Kv kv, Event event, String key, String resource) {
        this.kv = kv;
        this.event = event;
        this.key = key;
        this.resource = resource;
    }

    /** The same change as if nobody had asked it anything: what was made of it goes with those who asked this one. */
    KeyChange unread() {
        return new KeyChange(kv, event, key, resource);
    }

    String key() {
        return key;
    }

    /** The part of the key that all objects of a kind share, see {@link Kind#keyPrefix()}. */
    String resource() {
        return resource;
    }

    long revision() {
        return event.getKv().getModRevision();
    }

    boolean isDelete() {
        return event.getType() == Event.EventType.DELETE;
    }

    /** How large it is in the store. */
    int bytes() {
        return event.getKv().getValue().size() + key.length();
    }

    /** Whether there was such an object before. */
    boolean existed() {
        return event.getKv().getCreateRevision() != revision();
    }

    /** The object after the change; empty if it is gone. */
    synchronized Optional<ObjectVersion> after(Kind kind) {
        return isDelete()
                ? Optional.empty()
                : Optional.of(after.computeIfAbsent(kind, _ -> ObjectVersion.of(kind, event.getKv(), revision())));
    }

    /**
     * The object before the change; empty if there was none, or if that is compacted. With the revision of the change: a client that goes
     * on from there must not see it again.
     */
    synchronized Optional<ObjectVersion> before(Kind kind) {
        return previous().map(pair -> before.computeIfAbsent(kind, _ -> ObjectVersion.of(kind, pair, revision())));
    }

    private Optional<KeyValue> previous() {
        if (!previousKnown) {
            previous = event.hasPrevKv() ? event.getPrevKv() : existed() ? lookUp().orElse(null) : null;
            previousKnown = true;
        }
        return Optional.ofNullable(previous);
    }

    private Optional<KeyValue> lookUp() {
        if (revision() <= 1) {
            return Optional.empty();
        }
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(event.getKv().getKey())
                .setRevision(revision() - 1)
                .setSerializable(true)
                .build();
        try {
            return kv.range(request).getKvsList().stream().findFirst();
        } catch (KvException e) {
            if (e.reason() == KvException.Reason.COMPACTED) {
                return Optional.empty();
            }
            throw Failures.of(e);
        }
    }
}

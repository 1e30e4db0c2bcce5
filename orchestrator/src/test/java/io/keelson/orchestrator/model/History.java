package io.keelson.orchestrator.model;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.kind.Json;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.Kv;
import io.keelson.store.KvWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** The naive model: everything that ever happened to objects, in a list. Nothing is indexed, nothing forgotten. */
final class History implements AutoCloseable {

    /** An object's place. The order is that of lists. */
    record Key(Row row, String namespace, String name) implements Comparable<Key> {

        private String text() {
            return row.stored() + (row.namespaced() ? namespace + "/" : "") + name;
        }

        @Override
        public int compareTo(Key other) {
            return text().compareTo(other.text());
        }
    }

    /** One change: what was before and what is after, as stored. */
    record Entry(long revision, Key key, Optional<ObjectNode> before, Optional<ObjectNode> after) {}

    /** What a client is told of one change, or of one object in a list. */
    record Told(String type, long revision, ObjectNode object) {}

    private final Kv kv;
    private final KvWatch watch;
    private final List<Entry> entries = new ArrayList<>();

    /** Follows a store from its beginning. */
    History(Kv kv) {
        this.kv = kv;
        this.watch = kv.watch(WatchCreateRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("/registry/"))
                .setRangeEnd(ByteString.copyFromUtf8("/registry0"))
                .setStartRevision(1)
                .build());
    }

    /** The store's newest revision. */
    long newest() {
        return kv.range(RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("/none"))
                        .build())
                .getHeader()
                .getRevision();
    }

    /** Takes in all that has happened; gives the revision up to which the model knows everything. */
    long catchUp() throws InterruptedException {
        long reached = newest();
        while (watch.progress() < reached) {
            Optional<WatchResponse> response = watch.next(Duration.ofSeconds(1));
            response.ifPresent(told -> told.getEventsList().forEach(this::add));
        }
        return reached;
    }

    private void add(Event event) {
        String text = event.getKv().getKey().toStringUtf8();
        for (Row row : Row.ALL) {
            if (text.startsWith(row.stored())) {
                String[] rest = text.substring(row.stored().length()).split("/", -1);
                Key key = row.namespaced() ? new Key(row, rest[0], rest[1]) : new Key(row, "", rest[0]);
                Optional<ObjectNode> after = event.getType() == Event.EventType.DELETE
                        ? Optional.empty()
                        : Optional.of(Json.parse(event.getKv().getValue().toByteArray()));
                entries.add(new Entry(event.getKv().getModRevision(), key, newest(key), after));
            }
        }
    }

    private Optional<ObjectNode> newest(Key key) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).key().equals(key)) {
                return entries.get(i).after();
            }
        }
        return Optional.empty();
    }

    /** Every object that there is now, of one kind. */
    List<Key> present(Row row) {
        return state(new Selection(row, "", List.of(), List.of()), Long.MAX_VALUE).keySet().stream()
                .toList();
    }

    /** What was written last of an object. */
    Optional<Entry> last(Key key) {
        return entries.reversed().stream()
                .filter(entry -> entry.key().equals(key))
                .findFirst();
    }

    /** What was written to an object at a revision. */
    Optional<Entry> at(Key key, long revision) {
        return entries.stream()
                .filter(entry -> entry.revision() == revision && entry.key().equals(key))
                .findFirst();
    }

    /** The revisions at which something happened to a kind, of those after one. */
    List<Long> revisions(Row row, long after) {
        return entries.stream()
                .filter(entry -> entry.revision() > after && entry.key().row().equals(row))
                .map(Entry::revision)
                .distinct()
                .toList();
    }

    /** What a list says at a revision, in its order. */
    NavigableMap<Key, Told> state(Selection selection, long revision) {
        TreeMap<Key, Told> state = new TreeMap<>();
        for (Entry entry : entries) {
            if (entry.revision() <= revision) {
                Optional<ObjectNode> object = entry.after().filter(after -> selection.takes(entry.key(), after));
                state.remove(entry.key());
                object.ifPresent(after ->
                        state.put(entry.key(), new Told("ADDED", entry.revision(), shown(after, entry.revision()))));
            }
        }
        return state;
    }

    /** What a watch says after one revision and up to another. */
    List<Told> events(Selection selection, long after, long upTo) {
        List<Told> told = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.revision() > after && entry.revision() <= upTo) {
                Optional<ObjectNode> was = entry.before().filter(object -> selection.takes(entry.key(), object));
                Optional<ObjectNode> is = entry.after().filter(object -> selection.takes(entry.key(), object));
                if (is.isPresent()) {
                    told.add(new Told(
                            was.isPresent() ? "MODIFIED" : "ADDED",
                            entry.revision(),
                            shown(is.get(), entry.revision())));
                } else if (was.isPresent()) {
                    told.add(new Told("DELETED", entry.revision(), shown(was.get(), entry.revision())));
                }
            }
        }
        return told;
    }

    static ObjectNode shown(ObjectNode stored, long revision) {
        ObjectNode shown = stored.deepCopy();
        Json.child(shown, "metadata").put("resourceVersion", Long.toString(revision));
        return shown;
    }

    @Override
    public void close() {
        watch.close();
    }
}

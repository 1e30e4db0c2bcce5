package io.keelson.orchestrator.admission;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects that every write asks for, read once for each of their revisions. Holds what is stored and no more: what is gone from a list
 * goes from here when the list is read. Thread safe; what it gives must not be changed.
 */
final class Parsed {

    /**
     * An object at a revision.
     *
     * @param revision of its last change
     * @param object as it is then
     */
    record Entry(long revision, ObjectNode object) {}

    private final Map<String, Map<ByteString, Entry>> byPrefix = new ConcurrentHashMap<>();

    /**
     * The objects under a prefix.
     *
     * @param keys the present keys, without values
     * @param read reads one object; empty if it has gone meanwhile
     */
    List<ObjectNode> all(String prefix, RangeResponse keys, Function<ByteString, Optional<Entry>> read) {
        Map<ByteString, Entry> known = byPrefix.computeIfAbsent(prefix, _ -> new ConcurrentHashMap<>());
        List<ObjectNode> objects = new ArrayList<>();
        for (KeyValue pair : keys.getKvsList()) {
            Entry entry = known.get(pair.getKey());
            if (entry == null || entry.revision() != pair.getModRevision()) {
                Optional<Entry> fresh = read.apply(pair.getKey());
                if (fresh.isEmpty()) {
                    continue;
                }
                entry = fresh.get();
                known.put(pair.getKey(), entry);
            }
            objects.add(entry.object());
        }
        if (known.size() > keys.getKvsCount()) {
            Set<ByteString> present =
                    keys.getKvsList().stream().map(KeyValue::getKey).collect(Collectors.toSet());
            known.keySet().retainAll(present);
        }
        return objects;
    }
}

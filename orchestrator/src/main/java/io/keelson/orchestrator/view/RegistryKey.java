package io.keelson.orchestrator.view;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.util.List;
import java.util.Optional;

/** From a key of the store to the object's name; the reverse of {@link Ref#key()}. */
public final class RegistryKey {

    /** What the keys of all objects begin with. */
    public static final String PREFIX = "/registry/";

    private RegistryKey() {}

    /** The name in a key; empty if the key is of another form or of a kind that is not in the table. */
    public static Optional<Ref> parse(Kinds kinds, String key) {
        if (!key.startsWith(PREFIX)) {
            return Optional.empty();
        }
        List<String> parts = List.of(key.substring(PREFIX.length()).split("/", -1));
        if (parts.size() < 3 || parts.stream().anyMatch(String::isEmpty)) {
            return Optional.empty();
        }
        Optional<Kind> kind = kinds.byKeyPrefix(PREFIX + parts.get(0) + "/" + parts.get(1) + "/");
        return kind.filter(known -> parts.size() == (known.namespaced() ? 4 : 3))
                .map(known -> known.namespaced()
                        ? new Ref(known, parts.get(2), parts.get(3))
                        : new Ref(known, "", parts.get(2)));
    }
}

package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Stamped;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * An object as it is in the store.
 *
 * @param object the object, with {@code metadata.resourceVersion}; the caller's own, to change as it likes
 * @param revision the revision at which it was written, equal to its resourceVersion
 * @param warnings what the writer should know though the write succeeded; empty for reads
 * @param written the object as this write has put it into the store, in canonical form and without a resourceVersion; empty if nothing was
 *     written, or in another version
 */
public record Stored(ObjectNode object, long revision, List<String> warnings, Optional<byte[]> written) {

    /** Keeps its own copy of the warnings. */
    public Stored {
        warnings = List.copyOf(warnings);
    }

    /** What was not written just now. */
    public Stored(ObjectNode object, long revision, List<String> warnings) {
        this(object, revision, warnings, Optional.empty());
    }

    /** Without warnings. */
    public Stored(ObjectNode object, long revision) {
        this(object, revision, List.of());
    }

    /** The same, with these warnings before its own. */
    public Stored warned(List<String> before) {
        return new Stored(
                object,
                revision,
                Stream.concat(before.stream(), warnings.stream()).toList(),
                written);
    }

    /** The object as canonical JSON, with its resourceVersion: to be asked for before it is changed, for what was written is not written anew. */
    public byte[] json() {
        return written.map(bytes -> Stamped.bytes(bytes, revision)).orElseGet(() -> Json.write(object));
    }
}

package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Ref;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * One change of any object.
 *
 * @param ref which
 * @param stored the bytes after the change; empty if the object is gone
 * @param revision the revision of the change
 */
public record RegistryChange(Ref ref, Optional<byte[]> stored, long revision) {

    /** The object after the change; empty if it is gone. Parses each time. */
    public Optional<ObjectNode> object() {
        return stored.map(bytes -> Json.withResourceVersion(bytes, revision));
    }
}

package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Ref;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * One change of any object.
 *
 * @param ref which
 * @param version the object after the change; empty if it is gone. Shared with others who watch
 * @param revision the revision of the change
 */
public record RegistryChange(Ref ref, Optional<ObjectVersion> version, long revision) {

    /** An object that is there. */
    public static RegistryChange of(Ref ref, ObjectNode object, long revision) {
        return new RegistryChange(ref, Optional.of(ObjectVersion.of(ref.kind(), object, revision)), revision);
    }

    /** The object after the change; empty if it is gone. It must not be changed. */
    public Optional<ObjectNode> object() {
        return version.map(ObjectVersion::object);
    }
}

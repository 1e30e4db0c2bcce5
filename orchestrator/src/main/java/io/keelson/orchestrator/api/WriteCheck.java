package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Ref;
import io.keelson.store.Kv;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A last look at what somebody is about to store, when it is known what that will be. */
@FunctionalInterface
public interface WriteCheck {

    /** Lets everything pass. */
    WriteCheck NONE = (_, _, _, _, _) -> {};

    /** The same over another store: a draft of writes that belong together, which are judged as they will be. */
    default WriteCheck over(Kv other) {
        return this;
    }

    /**
     * Looks at a write.
     *
     * @param subresource empty for the object itself
     * @param live what is stored; empty for a create
     * @param object what shall be stored
     * @throws ApiException FORBIDDEN if this user must not store this
     */
    void check(User user, Ref ref, String subresource, Optional<ObjectNode> live, ObjectNode object);
}

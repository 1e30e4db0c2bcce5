package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** New objects need a namespace that is there and will stay. */
public final class NamespaceLife {

    private NamespaceLife() {}

    /** Why no object may be created in a namespace, if so; {@code stored} is the namespace as it is. */
    public static Optional<Rejection> refusal(
            Kind kind, String objectName, String namespace, Optional<ObjectNode> stored) {
        if (stored.isEmpty()) {
            return Optional.of(Rejection.notFound(Kinds.NAMESPACE, namespace));
        }
        if (Metadata.terminating(stored.get())) {
            String why = "unable to create new content in namespace " + namespace + " because it is being terminated";
            return Optional.of(Rejection.forbidden(kind, objectName, why)
                    .withCause(new Cause(
                            "NamespaceTerminating",
                            "metadata.namespace",
                            "namespace " + namespace + " is being terminated")));
        }
        return Optional.empty();
    }
}

package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Subresource;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Rejection;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A write that is to be admitted.
 *
 * @param operation what it does
 * @param kind of the object
 * @param subresource empty for the object itself
 * @param namespace empty for cluster-scoped kinds
 * @param name empty as long as it is to be generated
 * @param user who asks
 * @param dryRun whether nothing will be stored
 * @param options what the writer said of how to do it, as Kubernetes' options for the operation without their kind
 * @param object what is to be stored; empty for a delete
 * @param old what is stored; empty for a create
 */
public record Request(
        Operation operation,
        Kind kind,
        String subresource,
        String namespace,
        String name,
        User user,
        boolean dryRun,
        ObjectNode options,
        Optional<ObjectNode> object,
        Optional<ObjectNode> old) {

    /** Whether it makes a new object of a kind. */
    public boolean creates(Kind other) {
        return operation == Operation.CREATE && of(other) && subresource.isEmpty();
    }

    /** Whether it changes an object of a kind itself, not through a subresource. */
    public boolean updates(Kind other) {
        return operation == Operation.UPDATE && of(other) && subresource.isEmpty();
    }

    /** Whether it is about an object of a kind, in whatever version. */
    public boolean of(Kind other) {
        return kind.stored().equals(other.stored());
    }

    /** The same with another object to store. */
    public Request with(ObjectNode other) {
        return new Request(
                operation, kind, subresource, namespace, name, user, dryRun, options, Optional.of(other), old);
    }

    /** The kind of the object that is judged, if it is not that of the resource: a Scale is sent to {@code deployments/scale}. */
    public Optional<Kind> ownKind() {
        return Subresource.ownKind(subresource);
    }

    /** A refusal of it. */
    public Rejection forbidden(String why) {
        return Rejection.forbidden(kind, name, why);
    }
}

package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Scale;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * How policies and webhooks see a write to a subresource that has objects of its own, in Kubernetes' form: of {@code deployments/scale} the Scale as
 * it was and as it will be, of {@code pods/binding} a Binding that is created. All others see the object.
 */
public final class SubresourceForm {

    private SubresourceForm() {}

    /**
     * The form of what is sent.
     *
     * @param request with what was sent as its object, and the stored object as the old one
     */
    public static Request sent(Request request) {
        return switch (request.subresource()) {
            case "scale" -> seen(request, request.operation(), request.object(), scale(request, request.old()));
            case "binding" -> seen(request, Operation.CREATE, request.object(), Optional.empty());
            default -> request;
        };
    }

    /**
     * The form of what is to be stored.
     *
     * @param request with the whole objects
     * @param sent what was sent, as it is after all that changed it; empty if that is not known
     */
    public static Request stored(Request request, Optional<ObjectNode> sent) {
        return switch (request.subresource()) {
            case "scale" ->
                seen(request, request.operation(), scale(request, request.object()), scale(request, request.old()));
            case "binding" -> seen(request, Operation.CREATE, sent, Optional.empty());
            default -> request;
        };
    }

    private static Optional<ObjectNode> scale(Request request, Optional<ObjectNode> object) {
        return object.map(each -> Scale.of(request.kind(), each));
    }

    private static Request seen(
            Request request, Operation operation, Optional<ObjectNode> object, Optional<ObjectNode> old) {
        return new Request(
                operation,
                request.kind(),
                request.subresource(),
                request.namespace(),
                request.name(),
                request.user(),
                request.dryRun(),
                request.options(),
                object,
                old);
    }
}

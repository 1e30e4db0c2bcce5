package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.registry.Rejection;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Claims and volumes begin with a finalizer, so that they stay as long as they are used: Kubernetes' StorageObjectInUseProtection. A
 * controller takes it away.
 */
final class StorageInUse implements Mutator {

    private static final String OF_CLAIMS = "kubernetes.io/pvc-protection";
    private static final String OF_VOLUMES = "kubernetes.io/pv-protection";

    @Override
    public Optional<Rejection> mutate(Request request, ObjectNode object, Facts facts) {
        protect(request, object, Known.CLAIM, OF_CLAIMS);
        protect(request, object, Known.VOLUME, OF_VOLUMES);
        return Optional.empty();
    }

    private static void protect(Request request, ObjectNode object, Kind kind, String finalizer) {
        boolean has = Json.items(object, "metadata", "finalizers").stream()
                .anyMatch(each -> each.asString("").equals(finalizer));
        if (request.creates(kind) && !has) {
            ObjectNode metadata = Json.child(object, "metadata");
            ArrayNode all =
                    metadata.get("finalizers") instanceof ArrayNode list ? list : metadata.putArray("finalizers");
            all.add(finalizer);
        }
    }
}

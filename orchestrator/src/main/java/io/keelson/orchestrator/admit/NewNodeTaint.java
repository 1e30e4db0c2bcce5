package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Rejection;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** No pod comes to a new node before it is known to be ready: Kubernetes' TaintNodesByCondition. A controller takes the taint away. */
final class NewNodeTaint implements Mutator {

    private static final String KEY = "node.kubernetes.io/not-ready";
    private static final String EFFECT = "NoSchedule";

    @Override
    public Optional<Rejection> mutate(Request request, ObjectNode object, Facts facts) {
        boolean has = Json.items(object, "spec", "taints").stream()
                .anyMatch(taint -> taint.path("key").asString("").equals(KEY)
                        && taint.path("effect").asString("").equals(EFFECT));
        if (request.creates(Kinds.NODE) && !has) {
            ObjectNode spec = Json.child(object, "spec");
            ArrayNode all = spec.get("taints") instanceof ArrayNode list ? list : spec.putArray("taints");
            all.addObject().put("key", KEY).put("effect", EFFECT);
        }
        return Optional.empty();
    }
}

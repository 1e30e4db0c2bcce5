package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The subresource {@code binding} of a pod: which node it goes to, said once. */
final class Binding {

    private Binding() {}

    static Prepared bind(Kind kind, ObjectNode live, ObjectNode binding) {
        String name = Metadata.name(live);
        String node = Json.string(binding, "target", "name").orElse("");
        if (!kind.equals(Kinds.POD)) {
            return new Prepared.Refuse(Rejection.badRequest(kind.qualifiedResource() + " cannot be bound to a node"));
        }
        if (node.isEmpty()) {
            return new Prepared.Refuse(Rejection.invalid(kind, name, List.of(Cause.required("target.name", ""))));
        }
        String bound = Json.string(live, "spec", "nodeName").orElse("");
        if (!bound.isEmpty()) {
            return new Prepared.Refuse(
                    Rejection.conflict(kind, name, "pod " + name + " is already assigned to node \"" + bound + "\""));
        }
        if (Metadata.terminating(live)) {
            return new Prepared.Refuse(
                    Rejection.conflict(kind, name, "pod " + name + " is being deleted, cannot be assigned to a host"));
        }
        ObjectNode object = live.deepCopy();
        Json.child(object, "spec").put("nodeName", node);
        ObjectNode status = Json.child(object, "status");
        ArrayNode conditions =
                status.get("conditions") instanceof ArrayNode list ? list : status.putArray("conditions");
        for (int i = conditions.size() - 1; i >= 0; i--) {
            if (Json.string(conditions.get(i), "type").orElse("").equals("PodScheduled")) {
                conditions.remove(i);
            }
        }
        conditions.addObject().put("type", "PodScheduled").put("status", "True");
        // Nothing but the node has changed, so there is nothing to validate: by the rules for users a node is for ever.
        return Registry.finish(kind, live, object, List.of(), List.of());
    }
}

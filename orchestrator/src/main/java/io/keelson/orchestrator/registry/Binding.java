package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The subresource {@code binding} of a pod: which node it goes to, said once. Annotations of the Binding become the pod's. */
final class Binding {

    private Binding() {}

    static Prepared bind(Kind kind, ObjectNode live, ObjectNode sent, Reading reading, Mutation mutation) {
        if (!kind.equals(Kinds.POD)) {
            return new Prepared.Refuse(Rejection.badRequest(kind.qualifiedResource() + " cannot be bound to a node"));
        }
        Decoding.Result decoded = Decoding.check(Kinds.BINDING, Optional.empty(), sent, reading);
        Optional<Rejection> refused = decoded.rejection().or(() -> Metadata.mismatch(kind, live, sent));
        return refused.<Prepared>map(Prepared.Refuse::new)
                .orElseGet(() -> bind(
                        kind, live, Registry.sent(Kinds.BINDING, live, sent, decoded, mutation), decoded.warnings()));
    }

    private static Prepared bind(Kind kind, ObjectNode live, ObjectNode binding, List<String> warnings) {
        String name = Metadata.name(live);
        String node = Json.string(binding, "target", "name").orElse("");
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
        Map<String, String> annotations = Json.strings(binding, "metadata", "annotations");
        annotations.forEach(
                (key, value) -> Json.child(Metadata.of(object), "annotations").put(key, value));
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
        return Registry.finish(kind, live, object, List.of(), warnings);
    }
}

package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import java.util.Map;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an update of a whole object leaves as it is, without a word: other doors lead to it. By kind. */
final class Kept {

    private static final Map<Kind, BiConsumer<ObjectNode, ObjectNode>> BY_KIND = Map.of(
            Kinds.NAMESPACE,
            (live, object) -> keep(Json.child(live.deepCopy(), "spec"), Json.child(object, "spec"), "finalizers"),
            Kinds.SERVICE,
            Holdings::keep,
            Kinds.CERTIFICATE_SIGNING_REQUEST,
            (live, object) -> keep(live, object, "spec"));

    private Kept() {}

    /** Takes the live object and the object as it was sent, and changes the second. */
    static BiConsumer<ObjectNode, ObjectNode> of(Kind kind) {
        return BY_KIND.getOrDefault(kind, (_, _) -> {});
    }

    /** Makes a field as it is in the live object. */
    static void keep(ObjectNode live, ObjectNode object, String field) {
        JsonNode value = live.get(field);
        if (value == null) {
            object.remove(field);
        } else {
            object.set(field, value.deepCopy());
        }
    }
}

package io.keelson.orchestrator.patch;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The three kinds of patch of Kubernetes' API. None changes its inputs. */
public final class Patches {

    private Patches() {}

    /**
     * JSON merge patch, RFC 7386: objects merge, null deletes, everything else replaces. Parts that the patch does not name are the target's
     * own, so what comes of it must not be changed.
     */
    public static JsonNode merge(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch.deepCopy();
        }
        ObjectNode merged = Json.object();
        if (target instanceof ObjectNode object) {
            merged.setAll(object);
        }
        changes.properties().forEach(change -> {
            if (change.getValue().isNull()) {
                merged.remove(change.getKey());
            } else {
                JsonNode old = merged.get(change.getKey());
                merged.set(change.getKey(), merge(old == null ? Json.object() : old, change.getValue()));
            }
        });
        return merged;
    }

    /**
     * JSON patch, RFC 6902.
     *
     * @throws PatchException if an operation is malformed, names what is not there, or a test fails
     */
    public static JsonNode json(JsonNode target, ArrayNode operations) {
        return JsonPatch.apply(target, operations);
    }

    /**
     * Kubernetes' strategic merge patch: as a merge patch, but lists of which the schema knows the merge key merge by it, and
     * directives such as {@code $patch: delete} say what else to do. Parts that the patch does not name are the target's own.
     *
     * @throws PatchException if a directive is malformed
     */
    public static ObjectNode strategic(Kind kind, ObjectNode target, ObjectNode patch) {
        return StrategicMerge.apply(kind, target, patch);
    }
}

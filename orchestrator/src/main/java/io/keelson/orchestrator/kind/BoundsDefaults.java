package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Defaults.absentObject;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Default values of the kinds that bound what a namespace may use. */
final class BoundsDefaults {

    private BoundsDefaults() {}

    static void quota(ObjectNode quota) {
        absentObject(quota, "spec");
        absentObject(quota, "status");
    }

    /** What containers get when they do not say: the limit from the maximum, the request from the limit or the minimum. */
    static void limitRange(ObjectNode range) {
        for (JsonNode item : Json.items(range, "spec", "limits")) {
            if (item instanceof ObjectNode limit
                    && limit.path("type").asString("").equals("Container")) {
                fill(limit, "default", "max");
                fill(limit, "defaultRequest", "default");
                fill(limit, "defaultRequest", "min");
            }
        }
    }

    private static void fill(ObjectNode limit, String field, String from) {
        Optional<JsonNode> amounts = Json.at(limit, from).filter(JsonNode::isObject);
        amounts.ifPresent(source -> source.properties().forEach(amount -> {
            ObjectNode target = Json.child(limit, field);
            if (!target.has(amount.getKey())) {
                target.set(amount.getKey(), amount.getValue());
            }
        }));
    }
}

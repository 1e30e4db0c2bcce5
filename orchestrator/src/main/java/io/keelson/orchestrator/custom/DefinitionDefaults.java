package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Json;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a CustomResourceDefinition is where nobody said anything. */
public final class DefinitionDefaults {

    private static final int HTTPS = 443;

    private DefinitionDefaults() {}

    /** Puts default values into a definition, in place; twice is as once. */
    public static void apply(ObjectNode definition) {
        ObjectNode spec = Json.child(definition, "spec");
        ObjectNode names = Json.child(spec, "names");
        Optional<String> kind = Json.string(names, "kind").filter(name -> !name.isEmpty());
        kind.ifPresent(name -> {
            absent(names, "singular", name.toLowerCase(Locale.ROOT));
            absent(names, "listKind", name + "List");
        });
        ObjectNode conversion = Json.child(spec, "conversion");
        absent(conversion, "strategy", "None");
        if (Json.at(conversion, "webhook", "clientConfig", "service").orElseGet(Json::array)
                        instanceof ObjectNode service
                && !service.has("port")) {
            service.put("port", HTTPS);
        }
        storedVersions(definition, spec);
    }

    private static void absent(ObjectNode node, String field, String value) {
        if (Json.string(node, field).orElse("").isEmpty()) {
            node.put(field, value);
        }
    }

    /** A version in which objects may have been stored is remembered until somebody says that none are any more. */
    private static void storedVersions(ObjectNode definition, ObjectNode spec) {
        ObjectNode status = Json.child(definition, "status");
        if (!status.has("conditions")) {
            status.putArray("conditions");
        }
        if (!status.has("acceptedNames")) {
            status.putObject("acceptedNames").put("kind", "").put("plural", "");
        }
        ArrayNode stored =
                status.get("storedVersions") instanceof ArrayNode list ? list : status.putArray("storedVersions");
        for (JsonNode version : Json.items(spec, "versions")) {
            String name = Json.string(version, "name").orElse("");
            boolean known = Json.items(status, "storedVersions").stream()
                    .anyMatch(entry -> entry.asString("").equals(name));
            if (version.path("storage").booleanValue(false) && !known) {
                stored.add(name);
            }
        }
    }
}

package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.FieldError;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Schema;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What an object within an object must have to be one. */
final class Embedded {

    private Embedded() {}

    static void check(JsonNode object, String path, List<Cause> causes) {
        for (String field : List.of("apiVersion", "kind")) {
            if (Json.string(object, field).orElse("").isEmpty()) {
                causes.add(Cause.required(path + "." + field, "must not be empty"));
            }
        }
        JsonNode metadata = object.path("metadata");
        if (!metadata.isMissingNode() && !metadata.isObject()) {
            causes.add(Cause.invalid(path + ".metadata", metadata.toString(), "must be an object"));
        }
        Schema.metadata(metadata, path + ".metadata").stream()
                .filter(error -> error.reason() == FieldError.Reason.WRONG_TYPE)
                .forEach(error -> causes.add(Cause.invalid(path + ".metadata", metadata.toString(), error.message())));
    }
}

package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.OpenApiV2.extension;
import static io.keelson.orchestrator.kind.OpenApiV2.message;
import static io.keelson.orchestrator.kind.OpenApiV2.named;
import static io.keelson.orchestrator.kind.OpenApiV2.nested;
import static io.keelson.orchestrator.kind.OpenApiV2.text;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Paths that are read, from their form in OpenAPI 3 into that of OpenAPI 2 in protobuf. */
final class OpenApiV2Paths {

    private static final String SCHEMAS_V3 = "#/components/schemas/";
    private static final String SCHEMAS_V2 = "#/definitions/";

    private OpenApiV2Paths() {}

    /** A path with the operation that reads it. Parameters of the query that all its operations have are those of the document. */
    static byte[] item(JsonNode item) {
        return message(out -> {
            out.writeByteArray(2, operation(item.path("get")));
            for (JsonNode parameter : Json.items(item, "parameters")) {
                boolean shared = parameter.path("in").asString("").equals("query");
                byte[] reference = message(ref -> ref.writeString(
                        1, "#/parameters/" + parameter.path("name").asString("")));
                // ParametersItem is a choice of the parameter itself and a reference to it.
                out.writeByteArray(9, shared ? nested(2, reference) : nested(1, parameter(parameter)));
            }
        });
    }

    private static byte[] operation(JsonNode operation) {
        return message(out -> {
            for (JsonNode tag : Json.items(operation, "tags")) {
                out.writeString(1, tag.asString(""));
            }
            text(out, 3, Json.string(operation, "description"));
            text(out, 5, Json.string(operation, "operationId"));
            JsonNode answer = operation.path("responses").path("200");
            for (String type : answer.path("content").propertyNames()) {
                out.writeString(6, type);
            }
            out.writeString(7, "*/*");
            for (JsonNode parameter : Json.items(operation, "parameters")) {
                out.writeByteArray(8, nested(1, parameter(parameter)));
            }
            out.writeByteArray(9, nested(1, named("200", nested(1, answer(answer)))));
            for (var each : operation.properties()) {
                if (each.getKey().startsWith("x-kubernetes-")) {
                    out.writeByteArray(13, extension(each.getKey(), each.getValue()));
                }
            }
        });
    }

    private static byte[] answer(JsonNode answer) {
        Optional<String> type = answer.path("content")
                .propertyStream()
                .findFirst()
                .flatMap(content -> Json.string(content.getValue(), "schema", "$ref"));
        return message(out -> {
            text(out, 1, Json.string(answer, "description"));
            if (type.isPresent()) {
                String reference = type.get().replace(SCHEMAS_V3, SCHEMAS_V2);
                out.writeByteArray(2, nested(1, message(schema -> schema.writeString(1, reference))));
            }
        });
    }

    /** A parameter that is no body. */
    static byte[] parameter(JsonNode parameter) {
        boolean inPath = parameter.path("in").asString("").equals("path");
        byte[] fields = message(out -> fields(out, parameter, inPath ? 5 : 6));
        // Parameter and NonBodyParameter are choices, of which this is the second, and the fourth or third.
        return nested(2, nested(inPath ? 4 : 3, fields));
    }

    private static void fields(CodedOutputStream out, JsonNode parameter, int typeField) throws IOException {
        if (parameter.path("required").booleanValue(false)) {
            out.writeBool(1, true);
        }
        text(out, 2, Json.string(parameter, "in"));
        text(out, 3, Json.string(parameter, "description"));
        text(out, 4, Json.string(parameter, "name"));
        text(out, typeField, Json.string(parameter, "schema", "type"));
    }
}

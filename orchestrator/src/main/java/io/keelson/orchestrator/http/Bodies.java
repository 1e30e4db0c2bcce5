package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.PatchType;
import io.keelson.orchestrator.kind.FieldError;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.kind.Protobuf;
import io.keelson.orchestrator.registry.Decoding;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.orchestrator.registry.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What clients send, read by its content type. */
final class Bodies {

    private Bodies() {}

    /**
     * An object that was sent.
     *
     * @param object the object
     * @param warnings what is odd about the text
     */
    record Sent(ObjectNode object, List<String> warnings) {}

    /** The object in the body; empty if there is no body. */
    static Optional<Sent> object(Exchange exchange, Kind kind, FieldValidation validation) {
        byte[] body = exchange.body();
        if (body.length == 0) {
            return Optional.empty();
        }
        try {
            Json.Decoded decoded = switch (contentType(exchange)) {
                case "application/json", "" -> Json.decode(body);
                case "application/yaml" -> Json.decode(Yaml.toJson(body));
                case "application/vnd.kubernetes.protobuf" -> new Json.Decoded(Protobuf.decode(body), List.of());
                default ->
                    throw unsupported(
                            exchange, "application/json, application/yaml, application/vnd.kubernetes.protobuf");
            };
            return Optional.of(new Sent(decoded.object(), judged(kind, decoded.duplicates(), validation)));
        } catch (MalformedJsonException e) {
            throw malformed(e);
        }
    }

    private static List<String> judged(Kind kind, List<FieldError> duplicates, FieldValidation validation) {
        Decoding.Result result = Decoding.judge(kind, duplicates, validation);
        result.rejection().ifPresent(rejection -> {
            throw new ApiException(rejection);
        });
        return result.warnings();
    }

    /** The patch in the body. */
    static JsonNode patch(Exchange exchange) {
        try {
            return Json.parseAny(exchange.body());
        } catch (MalformedJsonException e) {
            throw malformed(e);
        }
    }

    static PatchType patchType(Exchange exchange) {
        return switch (contentType(exchange)) {
            case "application/json-patch+json" -> PatchType.JSON;
            case "application/merge-patch+json" -> PatchType.MERGE;
            case "application/strategic-merge-patch+json" -> PatchType.STRATEGIC;
            default ->
                throw unsupported(
                        exchange,
                        "application/json-patch+json, application/merge-patch+json, "
                                + "application/strategic-merge-patch+json, application/apply-patch+yaml");
        };
    }

    /** Whether a patch is not one, but the whole that a caller wants of an object. */
    static boolean isApply(Exchange exchange) {
        return contentType(exchange).equals("application/apply-patch+yaml");
    }

    /** The configuration in the body of an apply: YAML, of which most clients send the part that is JSON. */
    static ObjectNode configuration(Exchange exchange) {
        byte[] body = exchange.body();
        try {
            return json(body).orElseGet(() -> Json.parse(Yaml.toJson(body)));
        } catch (MalformedJsonException e) {
            throw ApiException.badRequest("error decoding YAML: the body " + e.getMessage());
        }
    }

    private static Optional<ObjectNode> json(byte[] body) {
        try {
            return Optional.of(Json.parse(body));
        } catch (MalformedJsonException e) {
            // Then it is YAML, or that will say what is wrong.
            return Optional.empty();
        }
    }

    private static String contentType(Exchange exchange) {
        return exchange.header("Content-Type").split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    }

    private static ApiException unsupported(Exchange exchange, String accepted) {
        return new ApiException(
                Reason.UNSUPPORTED_MEDIA_TYPE,
                "the body of the request was in an unknown format (" + contentType(exchange)
                        + ") - accepted media types include: " + accepted);
    }

    private static ApiException malformed(MalformedJsonException e) {
        return ApiException.badRequest("the body " + e.getMessage());
    }
}

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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What clients send, read by its content type. */
final class Bodies {

    private static final Set<String> OPERATION = Set.of("op", "path", "from", "value");

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
                case "application/yaml" -> yaml(body, validation);
                case "application/vnd.kubernetes.protobuf" -> new Json.Decoded(Protobuf.decode(body), List.of());
                default ->
                    throw unsupported(
                            exchange, "application/json, application/yaml, application/vnd.kubernetes.protobuf");
            };
            return Optional.of(new Sent(decoded.object(), judged(kind, decoded, validation)));
        } catch (MalformedJsonException e) {
            throw malformed(e);
        }
    }

    private static Json.Decoded yaml(byte[] body, FieldValidation validation) {
        Yaml.Converted converted = Yaml.toJson(body);
        return new Json.Decoded(Json.parse(converted.json()), duplicates(converted, validation));
    }

    /** A refusal has them all as one error, warnings are one for each line. */
    private static List<FieldError> duplicates(Yaml.Converted converted, FieldValidation validation) {
        List<String> lines = converted.duplicates();
        if (validation == FieldValidation.STRICT && !lines.isEmpty()) {
            return List.of(FieldError.inText(FieldError.Reason.DUPLICATE, unmarshalErrors(lines)));
        }
        return lines.stream()
                .map(line -> FieldError.inText(FieldError.Reason.DUPLICATE, line))
                .toList();
    }

    private static String unmarshalErrors(List<String> lines) {
        return "yaml: unmarshal errors:\n  " + String.join("\n  ", lines);
    }

    private static List<String> judged(Kind kind, Json.Decoded decoded, FieldValidation validation) {
        Decoding.Result result = Decoding.text(kind, decoded.object(), decoded.duplicates(), validation);
        result.rejection().ifPresent(rejection -> {
            throw new ApiException(rejection);
        });
        return result.warnings();
    }

    /** The patch in the body, and what is odd about its text. */
    static Json.DecodedValue patch(Exchange exchange) {
        try {
            Json.DecodedValue decoded = Json.decodeAny(exchange.body());
            return patchType(exchange) == PatchType.JSON
                    ? new Json.DecodedValue(decoded.value(), oddOperations(decoded))
                    : decoded;
        } catch (MalformedJsonException e) {
            throw malformed(e);
        }
    }

    private static List<FieldError> oddOperations(Json.DecodedValue patch) {
        List<FieldError> odd = new ArrayList<>();
        int i = 0;
        for (JsonNode operation : patch.value()) {
            for (String field : operation.propertyNames()) {
                if (!OPERATION.contains(field)) {
                    odd.add(FieldError.unknown("[" + i + "]." + field));
                }
            }
            i++;
        }
        odd.addAll(patch.duplicates());
        return odd.stream()
                .map(error -> FieldError.inText(error.reason(), "json patch " + error.message()))
                .toList();
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

    /**
     * The configuration in the body of an apply: YAML, of which most clients send the part that is JSON. A field that comes twice is refused
     * or warned of; that there is no such field the apply itself says.
     */
    static Sent configuration(Exchange exchange, FieldValidation validation) {
        byte[] body = exchange.body();
        try {
            return json(body).map(object -> new Sent(object, List.of())).orElseGet(() -> applied(body, validation));
        } catch (MalformedJsonException e) {
            throw ApiException.badRequest("error decoding YAML: the body " + e.getMessage());
        }
    }

    private static Sent applied(byte[] body, FieldValidation validation) {
        Yaml.Converted converted = Yaml.toJson(body);
        ObjectNode object = Json.parse(converted.json());
        if (converted.duplicates().isEmpty()) {
            return new Sent(object, List.of());
        }
        String odd = "error converting YAML to JSON: " + unmarshalErrors(converted.duplicates());
        return switch (validation) {
            case STRICT -> throw ApiException.badRequest("error strict decoding YAML: " + odd);
            case WARN -> new Sent(object, List.of(odd));
            case IGNORE -> new Sent(object, List.of());
        };
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

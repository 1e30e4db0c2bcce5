package io.keelson.orchestrator.kind;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Config maps and secrets. */
final class ConfigValidation {

    /** All values of one object together. */
    static final int MAX_DATA_BYTES = 1024 * 1024;

    private static final Map<String, List<String>> SECRET_KEYS = Map.of(
            "kubernetes.io/dockerconfigjson", List.of(".dockerconfigjson"),
            "kubernetes.io/dockercfg", List.of(".dockercfg"),
            "kubernetes.io/tls", List.of("tls.crt", "tls.key"),
            "kubernetes.io/ssh-auth", List.of("ssh-privatekey"));

    private static final String ACCOUNT = "kubernetes.io/service-account.name";

    private ConfigValidation() {}

    static void configMap(Optional<ObjectNode> live, ObjectNode map, Causes causes) {
        Map<String, String> texts = Json.strings(map, "data");
        Map<String, String> bytes = Json.strings(map, "binaryData");
        keys(texts, "data", causes);
        keys(bytes, "binaryData", causes);
        texts.keySet().stream()
                .filter(bytes::containsKey)
                .forEach(key -> causes.add(Cause.invalid(
                        "data[" + key + "]", Causes.quoted(key), "duplicate of key present in binaryData")));
        long size = texts.values().stream()
                        .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
                        .sum()
                + decoded(bytes);
        if (size > MAX_DATA_BYTES) {
            // All fields together are too long: Kubernetes writes the path of none so.
            causes.add(Cause.tooLong("[]", MAX_DATA_BYTES));
        }
        immutable(live, map, List.of("data", "binaryData"), causes);
    }

    static void secret(Optional<ObjectNode> live, ObjectNode secret, Causes causes) {
        Map<String, String> data = Json.strings(secret, "data");
        keys(data, "data", causes);
        if (decoded(data) > MAX_DATA_BYTES) {
            causes.add(Cause.tooLong("data", MAX_DATA_BYTES));
        }
        String type = Json.string(secret, "type").orElse("");
        SECRET_KEYS.getOrDefault(type, List.of()).stream()
                .filter(key -> !data.containsKey(key))
                .forEach(key -> causes.required("data[" + key + "]"));
        ofType(type, secret, data, causes);
        live.flatMap(stored -> Json.at(stored, "type"))
                .filter(before -> !before.equals(secret.path("type")))
                .ifPresent(before -> causes.immutable("type", secret.path("type")));
        immutable(live, secret, List.of("data"), causes);
    }

    /** What some types demand beside their keys. */
    private static void ofType(String type, ObjectNode secret, Map<String, String> data, Causes causes) {
        switch (type) {
            case "kubernetes.io/service-account-token" -> {
                if (Json.string(secret, "metadata", "annotations", ACCOUNT)
                        .orElse("")
                        .isEmpty()) {
                    causes.required("metadata.annotations[" + ACCOUNT + "]");
                }
            }
            case "kubernetes.io/basic-auth" -> {
                if (!data.containsKey("username") && !data.containsKey("password")) {
                    causes.required("data[username]");
                    causes.required("data[password]");
                }
            }
            case "kubernetes.io/dockercfg" -> json(".dockercfg", data, causes);
            case "kubernetes.io/dockerconfigjson" -> json(".dockerconfigjson", data, causes);
            default -> {
                // Any other type is the writer's own.
            }
        }
    }

    private static void json(String key, Map<String, String> data, Causes causes) {
        Optional.ofNullable(data.get(key))
                .filter(text -> !isJsonObject(text))
                .ifPresent(_ -> causes.add(Cause.invalid(
                        "data[" + key + "]",
                        Causes.quoted("<secret contents redacted>"),
                        "must be an object of JSON")));
    }

    private static boolean isJsonObject(String base64) {
        try {
            Json.parse(Base64.getDecoder().decode(base64));
            return true;
        } catch (IllegalArgumentException | MalformedJsonException e) {
            return false;
        }
    }

    private static void keys(Map<String, String> data, String field, Causes causes) {
        data.keySet().forEach(key -> causes.invalid(field + "[" + key + "]", key, Names.configKeyProblems(key)));
    }

    /** The size of values in base64 once they are decoded. */
    private static long decoded(Map<String, String> data) {
        return data.values().stream()
                .mapToLong(text -> text.length() * 3L / 4 - padding(text))
                .sum();
    }

    private static int padding(String base64) {
        return base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
    }

    private static void immutable(Optional<ObjectNode> live, ObjectNode incoming, List<String> fields, Causes causes) {
        if (!live.map(stored -> stored.path("immutable").asBoolean(false)).orElse(false)) {
            return;
        }
        if (!incoming.path("immutable").asBoolean(false)) {
            causes.add(Cause.forbidden("immutable", "field is immutable when `immutable` is set"));
        }
        for (String field : fields) {
            Optional<JsonNode> before = live.flatMap(stored -> Json.at(stored, field));
            if (!before.equals(Json.at(incoming, field))) {
                causes.add(Cause.forbidden(field, "field is immutable when `immutable` is set"));
            }
        }
    }
}

package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.FieldError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How strictly what was sent is read.
 *
 * @param validation what to do about fields that are unknown, or come twice
 * @param noticed what the text itself had that is odd, such as fields that come twice
 * @param patch if the object comes of a patch: what a refusal shows of it
 */
public record Reading(FieldValidation validation, List<FieldError> noticed, Optional<Supplier<String>> patch) {

    /** A refusal shows so many characters of a patch: Kubernetes shows all, which may be megabytes. */
    private static final int MAX_SHOWN = 4_096;

    /** Keeps its own copy of what was noticed. */
    public Reading {
        noticed = List.copyOf(noticed);
    }

    /** A whole object, of whose text there is nothing to say. */
    public static Reading whole(FieldValidation validation) {
        return new Reading(validation, List.of(), Optional.empty());
    }

    /** What a strategic merge patch looks like in a refusal: Kubernetes prints it as Go prints a map, {@code map[spec:map[replicas:x]]}. */
    public static String inGo(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                Map<String, JsonNode> sorted = new TreeMap<>();
                object.forEachEntry(sorted::put);
                yield sorted.entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + inGo(entry.getValue()))
                        .collect(Collectors.joining(" ", "map[", "]"));
            }
            case ArrayNode list -> list.valueStream().map(Reading::inGo).collect(Collectors.joining(" ", "[", "]"));
            default -> node.isNull() ? "<nil>" : node.asString();
        };
    }

    /** The patch, as long as it may be shown. */
    static String shortened(String patch) {
        return patch.length() <= MAX_SHOWN ? patch : patch.substring(0, MAX_SHOWN) + "...";
    }
}

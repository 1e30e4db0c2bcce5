package io.keelson.orchestrator.fields;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Sets of fields as Kubernetes writes them: an object of objects by steps. A step is {@code f:NAME}, {@code k:{"KEY":VALUE}},
 * {@code v:VALUE} or {@code i:INDEX}; an object without content is a field of the set; with {@code "."} it is one besides its content.
 */
public final class FieldsV1 {

    private static final String ITSELF = ".";

    private FieldsV1() {}

    /** The set as JSON, in Kubernetes' order. */
    public static ObjectNode encode(FieldSet set) {
        ObjectNode node = Json.object();
        for (PathElement element : set.sortedElements()) {
            node.set(step(element), encode(set.below(element)));
        }
        if (set.member() && !node.isEmpty()) {
            node.putObject(ITSELF);
        }
        return node;
    }

    static String step(PathElement element) {
        return switch (element) {
            case PathElement.Name(String name) -> "f:" + name;
            case PathElement.Key(List<PathElement.Key.Part> parts) -> {
                ObjectNode key = Json.object();
                parts.forEach(part -> key.set(part.name(), part.value().node()));
                yield "k:" + escaped(key);
            }
            case PathElement.Value(Literal value) -> "v:" + escaped(value.node());
            case PathElement.Index(int index) -> "i:" + index;
        };
    }

    /** As Go prints JSON: with characters escaped that HTML knows. */
    private static String escaped(JsonNode node) {
        return node.toString().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    }

    /**
     * The set that JSON says. Steps of a kind that is not known are left out.
     *
     * @throws FieldsException if it is not such a tree
     */
    public static FieldSet decode(JsonNode node) {
        return FieldSet.node(false, steps(node));
    }

    private static FieldSet inner(JsonNode node) {
        Map<PathElement, FieldSet> steps = steps(node);
        return FieldSet.node(steps.isEmpty() || node.has(ITSELF), steps);
    }

    private static Map<PathElement, FieldSet> steps(JsonNode node) {
        if (!node.isObject()) {
            throw new FieldsException("a set of fields is an object, not " + Json.typeOf(node));
        }
        Map<PathElement, FieldSet> steps = new HashMap<>();
        node.properties().forEach(entry -> {
            if (!entry.getKey().equals(ITSELF)) {
                element(entry.getKey()).ifPresent(element -> steps.put(element, inner(entry.getValue())));
            }
        });
        return steps;
    }

    private static Optional<PathElement> element(String step) {
        if (step.length() < 2 || step.charAt(1) != ':') {
            throw new FieldsException("\"" + step + "\" is no step to a field");
        }
        String text = step.substring(2);
        return switch (step.charAt(0)) {
            case 'f' -> Optional.of(new PathElement.Name(text));
            case 'k' -> Optional.of(key(step, text));
            case 'v' -> Optional.of(new PathElement.Value(new Literal(json(step, text))));
            case 'i' -> Optional.of(index(step, text));
            default -> Optional.empty();
        };
    }

    private static PathElement key(String step, String text) {
        Optional<PathElement> simple = simpleKey(text);
        if (simple.isPresent()) {
            return simple.get();
        }
        if (!(json(step, text) instanceof ObjectNode key)) {
            throw new FieldsException("the key in \"" + step + "\" is no object");
        }
        List<PathElement.Key.Part> parts = new ArrayList<>();
        key.properties()
                .forEach(part -> parts.add(new PathElement.Key.Part(part.getKey(), new Literal(part.getValue()))));
        return new PathElement.Key(parts);
    }

    /** Most keys are one plain text, {@code {"name":"web"}}, and many are read with every write: these need no parser. */
    private static Optional<PathElement> simpleKey(String text) {
        String[] parts = text.split("\"", -1);
        boolean simple = parts.length == 5
                && parts[0].equals("{")
                && parts[2].equals(":")
                && parts[4].equals("}")
                && text.indexOf('\\') < 0;
        return simple
                ? Optional.of(new PathElement.Key(
                        List.of(new PathElement.Key.Part(parts[1], new Literal(new StringNode(parts[3]))))))
                : Optional.empty();
    }

    private static PathElement index(String step, String text) {
        try {
            return new PathElement.Index(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw new FieldsException("the index in \"" + step + "\" is no number");
        }
    }

    private static JsonNode json(String step, String text) {
        try {
            return Json.parseAny(text.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedJsonException e) {
            throw new FieldsException("what follows in \"" + step + "\" " + e.getMessage());
        }
    }
}

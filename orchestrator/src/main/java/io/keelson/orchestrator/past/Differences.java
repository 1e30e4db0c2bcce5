package io.keelson.orchestrator.past;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.LastApplied;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Compares two states of an object, field by field. */
public final class Differences {

    /** What lists of objects are keyed by, the first that all items have and no two share. */
    private static final List<String> KEYS =
            List.of("name", "type", "mountPath", "containerPort", "port", "key", "uid", "ip", "topologyKey");

    /** What every write changes, or what says again what the rest says. */
    private static final List<String> BOOKKEEPING = List.of("resourceVersion", "managedFields", "generation");

    private final List<Difference> found = new ArrayList<>();

    private Differences() {}

    /** All fields that differ, in order of their paths; nothing of what every write changes. */
    public static List<Difference> between(ObjectNode before, ObjectNode after) {
        Differences differences = new Differences();
        differences.compare("", withoutBookkeeping(before), withoutBookkeeping(after));
        return List.copyOf(differences.found);
    }

    /** A copy without resourceVersion, managedFields, generation and kubectl's record of what was applied. */
    static ObjectNode withoutBookkeeping(ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        if (copy.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove(BOOKKEEPING);
            if (metadata.path("annotations") instanceof ObjectNode annotations) {
                annotations.remove(LastApplied.ANNOTATION);
                if (annotations.isEmpty()) {
                    metadata.remove("annotations");
                }
            }
        }
        return copy;
    }

    private void compare(String path, JsonNode before, JsonNode after) {
        if (same(before, after)) {
            return;
        }
        if (before instanceof ObjectNode old && after instanceof ObjectNode young) {
            Set<String> fields = new TreeSet<>(old.propertyNames());
            fields.addAll(young.propertyNames());
            fields.forEach(field -> compare(step(path, field), old.path(field), young.path(field)));
        } else if (before instanceof ArrayNode old && after instanceof ArrayNode young) {
            compareLists(path, old, young);
        } else {
            found.add(new Difference(path, text(before), text(after)));
        }
    }

    private void compareLists(String path, ArrayNode before, ArrayNode after) {
        Optional<String> key = KEYS.stream()
                .filter(candidate -> isKeyOf(before, candidate) && isKeyOf(after, candidate))
                .findFirst();
        int reported = found.size();
        if (key.isPresent()) {
            Map<String, JsonNode> old = byKey(before, key.get());
            Map<String, JsonNode> young = byKey(after, key.get());
            Set<String> names = new LinkedHashSet<>(old.keySet());
            names.addAll(young.keySet());
            JsonNode none = Json.object().path("none");
            names.forEach(name -> compare(
                    path + "[" + key.get() + "=" + name + "]",
                    old.getOrDefault(name, none),
                    young.getOrDefault(name, none)));
        } else {
            for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
                compare(path + "[" + i + "]", before.path(i), after.path(i));
            }
        }
        if (found.size() == reported) {
            // The same items in another order.
            found.add(new Difference(path, text(before), text(after)));
        }
    }

    private static boolean isKeyOf(ArrayNode list, String key) {
        Set<String> seen = new LinkedHashSet<>();
        for (JsonNode item : list) {
            if (!item.path(key).isValueNode() || !seen.add(item.path(key).asString(""))) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, JsonNode> byKey(ArrayNode list, String key) {
        Map<String, JsonNode> items = new LinkedHashMap<>();
        list.forEach(item -> items.put(item.path(key).asString(""), item));
        return items;
    }

    private static boolean same(JsonNode before, JsonNode after) {
        // As text, for a number may be an int in one tree and a long in the other.
        return before.equals(after)
                || (before.getNodeType() == after.getNodeType()
                        && before.toString().equals(after.toString()));
    }

    private static String text(JsonNode node) {
        return node.isMissingNode() ? "" : node.toString();
    }

    /** A field whose name has dots or slashes, as those of labels do, is written in brackets. */
    private static String step(String path, String field) {
        if (!field.matches("[A-Za-z0-9_-]+")) {
            return path + "[\"" + field + "\"]";
        }
        return path.isEmpty() ? field : path + "." + field;
    }
}

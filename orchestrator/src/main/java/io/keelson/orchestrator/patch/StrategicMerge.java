package io.keelson.orchestrator.patch;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Schema;
import io.keelson.orchestrator.kind.Shape;
import io.keelson.orchestrator.kind.Shape.Field;
import io.keelson.orchestrator.kind.Shape.Scalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Strategic merge patch. Beside fields a patch may have directives: {@code $patch: replace|delete|merge} in an object,
 * {@code $retainKeys}, {@code $setElementOrder/<field>} and {@code $deleteFromPrimitiveList/<field>}.
 */
final class StrategicMerge {

    private static final String PATCH = "$patch";
    private static final String RETAIN_KEYS = "$retainKeys";
    private static final String ORDER = "$setElementOrder/";
    private static final String DELETE_FROM = "$deleteFromPrimitiveList/";

    private StrategicMerge() {}

    static ObjectNode apply(Kind kind, ObjectNode target, ObjectNode patch) {
        return object(target, patch, Schema.shape(kind), "");
    }

    private static ObjectNode object(ObjectNode target, ObjectNode patch, Shape shape, String path) {
        switch (directive(patch, path)) {
            case "replace" -> {
                return withoutDirectives(patch);
            }
            case "delete" -> {
                return Json.object();
            }
            default -> {}
        }
        ObjectNode merged = Json.object().setAll(target);
        retainKeys(merged, patch, path);
        for (var change : patch.properties()) {
            String name = change.getKey();
            if (name.startsWith(DELETE_FROM)) {
                String field = name.substring(DELETE_FROM.length());
                deleteItems(merged, field, list(change.getValue(), at(path, name)));
            }
        }
        for (var change : patch.properties()) {
            String name = change.getKey();
            if (!name.startsWith("$")) {
                field(
                        merged,
                        name,
                        change.getValue(),
                        shape.field(name).orElse(Field.plain(Scalar.ANY)),
                        at(path, name));
            }
        }
        for (var change : patch.properties()) {
            String name = change.getKey();
            if (name.startsWith(ORDER)) {
                String field = name.substring(ORDER.length());
                ArrayNode order = list(change.getValue(), at(path, name));
                order(merged, target, patch, field, order, shape.field(field).flatMap(Field::mergeKey), path);
            }
        }
        return merged;
    }

    private static String directive(JsonNode patch, String path) {
        JsonNode directive = patch.get(PATCH);
        if (directive == null) {
            return "merge";
        }
        String word = directive.asString("");
        if (!Set.of("replace", "delete", "merge").contains(word)) {
            throw malformed("unknown patch type found: " + directive + " in " + at(path, PATCH));
        }
        return word;
    }

    private static void retainKeys(ObjectNode merged, ObjectNode patch, String path) {
        if (!patch.has(RETAIN_KEYS)) {
            return;
        }
        Set<String> retained = new HashSet<>();
        list(patch.get(RETAIN_KEYS), at(path, RETAIN_KEYS))
                .forEach(key -> retained.add(text(key, at(path, RETAIN_KEYS))));
        patch.properties().forEach(change -> {
            boolean kept =
                    change.getKey().startsWith("$") || change.getValue().isNull() || retained.contains(change.getKey());
            if (!kept) {
                throw malformed("field " + at(path, change.getKey()) + " is in the patch, but not in its $retainKeys");
            }
        });
        merged.retain(retained);
    }

    private static void field(ObjectNode merged, String name, JsonNode value, Field field, String path) {
        JsonNode old = merged.get(name);
        if (value.isNull()) {
            merged.remove(name);
        } else if (value instanceof ObjectNode change) {
            merged.set(
                    name, object(old instanceof ObjectNode live ? live : Json.object(), change, field.shape(), path));
        } else if (value instanceof ArrayNode change && field.merges() && old instanceof ArrayNode live) {
            merged.set(name, items(live, change, field, path));
        } else if (value instanceof ArrayNode change) {
            merged.set(name, withoutDirectives(change));
        } else {
            merged.set(name, value);
        }
    }

    private static ArrayNode items(ArrayNode live, ArrayNode patch, Field field, String path) {
        Function<JsonNode, Optional<JsonNode>> identity = ListOrder.identity(field.mergeKey());
        boolean replace = false;
        for (JsonNode item : patch) {
            replace |=
                    item.isObject() && item.has(PATCH) && directive(item, path).equals("replace");
        }
        MergedList merged = new MergedList(identity);
        if (!replace) {
            live.forEach(merged::keep);
        }
        for (JsonNode item : patch) {
            boolean onlyDirective = item.isObject() && item.has(PATCH) && item.size() == 1;
            if (onlyDirective && replace) {
                continue;
            }
            JsonNode key = identity.apply(item)
                    .orElseThrow(() -> malformed("an item of " + path + " does not contain the merge key "
                            + field.mergeKey().orElse("")));
            if (item.isObject() && directive(item, path).equals("delete")) {
                merged.remove(key);
            } else {
                merged.merge(key, old -> mergedItem(old, item, field.shape().items(), path));
            }
        }
        return merged.list();
    }

    /** What becomes of an item, which may be there, by the patch's. */
    private static JsonNode mergedItem(Optional<JsonNode> old, JsonNode item, Shape shape, String path) {
        if (item instanceof ObjectNode change && (old.isEmpty() || old.get() instanceof ObjectNode)) {
            return object(old.map(ObjectNode.class::cast).orElseGet(Json::object), change, shape, path);
        }
        return old.orElse(item);
    }

    private static void deleteItems(ObjectNode merged, String field, ArrayNode deleted) {
        if (merged.get(field) instanceof ArrayNode live) {
            Set<JsonNode> gone = new HashSet<>();
            deleted.forEach(gone::add);
            ArrayNode kept = Json.array();
            live.forEach(item -> {
                if (!gone.contains(item)) {
                    kept.add(item);
                }
            });
            merged.set(field, kept);
        }
    }

    private static void order(
            ObjectNode merged,
            ObjectNode target,
            ObjectNode patch,
            String field,
            ArrayNode order,
            Optional<String> mergeKey,
            String path) {
        if (!(merged.get(field) instanceof ArrayNode list)) {
            return;
        }
        Function<JsonNode, Optional<JsonNode>> identity = ListOrder.identity(mergeKey);
        List<JsonNode> wanted = ListOrder.identities(order, identity);
        Set<JsonNode> known = new HashSet<>(wanted);
        if (patch.get(field) instanceof ArrayNode items) {
            for (JsonNode item : items) {
                boolean ordered = identity.apply(item).filter(known::contains).isPresent();
                if (!ordered && !item.has(PATCH)) {
                    throw malformed("the list " + at(path, field) + " in the patch has an item that is not in "
                            + at(path, ORDER + field));
                }
            }
        }
        List<JsonNode> live =
                target.get(field) instanceof ArrayNode items ? ListOrder.identities(items, identity) : List.of();
        List<JsonNode> items = new ArrayList<>();
        list.forEach(items::add);
        ArrayNode sorted = Json.array();
        ListOrder.order(items, wanted, live, identity).forEach(sorted::add);
        merged.set(field, sorted);
    }

    private static ArrayNode list(JsonNode value, String path) {
        if (value instanceof ArrayNode list) {
            return list;
        }
        throw malformed(path + " must be a list, but is " + Json.typeOf(value));
    }

    private static String text(JsonNode value, String path) {
        if (!value.isString()) {
            throw malformed(path + " must be a list of strings, but has " + Json.typeOf(value));
        }
        return value.stringValue();
    }

    private static ObjectNode withoutDirectives(ObjectNode patch) {
        ObjectNode plain = Json.object();
        patch.properties().forEach(field -> {
            if (!field.getKey().startsWith("$") && !field.getValue().isNull()) {
                plain.set(field.getKey(), withoutDirectives(field.getValue()));
            }
        });
        return plain;
    }

    private static JsonNode withoutDirectives(JsonNode value) {
        if (value instanceof ObjectNode object) {
            return withoutDirectives(object);
        }
        if (value instanceof ArrayNode list) {
            ArrayNode plain = Json.array();
            list.forEach(item -> {
                if (!item.path(PATCH).asString("").equals("delete")) {
                    plain.add(withoutDirectives(item));
                }
            });
            return plain;
        }
        return value;
    }

    private static String at(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private static PatchException malformed(String message) {
        return new PatchException(PatchException.Reason.MALFORMED, message);
    }
}

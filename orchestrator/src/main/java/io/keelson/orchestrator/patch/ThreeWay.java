package io.keelson.orchestrator.patch;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.MalformedJsonException;
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
 * The merge behind {@code apply}: what the user wants now, what the user wanted last, and what is. What is wanted is set; what was
 * wanted last and is not any more is deleted; what others have set stays. The same result as kubectl's client-side apply, which
 * computes a strategic merge patch from the three and sends it.
 */
public final class ThreeWay {

    /** The annotation that holds what was applied last, as kubectl writes it. */
    public static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private ThreeWay() {}

    /**
     * The live object with the user's changes.
     *
     * @param lastApplied what the user applied last, from the annotation; empty if nothing is known
     * @param live the stored object
     * @param wanted what the user applies now
     */
    public static ObjectNode apply(Kind kind, Optional<ObjectNode> lastApplied, ObjectNode live, ObjectNode wanted) {
        return object(lastApplied.orElseGet(Json::object), live, wanted, Schema.shape(kind));
    }

    /** What was applied last to an object; empty if it was not applied, or the annotation is not JSON. */
    public static Optional<ObjectNode> lastApplied(ObjectNode live) {
        return Json.string(live, "metadata", "annotations", LAST_APPLIED).flatMap(text -> {
            try {
                return Optional.of(Json.parse(text));
            } catch (MalformedJsonException e) {
                // Somebody has edited it. Nothing is known, then, and nothing will be deleted.
                return Optional.empty();
            }
        });
    }

    /** What is wanted, with the annotation that lets the next apply know it. */
    public static ObjectNode withLastApplied(ObjectNode wanted) {
        ObjectNode noted = wanted.deepCopy();
        ObjectNode annotations = Json.child(Json.child(noted, "metadata"), "annotations");
        annotations.remove(LAST_APPLIED);
        annotations.put(LAST_APPLIED, Json.text(noted) + "\n");
        return noted;
    }

    private static ObjectNode object(ObjectNode last, ObjectNode live, ObjectNode wanted, Shape shape) {
        ObjectNode merged = live.deepCopy();
        last.propertyNames().stream().filter(name -> !wanted.has(name)).forEach(merged::remove);
        wanted.properties().forEach(entry -> {
            String name = entry.getKey();
            JsonNode value = entry.getValue();
            if (value.isNull()) {
                merged.remove(name);
            } else {
                Field field = shape.field(name).orElse(Field.plain(Scalar.ANY));
                merged.set(
                        name,
                        value(Optional.ofNullable(last.get(name)), Optional.ofNullable(live.get(name)), value, field));
            }
        });
        return merged;
    }

    private static JsonNode value(Optional<JsonNode> last, Optional<JsonNode> live, JsonNode wanted, Field field) {
        if (wanted instanceof ObjectNode object && live.orElse(null) instanceof ObjectNode current) {
            return struct(last, current, object, field.shape(), field.retainsKeys());
        }
        if (wanted instanceof ArrayNode list && live.orElse(null) instanceof ArrayNode current && field.merges()) {
            ArrayNode previous = last.orElse(null) instanceof ArrayNode known ? known : Json.array();
            return items(previous, current, list, field);
        }
        return withoutNulls(wanted);
    }

    /** A struct whose keys are retained loses, once anything changes, what the user does not name: they exclude each other. */
    private static ObjectNode struct(
            Optional<JsonNode> last, ObjectNode live, ObjectNode wanted, Shape shape, boolean retainsKeys) {
        ObjectNode previous = last.orElse(null) instanceof ObjectNode known ? known : Json.object();
        ObjectNode merged = object(previous, live, wanted, shape);
        if (retainsKeys && !merged.equals(live)) {
            merged.retain(wanted.propertyNames());
        }
        return merged;
    }

    private static ArrayNode items(ArrayNode last, ArrayNode live, ArrayNode wanted, Field field) {
        Function<JsonNode, Optional<JsonNode>> identity = ListOrder.identity(field.mergeKey());
        List<JsonNode> wantedKeys = ListOrder.identities(wanted, identity);
        List<JsonNode> liveKeys = ListOrder.identities(live, identity);
        Set<JsonNode> gone = new HashSet<>(ListOrder.identities(last, identity));
        wantedKeys.forEach(gone::remove);
        List<JsonNode> merged = new ArrayList<>();
        live.forEach(item -> {
            Optional<JsonNode> key = identity.apply(item);
            if (key.filter(each -> gone.contains(each) || wantedKeys.contains(each))
                    .isEmpty()) {
                merged.add(item);
            }
        });
        for (JsonNode item : wanted) {
            JsonNode key = identity.apply(item)
                    .orElseThrow(() -> new PatchException(
                            PatchException.Reason.MALFORMED,
                            "an item of a list does not contain the merge key "
                                    + field.mergeKey().orElse("")));
            Optional<JsonNode> current = find(live, key, identity);
            if (item instanceof ObjectNode object && current.orElse(null) instanceof ObjectNode old) {
                merged.add(struct(
                        find(last, key, identity), old, object, field.shape().items(), field.retainsKeys()));
            } else {
                merged.add(withoutNulls(item));
            }
        }
        ArrayNode ordered = Json.array();
        ListOrder.order(merged, wantedKeys, liveKeys, identity).forEach(ordered::add);
        return ordered;
    }

    private static Optional<JsonNode> find(
            ArrayNode list, JsonNode key, Function<JsonNode, Optional<JsonNode>> identity) {
        for (JsonNode item : list) {
            if (identity.apply(item).filter(key::equals).isPresent()) {
                return Optional.of(item);
            }
        }
        return Optional.empty();
    }

    private static JsonNode withoutNulls(JsonNode wanted) {
        return wanted instanceof ObjectNode object ? Json.withoutNulls(object) : wanted.deepCopy();
    }
}

package io.keelson.orchestrator.kind;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes trees in the order of {@link Json#write}, whatever their own is, without another tree in between. */
final class CanonicalForm {

    /** What every object has, before all else. */
    static final List<String> FIRST = List.of("apiVersion", "kind", "metadata");

    private CanonicalForm() {}

    static void write(ObjectNode object, JsonGenerator out) {
        out.writeStartObject();
        for (String name : FIRST) {
            JsonNode value = object.get(name);
            if (value != null) {
                out.writeName(name);
                write(value, out);
            }
        }
        for (Map.Entry<String, JsonNode> field : inOrder(object)) {
            if (!FIRST.contains(field.getKey())) {
                out.writeName(field.getKey());
                write(field.getValue(), out);
            }
        }
        out.writeEndObject();
    }

    private static void write(JsonNode node, JsonGenerator out) {
        switch (node) {
            case ObjectNode object -> {
                out.writeStartObject();
                for (Map.Entry<String, JsonNode> field : inOrder(object)) {
                    out.writeName(field.getKey());
                    write(field.getValue(), out);
                }
                out.writeEndObject();
            }
            case ArrayNode list -> {
                out.writeStartArray();
                for (JsonNode item : list) {
                    write(item, out);
                }
                out.writeEndArray();
            }
            default -> scalar(node, out);
        }
    }

    private static void scalar(JsonNode node, JsonGenerator out) {
        switch (node.getNodeType()) {
            case STRING -> out.writeString(node.stringValue());
            case BOOLEAN -> out.writeBoolean(node.booleanValue());
            case NUMBER -> {
                switch (node.numberType()) {
                    case INT -> out.writeNumber(node.intValue());
                    case LONG -> out.writeNumber(node.longValue());
                    case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> out.writeTree(node);
                }
            }
            case NULL, BINARY, MISSING, POJO, OBJECT, ARRAY -> out.writeTree(node);
        }
    }

    /** The fields themselves if they are in order already, as what comes from the store is. */
    private static Collection<Map.Entry<String, JsonNode>> inOrder(ObjectNode object) {
        String before = "";
        for (String name : object.propertyNames()) {
            if (before.compareTo(name) > 0) {
                List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(object.properties());
                fields.sort(Map.Entry.comparingByKey());
                return fields;
            }
            before = name;
        }
        return object.properties();
    }
}

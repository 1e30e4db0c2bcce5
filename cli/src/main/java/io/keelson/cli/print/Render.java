package io.keelson.cli.print;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Objects as text for people: JSON with indentation, and YAML. */
public final class Render {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Render() {}

    /** Reads JSON bytes as a tree. */
    public static ObjectNode parse(byte[] json) {
        return (ObjectNode) JSON.readTree(json);
    }

    /** Reads JSON text as a tree. */
    public static ObjectNode parse(String json) {
        return parse(json.getBytes(StandardCharsets.UTF_8));
    }

    /** A meta.k8s.io/v1 Table. */
    public static Table table(JsonNode table) {
        var columns = new ArrayList<Table.Column>();
        for (var column : table.path("columnDefinitions"))
            columns.add(new Table.Column(
                    column.path("name").asString(""), column.path("priority").asInt(0)));
        var rows = new ArrayList<Table.Row>();
        for (var row : table.path("rows")) {
            var cells = new ArrayList<String>();
            for (var cell : row.path("cells"))
                cells.add(cell.isNull() ? Table.NOTHING : cell.isString() ? cell.asString() : cell.toString());
            var metadata = row.path("object").path("metadata");
            rows.add(new Table.Row(metadata.path("namespace").asString(""), cells));
        }
        return new Table(columns, rows);
    }

    /** An empty object. */
    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** Compact JSON, as it travels. */
    public static byte[] bytes(JsonNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** JSON with four blanks a level, as kubectl prints it. */
    public static String json(JsonNode node) {
        var text = new StringBuilder();
        json(node, 0, text);
        return text.append('\n').toString();
    }

    private static void json(JsonNode node, int depth, StringBuilder text) {
        var indent = "    ".repeat(depth + 1);
        if (node.isObject() && !node.isEmpty()) {
            var separator = "{\n";
            for (var field : node.properties()) {
                text.append(separator)
                        .append(indent)
                        .append(JSON.writeValueAsString(field.getKey()))
                        .append(": ");
                json(field.getValue(), depth + 1, text);
                separator = ",\n";
            }
            text.append('\n').append("    ".repeat(depth)).append('}');
        } else if (node.isArray() && !node.isEmpty()) {
            var separator = "[\n";
            for (var item : node) {
                text.append(separator).append(indent);
                json(item, depth + 1, text);
                separator = ",\n";
            }
            text.append('\n').append("    ".repeat(depth)).append(']');
        } else {
            text.append(node);
        }
    }

    /** YAML in block style. */
    public static String yaml(JsonNode node) {
        return Yaml.write(node);
    }
}

package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.custom.Definition.ColumnPath;
import io.keelson.orchestrator.kind.Age;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Printer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects of a kind that is defined at run time as rows: their name, and the columns that the definition names, or else their age. */
final class Columns {

    private static final ColumnPath AGE = new ColumnPath(
            "Age", "date", "", 0, JsonPath.parse(".metadata.creationTimestamp").orElseThrow());

    private Columns() {}

    static Printer printer(List<ColumnPath> defined) {
        List<ColumnPath> paths = defined.isEmpty() ? List.of(AGE) : defined;
        List<Printer.Column> columns = new ArrayList<>(List.of(Printer.Column.NAME));
        paths.forEach(
                path -> columns.add(new Printer.Column(path.name(), path.type(), path.format(), path.priority())));
        return new Printer(columns, (object, now, cells) -> {
            cells.add(Json.string(object, "metadata", "name").orElse(""));
            paths.forEach(path -> cell(path, object, now, cells));
        });
    }

    /** A value of another type than the column's is shown as if it were not there. */
    private static void cell(ColumnPath column, ObjectNode object, Instant now, ArrayNode cells) {
        Optional<JsonNode> found = column.path().first(object).filter(value -> !value.isNull());
        if (found.isEmpty()) {
            cells.addNull();
            return;
        }
        JsonNode value = found.get();
        switch (column.type()) {
            case "integer" -> {
                if (value.isNumber()) {
                    cells.add(value.decimalValue().longValue());
                } else {
                    cells.addNull();
                }
            }
            case "number" -> {
                if (value.isNumber()) {
                    cells.add(value.decimalValue());
                } else {
                    cells.addNull();
                }
            }
            case "boolean" -> {
                if (value.isBoolean()) {
                    cells.add(value.booleanValue());
                } else {
                    cells.addNull();
                }
            }
            case "date" -> {
                ObjectNode holder = Json.object();
                holder.set("time", value);
                String age = Age.since(now, holder, "time");
                cells.add(age.equals("<unknown>") ? "<invalid>" : age);
            }
            default -> cells.add(value.isString() ? value.stringValue() : value.toString());
        }
    }
}

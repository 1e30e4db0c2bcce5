package io.keelson.orchestrator.kind;

import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects as tables, as Kubernetes' API server prints them for {@code kubectl get}. */
public final class Tables {

    private Tables() {}

    /**
     * A {@code Table} of {@code meta.k8s.io/v1} with a row for each object; the list's own metadata is the caller's to add.
     *
     * @param now what ages are counted to
     */
    public static ObjectNode table(Kind kind, List<ObjectNode> objects, Instant now, IncludeObject include) {
        ObjectNode table = head(kind);
        ArrayNode rows = table.putArray("rows");
        objects.forEach(object -> {
            ObjectNode row = row(kind, object, now);
            include(object, include, row);
            rows.add(row);
        });
        return table;
    }

    /** A table of a kind, without rows. */
    public static ObjectNode head(Kind kind) {
        ObjectNode table = Json.object();
        table.put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        table.putObject("metadata");
        ArrayNode definitions = table.putArray("columnDefinitions");
        kind.strategy()
                .printer()
                .columns()
                .forEach(column -> definitions
                        .addObject()
                        .put("name", column.name())
                        .put("type", column.type())
                        .put("format", column.format())
                        .put("description", column.name() + " of the " + kind.kind())
                        .put("priority", column.priority()));
        return table;
    }

    /** The row of an object, without the object. Its {@code metadata.managedFields} are not looked at. */
    public static ObjectNode row(Kind kind, ObjectNode object, Instant now) {
        Printer printer = kind.strategy().printer();
        ObjectNode row = Json.object();
        printer.cells().print(object, now, row.putArray("cells"));
        printer.remarks().accept(object, row);
        return row;
    }

    private static void include(ObjectNode object, IncludeObject include, ObjectNode row) {
        switch (include) {
            case NONE -> {}
            case METADATA ->
                row.putObject("object")
                        .put("kind", "PartialObjectMetadata")
                        .put("apiVersion", "meta.k8s.io/v1")
                        .set("metadata", object.path("metadata"));
            case OBJECT -> row.set("object", object);
        }
    }
}

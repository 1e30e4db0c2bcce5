package io.keelson.orchestrator.kind;

import java.time.Instant;
import java.util.List;
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
        ObjectNode table = Json.object();
        table.put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        table.set("metadata", Json.object());
        table.putArray("columnDefinitions")
                .addObject()
                .put("name", "Name")
                .put("type", "string")
                .put("format", "name")
                .put("description", "")
                .put("priority", 0);
        var rows = table.putArray("rows");
        for (ObjectNode object : objects) {
            rows.addObject()
                    .putArray("cells")
                    .add(Json.string(object, "metadata", "name").orElse(""));
        }
        return table;
    }
}

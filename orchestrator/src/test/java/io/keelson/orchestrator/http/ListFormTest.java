package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.IncludeObject;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Tables;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What is written for an object is what would be written of its tree. */
class ListFormTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static final ObjectNode POD = Json.parse("""
            {"apiVersion": "v1", "kind": "Pod",
             "metadata": {"name": "a", "namespace": "default", "resourceVersion": "7", "labels": {"a": "b"},
              "managedFields": [{"manager": "m", "fieldsV1": {"f:spec": {}}}], "creationTimestamp": "2025-12-31T00:00:00Z"},
             "spec": {"containers": [{"name": "c"}], "nodeName": "n"},
             "status": {"phase": "Succeeded", "podIP": "10.0.0.1", "containerStatuses": [{"name": "c", "restartCount": 3}]}}""");

    private static String written(ListForm form) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        form.item().parts(Json.write(POD)).forEach(out::writeBytes);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void rowsAreThoseOfTheWholeTable() {
        for (IncludeObject include : IncludeObject.values()) {
            ObjectNode table = Tables.table(Kinds.POD, List.of(POD), NOW, include);
            String row = Json.text((ObjectNode) table.at("/rows/0"));
            assertThat(written(ListForm.table(Kinds.POD, NOW, include)))
                    .as("%s", include)
                    .isEqualTo(row)
                    .contains("\"cells\":[\"a\",\"0/1\",\"Succeeded\",\"3\",\"24h\"")
                    .contains("\"conditions\":");
        }
    }

    @Test
    void headsAreThoseOfTheWhole() {
        for (Kind kind : Kinds.builtIn().all()) {
            ObjectNode table = Tables.table(kind, List.of(), NOW, IncludeObject.NONE);
            table.remove("rows");
            assertThat(ListForm.table(kind, NOW, IncludeObject.NONE).head())
                    .as("%s", kind)
                    .isEqualTo(table);
        }
    }

    @Test
    void metadataIsCopiedWithItsRecordOfOwners() {
        ObjectNode partial = Json.object().put("apiVersion", "meta.k8s.io/v1").put("kind", "PartialObjectMetadata");
        partial.set("metadata", POD.get("metadata"));
        assertThat(written(ListForm.METADATA)).isEqualTo(Json.text(partial)).contains("managedFields");
    }

    @Test
    void objectsAreCopied() {
        assertThat(written(ListForm.objects(Kinds.POD))).isEqualTo(Json.text(POD));
    }
}

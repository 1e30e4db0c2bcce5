package io.keelson.orchestrator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Conversion;
import io.keelson.orchestrator.kind.IncludeObject;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Schema;
import io.keelson.orchestrator.kind.Tables;
import io.keelson.orchestrator.patch.Patches;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A small object of each kind goes the way of a create and of an update; what comes out stands in {@code kinds.yaml}. */
class KindTableTest {

    private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Given GIVEN = new Given(THEN, "UID", "abcde");

    /** Kinds that have tests of their own, and questions, which are not stored. */
    private static final List<String> ELSEWHERE = List.of(
            "ConfigMap",
            "Deployment",
            "Endpoints",
            "EndpointSlice",
            "Event",
            "Lease",
            "Namespace",
            "Node",
            "Pod",
            "ReplicaSet",
            "Secret",
            "Service",
            "ServiceAccount",
            "CustomResourceDefinition");

    private static List<ObjectNode> documents() throws IOException {
        List<ObjectNode> documents = new ArrayList<>();
        try (InputStream text = Kind.class.getResourceAsStream("kinds.yaml");
                var values =
                        YAMLMapper.builder().build().readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            // As from the wire, so that numbers are of the classes that they have there.
            values.forEachRemaining(document -> documents.add(Json.parse(document.toString())));
        }
        return documents;
    }

    /** One kind's document; its name is for the report. */
    record Row(String name, Kind kind, ObjectNode document) {

        ObjectNode object() {
            return Json.child(document, "object").deepCopy();
        }

        String namespace() {
            return kind.namespaced() ? "ns" : "";
        }

        Prepared create(JsonNode with) {
            ObjectNode object = (ObjectNode) Patches.merge(object(), with);
            return Registry.create(kind, namespace(), object, FieldValidation.STRICT, GIVEN);
        }

        ObjectNode stored() {
            Prepared prepared = create(Json.object());
            assertThat(prepared).as(prepared.toString()).isInstanceOf(Prepared.Store.class);
            return ((Prepared.Store) prepared).object();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() throws IOException {
        return documents().stream().map(document -> {
            ObjectNode object = Json.child(document, "object");
            String apiVersion = object.path("apiVersion").asString("");
            String kind = object.path("kind").asString("");
            return new Row(
                    apiVersion + " " + kind,
                    Kinds.builtIn().byApiVersion(apiVersion, kind).orElseThrow(),
                    document);
        });
    }

    @Test
    void everyKindThatIsStoredIsInTheTable() throws IOException {
        List<String> tested = rows().map(row -> row.kind().toString()).toList();
        assertThat(Kinds.builtIn().all().stream()
                        .filter(Kind::persistent)
                        .filter(kind -> !ELSEWHERE.contains(kind.kind()))
                        .map(Kind::toString))
                .isSubsetOf(tested);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatNobodySaysIsFilledIn(Row row) {
        ObjectNode expected = row.object();
        if (row.document().has("defaults")) {
            expected = (ObjectNode) Patches.merge(expected, row.document().path("defaults"));
        }
        ObjectNode metadata = Json.child(expected, "metadata");
        metadata.put("uid", "UID").put("creationTimestamp", THEN.toString());
        if (row.kind().namespaced()) {
            metadata.put("namespace", "ns");
        }
        if (row.kind().strategy().counted()) {
            metadata.put("generation", 1);
        }
        assertThat(sorted(row.stored())).isEqualTo(sorted(expected));
        assertThat(Schema.check(row.kind(), row.stored())).isEmpty();
    }

    private static JsonNode sorted(ObjectNode object) {
        return Json.parse(Json.write(object));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void anObjectThatIsSentBackIsUnchangedAndKeepsItsFormInTheStore(Row row) {
        ObjectNode stored = row.stored();
        assertThat(Registry.update(row.kind(), "", stored, stored.deepCopy(), FieldValidation.STRICT))
                .isInstanceOf(Prepared.Unchanged.class);
        ObjectNode there = Conversion.write(row.kind(), stored);
        assertThat(sorted(Conversion.read(row.kind(), there))).isEqualTo(sorted(stored));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aRowOfATableTellsWhatKubernetesTells(Row row) {
        ObjectNode table = Tables.table(row.kind(), List.of(row.stored()), THEN.plusSeconds(5), IncludeObject.NONE);
        List<String> cells = Json.items(table.path("rows").path(0), "cells").stream()
                .map(JsonNode::toString)
                .toList();
        List<String> expected = Json.items(row.document(), "wide").stream()
                .map(JsonNode::toString)
                .toList();
        assertThat(cells).isEqualTo(expected).hasSameSizeAs(Json.items(table, "columnDefinitions"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatMakesNoSenseIsRefused(Row row) {
        for (JsonNode refused : Json.items(row.document(), "refused")) {
            assertThat(causes(row.create(refused.path("with"))))
                    .as(refused.path("with").toString())
                    .contains(refused.path("says").asString(""));
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatIsFixedStays(Row row) {
        for (JsonNode fixed : Json.items(row.document(), "fixed")) {
            ObjectNode stored = row.stored();
            ObjectNode changed = (ObjectNode) Patches.merge(stored, fixed.path("with"));
            assertThat(causes(Registry.update(row.kind(), "", stored, changed, FieldValidation.STRICT)))
                    .as(fixed.path("with").toString())
                    .contains(fixed.path("says").asString(""));
        }
    }

    private static List<String> causes(Prepared prepared) {
        assertThat(prepared).isInstanceOf(Prepared.Refuse.class);
        Rejection rejection = ((Prepared.Refuse) prepared).rejection();
        assertThat(rejection.reason()).as(rejection.message()).isEqualTo(Reason.INVALID);
        return rejection.details().map(Rejection.Details::causes).orElse(List.of()).stream()
                .map(Object::toString)
                .toList();
    }
}

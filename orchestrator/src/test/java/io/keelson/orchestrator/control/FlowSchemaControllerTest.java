package io.keelson.orchestrator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.IncludeObject;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.kind.Tables;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Picture;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class FlowSchemaControllerTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String GROUP_VERSION = "flowcontrol.apiserver.k8s.io/v1";
    private static final Kind SCHEMA =
            Kinds.builtIn().byApiVersion(GROUP_VERSION, "FlowSchema").orElseThrow();
    private static final Kind LEVEL = Kinds.builtIn()
            .byApiVersion(GROUP_VERSION, "PriorityLevelConfiguration")
            .orElseThrow();
    private static final Ref REF = new Ref(SCHEMA, "", "f");

    private final FlowSchemaController controller = new FlowSchemaController();

    private static Picture schema() {
        return Picture.empty()
                .with("{\"apiVersion\": \"" + GROUP_VERSION
                        + "\", \"kind\": \"FlowSchema\", \"metadata\": {\"name\": \"f\"},"
                        + " \"spec\": {\"priorityLevelConfiguration\": {\"name\": \"l\"}}}");
    }

    private static Picture withLevel(Picture picture) {
        return picture.with("{\"apiVersion\": \"" + GROUP_VERSION
                + "\", \"kind\": \"PriorityLevelConfiguration\", \"metadata\": {\"name\": \"l\"}}");
    }

    /** Does what the controller wants, and gives its condition. */
    private String condition(Picture picture, Instant now) {
        Action.Update update =
                (Action.Update) controller.reconcile(picture.image(), REF, now).getFirst();
        assertThat(update.subresource()).isEqualTo("status");
        picture.with(update.object(), now);
        assertThat(controller.reconcile(picture.image(), REF, now.plusSeconds(60)))
                .isEmpty();
        return update.object().at("/status/conditions").toString();
    }

    @Test
    void aSchemaWithoutItsLevelDanglesUntilThereIsOne() {
        Picture picture = schema();
        assertThat(condition(picture, NOW))
                .contains(
                        "\"type\":\"Dangling\"",
                        "\"status\":\"True\"",
                        "\"reason\":\"NotFound\"",
                        "\"lastTransitionTime\":\"2026-01-01T00:00:00Z\"",
                        "This FlowSchema references the PriorityLevelConfiguration object named \\\"l\\\" but there is no"
                                + " such object");
        ObjectNode table = Tables.table(
                SCHEMA, List.of(picture.image().get(REF).orElseThrow().json()), NOW, IncludeObject.NONE);
        assertThat(Json.items(table, "rows").getFirst().path("cells").toString())
                .endsWith(",\"True\"]");
        withLevel(picture);
        assertThat(condition(picture, NOW.plusSeconds(5)))
                .contains(
                        "\"status\":\"False\"",
                        "\"reason\":\"Found\"",
                        "\"lastTransitionTime\":\"2026-01-01T00:00:05Z\"",
                        "named \\\"l\\\" and it exists");
    }

    @Test
    void onlyThatALevelComesOrGoesConcernsTheSchemasThatNameIt() {
        Picture picture = withLevel(schema());
        Optional<ClusterObject> level = picture.image().get(new Ref(LEVEL, "", "l"));
        Ref other = new Ref(LEVEL, "", "other");
        assertThat(controller.touchedBy(new Change(new Ref(LEVEL, "", "l"), Optional.empty(), level), picture.image()))
                .containsExactly(REF);
        assertThat(controller.touchedBy(new Change(new Ref(LEVEL, "", "l"), level, Optional.empty()), picture.image()))
                .containsExactly(REF);
        assertThat(controller.touchedBy(new Change(new Ref(LEVEL, "", "l"), level, level), picture.image()))
                .isEmpty();
        assertThat(controller.touchedBy(new Change(other, Optional.empty(), level), picture.image()))
                .isEmpty();
        assertThat(controller.reconcile(Picture.empty().image(), REF, NOW)).isEmpty();
    }
}

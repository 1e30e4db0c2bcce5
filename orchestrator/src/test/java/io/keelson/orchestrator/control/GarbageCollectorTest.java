package io.keelson.orchestrator.control;

import static io.keelson.orchestrator.control.Workloads.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Picture;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Deployment web owns replica set set, which owns pod p. */
final class GarbageCollectorTest {

    private final Picture picture = Picture.empty()
            .with(web(""))
            .with(Workloads.replicaSet("set", 1, 1, 1, 1, "hello:1"), Picture.THEN)
            .with(Workloads.pod("set", "p", true), Picture.THEN);

    private static String web(String finalizer) {
        return """
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"%s}, "spec": {}}
                """.formatted(
                finalizer.isEmpty()
                        ? ""
                        : ", \"deletionTimestamp\": \"2026-01-01T00:00:00Z\", \"finalizers\": [\"" + finalizer + "\"]");
    }

    private List<Action> look(Kind kind, String name) {
        return new GarbageCollector().reconcile(picture.image(), Picture.ref(kind, name), NOW);
    }

    @Test
    void nothingGoesWhileItsOwnerIsThere() {
        assertThat(look(Kinds.REPLICA_SET, "set")).isEmpty();
        assertThat(look(Kinds.POD, "p")).isEmpty();
    }

    @Test
    void whatHasNoOwnerAnyMoreGoes() {
        picture.without(Picture.ref(Kinds.DEPLOYMENT, "web"));

        assertThat(look(Kinds.REPLICA_SET, "set")).singleElement().isInstanceOf(Action.Delete.class);
    }

    @Test
    void anotherObjectOfTheSameNameIsNotTheOwner() {
        picture.without(Picture.ref(Kinds.DEPLOYMENT, "web"))
                .with(
                        "{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"metadata\": {\"name\": \"web\", \"uid\": \"other\"}}");

        assertThat(look(Kinds.REPLICA_SET, "set")).singleElement().isInstanceOf(Action.Delete.class);
    }

    @Test
    void anOwnerOfAnUnknownKindCountsAsThere() {
        picture.with("""
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "q", "ownerReferences": [
                 {"apiVersion": "example.com/v1", "kind": "Widget", "name": "w", "uid": "uid-w"}]}}
                """);

        assertThat(look(Kinds.POD, "q")).isEmpty();
    }

    @Test
    void foregroundDeletionTakesTheLeavesFirst() {
        picture.with(web("foregroundDeletion"));
        assertThat(look(Kinds.DEPLOYMENT, "web")).as("the owner waits").isEmpty();
        assertThat(look(Kinds.REPLICA_SET, "set"))
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.Delete.class,
                        delete -> assertThat(delete.propagation()).isEqualTo(Action.Propagation.FOREGROUND));

        picture.without(Picture.ref(Kinds.POD, "p")).without(Picture.ref(Kinds.REPLICA_SET, "set"));
        assertThat(look(Kinds.DEPLOYMENT, "web"))
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.Patch.class,
                        patch -> assertThat(Json.items(patch.patch(), "metadata", "finalizers"))
                                .isEmpty());
    }

    @Test
    void orphansLoseTheirOwnerThenTheOwnerGoes() {
        picture.with(web("orphan"));
        assertThat(look(Kinds.DEPLOYMENT, "web")).singleElement().isInstanceOfSatisfying(Action.Patch.class, patch -> {
            assertThat(patch.ref().name()).isEqualTo("set");
            assertThat(Json.items(patch.patch(), "metadata", "ownerReferences")).isEmpty();
        });

        var freed = Workloads.replicaSet("set", 1, 1, 1, 1, "hello:1");
        Json.child(freed, "metadata").remove("ownerReferences");
        picture.with(freed, Picture.THEN);
        assertThat(look(Kinds.DEPLOYMENT, "web"))
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.Patch.class,
                        patch -> assertThat(patch.ref().name()).isEqualTo("web"));
    }

    @Test
    void anOwnerInAnotherNamespaceIsNoOwner() {
        picture.with("""
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "far", "namespace": "other", "ownerReferences": [
                 {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "uid-web"}]}}
                """);

        List<Action> actions =
                new GarbageCollector().reconcile(picture.image(), new Ref(Kinds.CONFIG_MAP, "other", "far"), NOW);

        assertThat(actions)
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.Announced.class,
                        announced -> assertThat(announced.event().reason()).isEqualTo("OwnerRefInvalidNamespace"));
    }
}

package io.keelson.orchestrator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.patch.Patches;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** What may be changed through {@code pods/resize}, and Kubernetes' words for what may not. */
class ResizeTest {

    private static final Given GIVEN = new Given(Instant.parse("2026-01-02T03:04:05Z"), "uid-1", "bcdfg");

    private static ObjectNode live(String more) {
        ObjectNode sent = Json.parse("""
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {%s
                  "initContainers": [{"name": "init", "image": "i", "resources": {"requests": {"cpu": "10m"}}},
                    {"name": "side", "image": "i", "restartPolicy": "Always", "resources": {"requests": {"cpu": "20m"}}}],
                  "containers": [{"name": "c", "image": "i", "resources": {"requests": {"cpu": "100m", "memory": "64Mi"},
                    "limits": {"cpu": "200m", "memory": "64Mi", "ephemeral-storage": "1Gi"}},
                    "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}]}, {"name": "d", "image": "i"}]}}
                """.formatted(more));
        Prepared prepared = Registry.create(Kinds.POD, "default", sent, FieldValidation.STRICT, GIVEN);
        ObjectNode live = ((Prepared.Store) prepared).object();
        Json.child(live, "metadata").put("resourceVersion", "7");
        return live;
    }

    private static Prepared resize(ObjectNode live, String patch) {
        ObjectNode patched = Patches.strategic(Kinds.POD, live, Json.parse(patch));
        Reading reading = new Reading(FieldValidation.STRICT, List.of(), Optional.of(() -> ""));
        return Registry.update(Kinds.POD, "resize", live, patched, reading, Mutation.NONE);
    }

    private static String refusal(ObjectNode live, String patch) {
        Prepared prepared = resize(live, patch);
        assertThat(prepared).isInstanceOf(Prepared.Refuse.class);
        return ((Prepared.Refuse) prepared).rejection().message();
    }

    @Test
    void resourcesChangeAndNothingElse() {
        ObjectNode live = live("");
        Prepared prepared = resize(live, """
                {"metadata": {"labels": {"a": "b"}}, "status": {"phase": "Failed"}, "spec": {"nodeName": "n",
                 "initContainers": [{"name": "side", "resources": {"requests": {"cpu": "30m"}}}],
                 "containers": [{"name": "c", "image": "other", "resources": {"requests": {"cpu": "150m"}, "limits": {"memory": "128Mi"}}},
                  {"name": "d", "env": [{"name": "A", "value": "b"}]}]}}""");
        assertThat(prepared).isInstanceOf(Prepared.Store.class);
        ObjectNode after = ((Prepared.Store) prepared).object();
        assertThat(after.at("/spec/containers/0/resources/requests/cpu").asString())
                .isEqualTo("150m");
        assertThat(after.at("/spec/containers/0/resources/limits/memory").asString())
                .isEqualTo("128Mi");
        assertThat(after.at("/spec/initContainers/1/resources/requests/cpu").asString())
                .isEqualTo("30m");
        assertThat(after.at("/metadata/generation").asInt()).isEqualTo(2);
        ObjectNode rest = after.deepCopy();
        for (ObjectNode each : List.of(rest, live)) {
            ((ObjectNode) each.at("/spec/containers/0")).remove("resources");
            ((ObjectNode) each.at("/spec/initContainers/1")).remove("resources");
        }
        assertThat(rest.path("spec")).isEqualTo(live.path("spec"));
        assertThat(rest.path("status")).isEqualTo(live.path("status"));
        assertThat(rest.path("metadata").has("labels")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"containers":[{"name":"c","resources":{"requests":{"memory":null},"limits":{"memory":null}}}]} | spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed
            {"containers":[{"name":"c","resources":{"limits":{"ephemeral-storage":"2Gi"}}}]}               | spec: Forbidden: only cpu and memory resources are mutable
            {"containers":[{"name":"c","resizePolicy":[{"resourceName":"cpu","restartPolicy":"RestartContainer"}]}]} | spec: Forbidden: only cpu and memory resources are mutable
            {"containers":[{"name":"c","resources":{"requests":{"cpu":"300m"}}}]}                          | spec.containers[0].resources.requests: Invalid value: "300m": must be less than or equal to cpu limit of 200m
            {"containers":[{"name":"e","image":"i"}]}                                                      | spec.containers: Forbidden: containers may not be added or removed on resize
            {"containers":[{"name":"d","$patch":"delete"},{"name":"e","image":"i"}]}                       | spec.containers[1].name: Forbidden: containers may not be renamed or reordered on resize
            {"initContainers":[{"name":"init","resources":{"requests":{"cpu":"20m"}}}]}                    | spec.initContainers[0].resources: Forbidden: resources for non-sidecar init containers are immutable
            {"initContainers":[{"name":"side","resources":{"limits":{"ephemeral-storage":"1Gi"}}}]}        | spec: Forbidden: only cpu and memory resources for sidecar containers are mutable
            """)
    void whatMayNotChangeIsToldInKubernetesWords(String spec, String cause) {
        assertThat(refusal(live(""), "{\"spec\":" + spec + "}")).contains(cause);
    }

    @Test
    void theQualityOfServiceStays() {
        ObjectNode sent = Json.parse("""
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
                 "spec": {"containers": [{"name": "c", "image": "i"}]}}""");
        ObjectNode live =
                ((Prepared.Store) Registry.create(Kinds.POD, "default", sent, FieldValidation.STRICT, GIVEN)).object();
        assertThat(refusal(
                        live,
                        "{\"spec\":{\"containers\":[{\"name\":\"c\",\"resources\":{\"requests\":{\"cpu\":\"1\"}}}]}}"))
                .isEqualTo(
                        "Pod \"p\" is invalid: spec: Invalid value: \"BestEffort\": Pod QOS Class may not change as a"
                                + " result of resizing");
    }

    @Test
    void ofAPodThatRunsTheNodeMustKnowOfResizing() {
        String patch = "{\"spec\":{\"containers\":[{\"name\":\"c\",\"resources\":{\"requests\":{\"cpu\":\"150m\"}}}]}}";
        ObjectNode live = live("");
        ObjectNode status = Json.child(live, "status")
                .putArray("containerStatuses")
                .addObject()
                .put("name", "c");
        Json.child(Json.child(status, "state"), "running");
        assertThat(refusal(live, patch)).endsWith("spec: Forbidden: Pod running on node without support for resize");
        Json.child(status, "resources");
        assertThat(resize(live, patch)).isInstanceOf(Prepared.Store.class);
    }

    @Test
    void staticAndWindowsPodsAndThoseWithResourcesOfTheirOwnAreNotResized() {
        assertThat(refusal(live("\"os\": {\"name\": \"windows\"},"), "{}")).contains("windows pods cannot be resized");
        assertThat(refusal(live("\"resources\": {\"limits\": {\"cpu\": \"1\"}},"), "{}"))
                .contains("pods with pod-level resources cannot be resized");
        ObjectNode mirror = live("");
        Json.child(Json.child(mirror, "metadata"), "annotations").put("kubernetes.io/config.mirror", "x");
        assertThat(refusal(mirror, "{}")).contains("static pods cannot be resized");
    }
}

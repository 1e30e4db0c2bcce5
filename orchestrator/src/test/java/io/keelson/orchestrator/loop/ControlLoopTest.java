package io.keelson.orchestrator.loop;

import static io.keelson.orchestrator.loop.World.await;
import static io.keelson.orchestrator.loop.World.ref;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.ClusterImage;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Goal: all controllers and the scheduler together do what a user expects. Method: the real loop and API on a store in memory, hollow nodes. */
final class ControlLoopTest {

    private static final Ref WEB = ref(Kinds.DEPLOYMENT, "web");

    private final World world = new World(InstantSource.system());
    private final ControlLoop loop =
            new ControlLoop("s1", world.kv, Kinds::builtIn, world.api, "CA", InstantSource.system());
    private final HollowNodes nodes = new HollowNodes(world.api, InstantSource.system());

    @BeforeEach
    void start() {
        List.of("n1", "n2", "n3").forEach(world::node);
        loop.start();
    }

    @AfterEach
    void stop() {
        loop.close();
        nodes.close();
    }

    private void rollOutWeb(int replicas) {
        world.create(Kinds.DEPLOYMENT, World.deployment("web", replicas, "hello:1"));
        await("web is rolled out", () -> world.rolledOut(WEB));
    }

    @Test
    void deploymentBecomesReplicaSetAndReadyPodsOnAllNodes() {
        rollOutWeb(3);

        assertThat(loop.leader()).contains("s1");
        assertThat(world.all(Kinds.REPLICA_SET)).hasSize(1);
        List<ObjectNode> pods = world.all(Kinds.POD);
        assertThat(pods).hasSize(3);
        Set<String> used = pods.stream()
                .map(pod -> Json.string(pod, "spec", "nodeName").orElse(""))
                .collect(Collectors.toSet());
        assertThat(used).containsExactlyInAnyOrder("n1", "n2", "n3");
        await("web says that it is available and complete", () -> {
            ObjectNode web = world.find(WEB).orElseThrow();
            return reason(web, "Available").equals("MinimumReplicasAvailable")
                    && reason(web, "Progressing").equals("NewReplicaSetAvailable");
        });
    }

    private static String reason(ObjectNode object, String condition) {
        return Json.items(object, "status", "conditions").stream()
                .filter(each -> each.path("type").asString("").equals(condition))
                .map(each -> each.path("reason").asString(""))
                .findFirst()
                .orElse("");
    }

    @Test
    void rollingUpdateKeepsItsPromisesAtEveryRevision() throws InterruptedException {
        rollOutWeb(5);
        long before = revisionNow();

        world.patch(
                WEB,
                "{\"spec\": {\"template\": {\"spec\": {\"containers\": [{\"name\": \"main\", \"image\": \"hello:2\"}]}}}}");
        await("web is rolled out again", () -> world.rolledOut(WEB));

        assertThat(world.all(Kinds.POD))
                .allMatch(pod -> Json.items(pod, "spec", "containers")
                        .getFirst()
                        .path("image")
                        .asString("")
                        .equals("hello:2"));
        assertThat(world.find(WEB)
                        .orElseThrow()
                        .path("metadata")
                        .path("annotations")
                        .path("deployment.kubernetes.io/revision")
                        .asString(""))
                .isEqualTo("2");
        world.replay(image -> {
            List<Pod> live = livePods(image);
            assertThat(live).as("pods at revision %d", image.revision()).hasSizeLessThanOrEqualTo(6);
            if (image.revision() > before) {
                assertThat(live.stream().filter(Pod::ready).count())
                        .as("ready pods at revision %d", image.revision())
                        .isGreaterThanOrEqualTo(4);
            }
        });
    }

    private long revisionNow() {
        return world.api.list(ListQuery.all(Kinds.NODE)).revision();
    }

    private static List<Pod> livePods(ClusterImage image) {
        return image.all(Kinds.POD).stream().map(Pod::of).filter(Pod::active).toList();
    }

    @Test
    void scalesUpAndDown() {
        rollOutWeb(2);

        world.patch(WEB, "{\"spec\": {\"replicas\": 6}}");
        await(
                "web has six pods",
                () -> world.rolledOut(WEB) && world.all(Kinds.POD).size() == 6);
        world.patch(WEB, "{\"spec\": {\"replicas\": 1}}");
        await(
                "web has one pod",
                () -> world.rolledOut(WEB) && world.all(Kinds.POD).size() == 1);

        assertThat(world.all(Kinds.REPLICA_SET)).hasSize(1);
    }

    @Test
    void deletedPodIsReplacedUnderAnotherName() {
        rollOutWeb(2);
        Ref first = World.ref(Kinds.POD, name(world.all(Kinds.POD).getFirst()));

        world.delete(first);
        await("two pods, the deleted one not among them", () -> {
            List<ObjectNode> pods = world.all(Kinds.POD);
            return pods.size() == 2 && pods.stream().noneMatch(pod -> name(pod).equals(first.name()));
        });

        assertThat(world.find(first)).isEmpty();
    }

    private static String name(ObjectNode object) {
        return Json.string(object, "metadata", "name").orElseThrow();
    }

    @Test
    void deletingTheDeploymentDeletesAllThatItOwns() {
        rollOutWeb(3);

        world.delete(WEB);
        await(
                "nothing is left",
                () -> world.all(Kinds.REPLICA_SET).isEmpty()
                        && world.all(Kinds.POD).isEmpty());

        assertThat(world.find(WEB)).isEmpty();
    }

    @Test
    void serviceHasTheReadyPodsAsEndpoints() {
        rollOutWeb(3);
        world.create(Kinds.SERVICE, Json.parse("""
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
                 "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}}
                """));

        await("three endpoints", () -> readyEndpoints() == 3);
        await(
                "three addresses",
                () -> world.find(ref(Kinds.ENDPOINTS, "web"))
                        .filter(endpoints -> Json.items(endpoints, "subsets").stream()
                                        .mapToInt(subset ->
                                                Json.items(subset, "addresses").size())
                                        .sum()
                                == 3)
                        .isPresent());
        world.patch(WEB, "{\"spec\": {\"replicas\": 1}}");
        await("one endpoint", () -> readyEndpoints() == 1);
        world.delete(ref(Kinds.SERVICE, "web"));
        await(
                "no slices",
                () -> world.all(Kinds.ENDPOINT_SLICE).isEmpty()
                        && world.all(Kinds.ENDPOINTS).isEmpty());

        assertThat(world.all(Kinds.POD)).hasSize(1);
    }

    private long readyEndpoints() {
        return world.all(Kinds.ENDPOINT_SLICE).stream()
                .flatMap(slice -> Json.items(slice, "endpoints").stream())
                .map((JsonNode endpoint) -> endpoint.path("conditions").path("ready"))
                .filter(ready -> ready.asBoolean(false))
                .count();
    }

    @Test
    void deletingTheNamespaceEmptiesItFirst() {
        world.namespace("shop");
        world.api.create(Kinds.DEPLOYMENT, "shop", World.deployment("web", 3, "hello:1"), World.WRITE);
        await("three pods", () -> world.all(Kinds.POD).size() == 3);

        world.delete(new Ref(Kinds.NAMESPACE, "", "shop"));
        await(
                "the namespace is gone",
                () -> world.find(new Ref(Kinds.NAMESPACE, "", "shop")).isEmpty());

        assertThat(world.all(Kinds.POD)).isEmpty();
        assertThat(world.all(Kinds.DEPLOYMENT)).isEmpty();
        assertThat(world.all(Kinds.REPLICA_SET)).isEmpty();
    }

    @Test
    void podThatFitsNowhereSaysWhyAndIsPlacedWhenThereIsRoom() {
        ObjectNode large = World.deployment("large", 1, "hello:1");
        ((ObjectNode) Json.items(large, "spec", "template", "spec", "containers")
                        .getFirst())
                .putObject("resources")
                .putObject("requests")
                .put("cpu", "8");
        world.create(Kinds.DEPLOYMENT, large);

        String why = "0/3 nodes are available: 3 Insufficient cpu.";
        await(
                "the pod says why",
                () -> world.all(Kinds.POD).stream()
                        .flatMap(pod -> Json.items(pod, "status", "conditions").stream())
                        .anyMatch(condition ->
                                condition.path("message").asString("").equals(why)));
        await(
                "an event says why",
                () -> world.all(Kinds.EVENT).stream()
                        .anyMatch(event -> Json.string(event, "reason").equals(Optional.of("FailedScheduling"))
                                && Json.string(event, "message").equals(Optional.of(why))));
        ObjectNode big = HollowNodes.node("n4", InstantSource.system());
        Json.child(Json.child(big, "status"), "allocatable").put("cpu", "16");
        world.api.create(Kinds.NODE, "", big, World.WRITE);
        await("the pod is placed", () -> world.rolledOut(ref(Kinds.DEPLOYMENT, "large")));

        assertThat(world.all(Kinds.POD))
                .allMatch(pod -> Json.string(pod, "spec", "nodeName").equals(Optional.of("n4")));
    }

    @Test
    void podsOfADeletedNodeAreReplacedElsewhere() {
        rollOutWeb(3);
        nodes.kill("n1");

        world.delete(ref(Kinds.NODE, "n1"));
        // The deployment's status may be older than its pods.
        await(
                "three pods run on two nodes",
                () -> world.rolledOut(WEB)
                        && world.all(Kinds.POD).size() == 3
                        && world.all(Kinds.POD).stream()
                                .allMatch(pod -> Json.string(pod, "status", "phase")
                                                .equals(Optional.of("Running"))
                                        && !Json.string(pod, "spec", "nodeName").equals(Optional.of("n1"))));
    }

    @Test
    void theSecondLoopTakesOverWhenTheFirstResigns() {
        rollOutWeb(1);
        try (ControlLoop second =
                new ControlLoop("s2", world.kv, Kinds::builtIn, world.api, "CA", InstantSource.system())) {
            second.start();
            await("the second knows who leads", () -> second.leader().equals(Optional.of("s1")));

            loop.close();
            await("the second leads", () -> second.leader().equals(Optional.of("s2")));
            world.patch(WEB, "{\"spec\": {\"replicas\": 4}}");
            await("and works", () -> world.rolledOut(WEB));

            assertThat(world.all(Kinds.POD)).hasSize(4);
        }
    }

    @Test
    void noPodIsEverBoundTwice() throws InterruptedException {
        rollOutWeb(10);

        Set<String> bound = new HashSet<>();
        world.replay(image -> {
            for (ClusterObject object : image.all(Kinds.POD)) {
                Pod pod = Pod.of(object);
                if (!pod.nodeName().isEmpty()) {
                    bound.add(object.uid() + " " + pod.nodeName());
                }
            }
        });
        assertThat(bound).hasSize(10);
    }
}

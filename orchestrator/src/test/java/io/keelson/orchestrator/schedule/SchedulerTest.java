package io.keelson.orchestrator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Picture;
import io.keelson.orchestrator.view.Pod;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SchedulerTest {

    private static String node(String name, String spec, String ready) {
        return """
                {"apiVersion": "v1", "kind": "Node",
                 "metadata": {"name": "%s", "labels": {"kubernetes.io/hostname": "%s", "disk": "ssd", "rank": "%d",
                  "topology.kubernetes.io/zone": "z%d"}},
                 "spec": {%s}, "status": {"allocatable": {"cpu": "2", "memory": "4Gi", "pods": "10"},
                  "conditions": [{"type": "Ready", "status": "%s"}]}}
                """.formatted(name, name, name.charAt(1) - '0', (name.charAt(1) - '0') % 2, spec, ready);
    }

    private static String node(String name) {
        return node(name, "", "True");
    }

    private static String pod(String name, String spec) {
        return """
                {"apiVersion": "v1", "kind": "Pod",
                 "metadata": {"name": "%s", "labels": {"app": "web"}, "creationTimestamp": "2026-01-01T00:00:00Z",
                  "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "set", "uid": "uid-set", "controller": true}]},
                 "spec": {%s}}
                """.formatted(name, spec);
    }

    private static String asks(String cpu) {
        return "\"containers\": [{\"name\": \"c\", \"resources\": {\"requests\": {\"cpu\": \"" + cpu + "\"}}}]";
    }

    private static Map<String, String> plan(Picture picture) {
        return Scheduler.plan(picture.image(), picture.image().pending(Pod.DEFAULT_SCHEDULER)).stream()
                .collect(Collectors.toMap(
                        decision -> decision.pod().name(), SchedulerTest::text, (a, b) -> a, TreeMap::new));
    }

    private static String text(Decision decision) {
        return switch (decision) {
            case Decision.Place place -> place.node();
            case Decision.Wait wait -> wait.message();
        };
    }

    @Test
    void podsOfOneOwnerSpreadOverTheNodesAndSeeEachOther() {
        Picture picture = Picture.empty().with(node("n1")).with(node("n2")).with(node("n3"));
        for (int i = 0; i < 6; i++) {
            picture.with(pod("p" + i, asks("100m")));
        }

        assertThat(plan(picture).values().stream().collect(Collectors.groupingBy(each -> each, Collectors.counting())))
                .isEqualTo(Map.of("n1", 2L, "n2", 2L, "n3", 2L));
    }

    @Test
    void aPlanNeverGivesMoreThanThereIs() {
        Picture picture = Picture.empty().with(node("n1")).with(node("n2"));
        for (int i = 0; i < 5; i++) {
            picture.with(pod("p" + i, asks("1")));
        }

        assertThat(plan(picture).values().stream().filter(each -> each.startsWith("n")))
                .hasSize(4);
        assertThat(plan(picture)).containsEntry("p4", "0/2 nodes are available: 2 Insufficient cpu.");
    }

    @Test
    void boundPodsCountAndFinishedOnesDoNot() {
        Picture picture = Picture.empty()
                .with(node("n1"))
                .with(pod("running", "\"nodeName\": \"n1\"," + asks("1500m")))
                .with(pod("done", "\"nodeName\": \"n1\"," + asks("1500m"))
                        .replace("\"spec\"", "\"status\": {\"phase\": \"Succeeded\"}, \"spec\""))
                .with(pod("small", asks("500m")))
                .with(pod("large", asks("501m")));

        assertThat(plan(picture))
                .containsEntry("small", "n1")
                .containsEntry("large", "0/1 nodes are available: 1 Insufficient cpu.");
    }

    @Test
    void reasonsAreCountedAndSorted() {
        Picture picture = Picture.empty()
                .with(node(
                        "n1",
                        "\"taints\": [{\"key\": \"gpu\", \"value\": \"yes\", \"effect\": \"NoSchedule\"}]",
                        "True"))
                .with(node("n2", "\"unschedulable\": true", "True"))
                .with(node("n3", "", "Unknown"))
                .with(node("n4"))
                .with(pod("p", asks("3")));

        assertThat(plan(picture))
                .containsEntry(
                        "p",
                        "0/4 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {gpu: yes}, 1 node(s) had"
                                + " untolerated taint {node.kubernetes.io/not-ready: }, 1 node(s) were unschedulable.");
    }

    @Test
    void withoutNodesItSaysSo() {
        assertThat(plan(Picture.empty().with(pod("p", asks("1")))))
                .containsEntry("p", "no nodes available to schedule pods");
    }

    @Test
    void tolerationsOpenTaintedNodes() {
        Picture picture = Picture.empty()
                .with(node(
                        "n1",
                        "\"taints\": [{\"key\": \"gpu\", \"value\": \"yes\", \"effect\": \"NoSchedule\"}]",
                        "True"))
                .with(pod("equal", "\"tolerations\": [{\"key\": \"gpu\", \"value\": \"yes\"}]," + asks("0")))
                .with(pod("exists", "\"tolerations\": [{\"operator\": \"Exists\"}]," + asks("0")))
                .with(pod("other", "\"tolerations\": [{\"key\": \"gpu\", \"value\": \"no\"}]," + asks("0")));

        assertThat(plan(picture)).containsEntry("equal", "n1").containsEntry("exists", "n1");
        assertThat(plan(picture).get("other")).contains("untolerated taint {gpu: yes}");
    }

    @ParameterizedTest
    @CsvSource({
        "disk, In, ssd, true",
        "disk, In, hdd, false",
        "disk, NotIn, hdd, true",
        "color, NotIn, red, true",
        "disk, Exists, , true",
        "color, Exists, , false",
        "color, DoesNotExist, , true",
        "rank, Gt, 0, true",
        "rank, Gt, 1, false",
        "rank, Lt, 2, true",
        "disk, Lt, 2, false"
    })
    void requiredNodeAffinity(String key, String operator, String value, boolean fits) {
        String values = value == null ? "" : ", \"values\": [\"" + value + "\"]";
        String affinity = "\"affinity\": {\"nodeAffinity\": {\"requiredDuringSchedulingIgnoredDuringExecution\": {"
                + "\"nodeSelectorTerms\": [{\"matchExpressions\": [{\"key\": \"" + key + "\", \"operator\": \""
                + operator
                + "\"" + values + "}]}]}}},";
        Picture picture = Picture.empty().with(node("n1")).with(pod("p", affinity + asks("0")));

        assertThat(plan(picture).get("p"))
                .isEqualTo(
                        fits ? "n1" : "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.");
    }

    @Test
    void nodeSelectorAndHostPort() {
        Picture picture = Picture.empty()
                .with(node("n1"))
                .with(pod("no", "\"nodeSelector\": {\"disk\": \"hdd\"}," + asks("0")))
                .with(pod(
                        "p1",
                        "\"containers\": [{\"name\": \"c\", \"ports\": [{\"containerPort\": 80, \"hostPort\": 80}]}]"))
                .with(pod(
                        "p2",
                        "\"containers\": [{\"name\": \"c\", \"ports\": [{\"containerPort\": 81, \"hostPort\": 80}]}]"));

        assertThat(plan(picture))
                .containsEntry("p1", "n1")
                .containsEntry(
                        "p2", "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.");
        assertThat(plan(picture).get("no")).contains("node affinity/selector");
    }

    @Test
    void initContainersCountWhenTheyNeedMore() {
        Picture picture = Picture.empty()
                .with(node("n1"))
                .with(pod(
                        "p",
                        "\"initContainers\": [{\"name\": \"side\", \"restartPolicy\": \"Always\", \"resources\": {\"requests\": {\"cpu\":"
                                + " \"500m\"}}}, {\"name\": \"i\", \"resources\": {\"requests\": {\"cpu\": \"1600m\"}}}],"
                                + asks("1")));

        assertThat(plan(picture)).containsEntry("p", "0/1 nodes are available: 1 Insufficient cpu.");
    }

    @Test
    void antiAffinityHoldsBothWays() {
        String apart =
                "\"affinity\": {\"podAntiAffinity\": {\"requiredDuringSchedulingIgnoredDuringExecution\": [{\"topologyKey\":"
                        + " \"kubernetes.io/hostname\", \"labelSelector\": {\"matchLabels\": {\"app\": \"web\"}}}]}},";
        Picture picture = Picture.empty()
                .with(node("n1"))
                .with(node("n2"))
                .with(pod("a", apart + asks("0")))
                .with(pod("b", apart + asks("0")))
                .with(pod("c", apart + asks("0")))
                .with(pod("d", asks("0")));

        Map<String, String> plan = plan(picture);

        assertThat(List.of(plan.get("a"), plan.get("b"))).containsExactlyInAnyOrder("n1", "n2");
        assertThat(plan.get("c")).contains("2 node(s) didn't match pod anti-affinity rules");
        assertThat(plan.get("d")).contains("2 node(s) didn't satisfy existing pods anti-affinity rules");
    }

    @Test
    void affinityFollowsAndTheFirstMayBeginAnywhere() {
        String near =
                "\"affinity\": {\"podAffinity\": {\"requiredDuringSchedulingIgnoredDuringExecution\": [{\"topologyKey\":"
                        + " \"kubernetes.io/hostname\", \"labelSelector\": {\"matchLabels\": {\"app\": \"web\"}}}]}},";
        Picture picture = Picture.empty().with(node("n1")).with(node("n2")).with(node("n3"));
        for (int i = 0; i < 4; i++) {
            picture.with(pod("p" + i, near + asks("0")));
        }

        assertThat(plan(picture).values().stream().distinct()).hasSize(1).allMatch(each -> each.startsWith("n"));
    }

    @Test
    void topologySpreadKeepsTheSkew() {
        String spread =
                "\"topologySpreadConstraints\": [{\"maxSkew\": 1, \"topologyKey\": \"topology.kubernetes.io/zone\","
                        + " \"whenUnsatisfiable\": \"DoNotSchedule\", \"labelSelector\": {\"matchLabels\": {\"app\": \"web\"}}}],";
        // Zone z1 has n1 and n3, zone z0 has n2, which is closed to all but is counted as a domain.
        Picture picture = Picture.empty()
                .with(node("n1"))
                .with(node("n3"))
                .with(node("n2", "\"unschedulable\": true", "True"))
                .with(pod("a", spread + asks("0")))
                .with(pod("b", spread + asks("0")));

        assertThat(plan(picture).get("a")).startsWith("n");
        assertThat(plan(picture).get("b"))
                .isEqualTo(
                        "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match pod topology spread"
                                + " constraints.");
    }

    @Test
    void higherPriorityIsServedFirst() {
        Picture picture = Picture.empty()
                .with(node("n1"))
                .with(pod("a", asks("2")))
                .with(pod("b", "\"priority\": 100," + asks("2")));

        assertThat(plan(picture))
                .containsEntry("b", "n1")
                .containsEntry("a", "0/1 nodes are available: 1 Insufficient cpu.");
    }

    @Test
    void equalPicturesGiveEqualPlans() {
        Picture picture = Picture.empty().with(node("n1")).with(node("n2")).with(pod("p", asks("0")));
        ClusterObject pod = picture.image().get(Picture.ref(Kinds.POD, "p")).orElseThrow();

        assertThat(Scheduler.plan(picture.image(), List.of(pod)))
                .isEqualTo(Scheduler.plan(picture.image(), List.of(pod)));
    }
}

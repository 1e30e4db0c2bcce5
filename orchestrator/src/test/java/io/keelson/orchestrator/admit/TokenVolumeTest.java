package io.keelson.orchestrator.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Which pods get the volume with a token, and what is in it. */
class TokenVolumeTest {

    private static final String ACCOUNT = """
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "%s", "namespace": "ns"} %s}""";

    private static final Objects FACTS = Objects.with(
            ACCOUNT.formatted("default", ""), ACCOUNT.formatted("silent", ", \"automountServiceAccountToken\": false"));

    private static ObjectNode admitted(ObjectNode pod) {
        assertThat(FACTS.refusal(pod)).isEmpty();
        return pod;
    }

    private static ObjectNode pod(String spec, String container) {
        ObjectNode pod = Objects.pod(spec, container);
        Json.child(pod, "metadata").put("uid", UUID.randomUUID().toString());
        return pod;
    }

    private static List<String> volumes(ObjectNode pod) {
        return Json.items(pod, "spec", "volumes").stream()
                .map(volume -> volume.path("name").asString(""))
                .toList();
    }

    @Test
    void aPodGetsWhatKubernetesGivesIt() {
        ObjectNode pod = admitted(pod("\"initContainers\": [{\"name\": \"i\", \"image\": \"i\"}],", ""));
        String name = volumes(pod).getFirst();
        assertThat(name).matches("kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}");
        assertThat(pod.at("/spec/volumes/0/projected")).isEqualTo(Json.parse("""
                {"sources": [
                  {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                  {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
                  {"downwardAPI": {"items": [{"path": "namespace",
                    "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}}],
                 "defaultMode": 420}"""));
        JsonNode mounts = Json.parse("""
                {"is": [{"name": "%s", "readOnly": true, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]}""".formatted(name)).get("is");
        assertThat(pod.at("/spec/containers/0/volumeMounts")).isEqualTo(mounts);
        assertThat(pod.at("/spec/initContainers/0/volumeMounts")).isEqualTo(mounts);
    }

    /** Found by fuzz of requests, seed 70021, round 1793. */
    @Test
    void whatIsNoContainerIsLeftToThePodsOwnRules() {
        ObjectNode pod = pod("", "");
        Json.child(pod, "spec").putArray("containers").addNull();
        assertThat(volumes(admitted(pod))).isEmpty();
    }

    @Test
    void thePodDecidesBeforeItsAccountDoes() {
        assertThat(volumes(admitted(pod("\"serviceAccountName\": \"silent\",", ""))))
                .isEmpty();
        assertThat(volumes(admitted(pod("\"automountServiceAccountToken\": false,", ""))))
                .isEmpty();
        assertThat(volumes(admitted(
                        pod("\"serviceAccountName\": \"silent\", \"automountServiceAccountToken\": true,", ""))))
                .hasSize(1);
    }

    @Test
    void anAccountThatIsNotThereYetSaysNothing() {
        ObjectNode pod = pod("", "");
        assertThat(Objects.with().refusal(pod)).isEmpty();
        assertThat(volumes(pod)).hasSize(1);
    }

    @Test
    void whatIsMountedAtThePlaceAlreadyStays() {
        String own = ", \"volumeMounts\": [{\"name\": \"mine\","
                + " \"mountPath\": \"/var/run/secrets/kubernetes.io/serviceaccount\"}]";
        ObjectNode pod = admitted(pod("\"volumes\": [{\"name\": \"mine\", \"emptyDir\": {}}],", own));
        assertThat(volumes(pod)).containsExactly("mine");
        assertThat(Json.items(pod.at("/spec/containers/0"), "volumeMounts")).hasSize(1);
    }

    @Test
    void whoIsAskedTwiceAddsNothingMore() {
        ObjectNode pod = admitted(pod("", ""));
        ObjectNode once = pod.deepCopy();
        assertThat(admitted(pod)).isEqualTo(once);
    }

    @Test
    void aVolumeOfThisNameThatIsThereIsTaken() {
        ObjectNode pod = admitted(pod("\"volumes\": [{\"name\": \"kube-api-access-mine\", \"emptyDir\": {}}],", ""));
        assertThat(volumes(pod)).containsExactly("kube-api-access-mine");
        assertThat(pod.at("/spec/containers/0/volumeMounts/0/name").asString(""))
                .isEqualTo("kube-api-access-mine");
    }

    @Test
    void theNamesOfManyPodsDiffer() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            names.addAll(volumes(admitted(pod("", ""))));
        }
        assertThat(names).hasSizeGreaterThan(95);
    }

    @Test
    void aMirrorPodNamesNoAccountAndGetsNothing() {
        ObjectNode mirror = Objects.defaulted("""
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "ns",
                  "annotations": {"kubernetes.io/config.mirror": "x"}},
                 "spec": {%s "containers": [{"name": "c", "image": "i"}]}}
                """.formatted(""));
        assertThat(volumes(admitted(mirror))).isEmpty();
        String[][] refused = {
            {"serviceAccountName", "\"default\"", "a mirror pod may not reference service accounts"},
            {"imagePullSecrets", "[{\"name\": \"s\"}]", "a mirror pod may not reference secrets"},
            {
                "volumes",
                "[{\"name\": \"t\", \"projected\": {\"sources\": [{\"serviceAccountToken\": {\"path\": \"t\"}}]}}]",
                "a mirror pod may not use ServiceAccountToken volume projections"
            },
        };
        for (String[] row : refused) {
            ObjectNode pod = mirror.deepCopy();
            Json.child(pod, "spec").setAll(Json.parse("{\"%s\": %s}".formatted(row[0], row[1])));
            assertThat(FACTS.refusal(pod)).contains("pods \"p\" is forbidden: " + row[2]);
        }
    }
}

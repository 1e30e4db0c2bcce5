package io.keelson.orchestrator.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class LimitRangerTest {

    private static Objects range(String type, String limits) {
        return Objects.with("""
                {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "l", "namespace": "ns"},
                 "spec": {"limits": [{"type": "%s", %s}]}}
                """.formatted(type, limits));
    }

    private static ObjectNode pod(String resources) {
        return Objects.pod("", ", \"resources\": {" + resources.replace('\'', '"') + "}");
    }

    @Test
    void containersThatDoNotSayGetTheDefaultsAndThePodSaysSo() {
        Objects facts = range(
                "Container",
                "\"default\": {\"cpu\": \"1\", \"memory\": \"1Gi\"}, \"defaultRequest\": {\"cpu\": \"500m\"}");
        ObjectNode pod = pod("'limits': {'memory': '2Gi'}");
        assertThat(facts.refusal(pod)).isEmpty();
        assertThat(pod.at("/spec/containers/0/resources").toString())
                .isEqualTo("{\"limits\":{\"memory\":\"2Gi\",\"cpu\":\"1\"},"
                        + "\"requests\":{\"memory\":\"2Gi\",\"cpu\":\"500m\"}}");
        assertThat(Json.string(pod, "metadata", "annotations", "kubernetes.io/limit-ranger"))
                .contains("LimitRanger plugin set: cpu request for container c; cpu limit for container c");
        assertThat(Json.string(pod, "status", "qosClass")).contains("Burstable");
    }

    @Test
    void theLastOfSeveralRangesToFillInIsTold() {
        String range = """
                {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "%s", "namespace": "ns"},
                 "spec": {"limits": [{"type": "Container", "defaultRequest": {"%s": "1"}}]}}""";
        ObjectNode pod = Objects.pod("\"initContainers\": [{\"name\": \"i\", \"image\": \"i\"}],", "");
        Objects facts = Objects.with(range.formatted("a", "cpu"), range.formatted("b", "memory"));
        assertThat(facts.refusal(pod)).isEmpty();
        assertThat(Json.string(pod, "metadata", "annotations", "kubernetes.io/limit-ranger"))
                .contains(
                        "LimitRanger plugin set: memory request for container c; memory request for init container i");
        assertThat(pod.at("/spec/containers/0/resources/requests").toString())
                .isEqualTo("{\"cpu\":\"1\",\"memory\":\"1\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'min': {'cpu': '100m'} | | minimum cpu usage per Container is 100m.  No request is specified",
                "'min': {'cpu': '100m'} | 'requests': {'cpu': '50m'} |"
                        + " minimum cpu usage per Container is 100m, but request is 50m",
                "'max': {'memory': '1Gi'} | 'limits': {'memory': '2Gi'} |"
                        + " maximum memory usage per Container is 1Gi, but limit is 2Gi",
                "'max': {'memory': '1Gi'} | 'requests': {'memory': '1Mi'} |"
                        + " maximum memory usage per Container is 1Gi.  No limit is specified",
                "'maxLimitRequestRatio': {'cpu': '2'} | 'requests': {'cpu': '500m'}, 'limits': {'cpu': '2'} |"
                        + " cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000",
                "'max': {'cpu': '1', 'memory': '1Gi'} | 'limits': {'cpu': '2', 'memory': '2Gi'} |"
                        + " [maximum cpu usage per Container is 1, but limit is 2,"
                        + " maximum memory usage per Container is 1Gi, but limit is 2Gi]"
            })
    void whatIsOutOfBoundsIsRefusedInKubernetesWords(String limits, String resources, String message) {
        Objects facts = range("Container", limits.replace('\'', '"'));
        assertThat(facts.refusal(pod(resources == null ? "" : resources)))
                .contains("pods \"p\" is forbidden: " + message);
    }

    @Test
    void aPodIsBoundedAsAWhole() {
        Objects facts = range("Pod", "\"max\": {\"cpu\": \"1\"}");
        assertThat(facts.refusal(pod("'limits': {'cpu': '1500m'}")))
                .contains("pods \"p\" is forbidden: maximum cpu usage per Pod is 1, but limit is 1500m");
        assertThat(facts.refusal(pod("'limits': {'cpu': '1'}"))).isEmpty();
    }

    @Test
    void claimsAreBoundedByWhatTheyRequest() {
        Objects facts =
                range("PersistentVolumeClaim", "\"min\": {\"storage\": \"1Gi\"}, \"max\": {\"storage\": \"2Gi\"}");
        assertThat(facts.refusal(claim("3Gi")))
                .contains(
                        "persistentvolumeclaims \"c\" is forbidden: maximum storage usage per PersistentVolumeClaim is"
                                + " 2Gi, but request is 3Gi");
        assertThat(facts.refusal(claim("2Gi"))).isEmpty();
    }

    @Test
    void whatIsBeingDeletedIsBoundedNoMore() {
        Objects facts = range("PersistentVolumeClaim", "\"max\": {\"storage\": \"2Gi\"}");
        ObjectNode large = claim("3Gi");
        assertThat(new LimitRanger()
                        .validate(Objects.update(large, large), facts)
                        .refusal())
                .isPresent();
        ObjectNode ends = large.deepCopy();
        Json.child(ends, "metadata").put("deletionTimestamp", "2026-01-01T00:00:00Z");
        assertThat(new LimitRanger().validate(Objects.update(ends, ends), facts).refusal())
                .isEmpty();
    }

    private static ObjectNode claim(String storage) {
        return Objects.defaulted("""
                {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c", "namespace": "ns"},
                 "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "%s"}}}}
                """.formatted(storage));
    }
}

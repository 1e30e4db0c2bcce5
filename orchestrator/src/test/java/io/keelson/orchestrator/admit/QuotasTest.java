package io.keelson.orchestrator.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class QuotasTest {

    private static ObjectNode quota(String hard, String used, String more) {
        return Json.parse("""
                {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q", "namespace": "ns"},
                 "spec": {"hard": {%s} %s}, "status": {"hard": {%s}, "used": {%s}}}
                """.formatted(hard, more, hard, used).replace('\'', '"'));
    }

    private static ObjectNode pod(String resources) {
        return Objects.pod("", ", \"resources\": {" + resources.replace('\'', '"') + "}");
    }

    private static Quotas.Result judge(ObjectNode pod, ObjectNode quota) {
        return Quotas.judge(Objects.create(pod), List.of(quota));
    }

    private static String refusal(Quotas.Result result) {
        assertThat(result).isInstanceOf(Quotas.Result.Exceeded.class);
        return ((Quotas.Result.Exceeded) result).rejection().message();
    }

    private static String used(Quotas.Result result) {
        assertThat(result).isInstanceOf(Quotas.Result.Within.class);
        return ((Quotas.Result.Within) result)
                .charged()
                .getFirst()
                .at("/status/used")
                .toString();
    }

    @Test
    void whatFitsIsAddedToWhatIsUsed() {
        ObjectNode quota = quota(
                "'pods': '2', 'requests.memory': '1Gi', 'limits.cpu': '3'",
                "'pods': '1', 'requests.memory': '0', 'limits.cpu': '500m'",
                "");
        ObjectNode pod = pod("'requests': {'memory': '512Mi'}, 'limits': {'cpu': '1'}");
        assertThat(used(judge(pod, quota)))
                .isEqualTo("{\"limits.cpu\":\"1500m\",\"pods\":\"2\",\"requests.memory\":\"512Mi\"}");
    }

    @Test
    void whatDoesNotFitIsRefusedInKubernetesWords() {
        ObjectNode quota = quota("'pods': '5', 'cpu': '2'", "'pods': '1', 'cpu': '1500m'", "");
        assertThat(refusal(judge(pod("'requests': {'cpu': '1'}"), quota)))
                .isEqualTo(
                        "pods \"p\" is forbidden: exceeded quota: q, requested: cpu=1, used: cpu=1500m, limited: cpu=2");
    }

    @Test
    void aQuotaOnComputeAsksOfEveryContainerWhatItNeeds() {
        ObjectNode quota = quota("'limits.cpu': '2', 'memory': '1Gi'", "'limits.cpu': '0', 'memory': '0'", "");
        assertThat(refusal(judge(pod(""), quota)))
                .isEqualTo("pods \"p\" is forbidden: failed quota: q: must specify limits.cpu for: c; memory for: c");
    }

    @Test
    void aQuotaThatIsNotCountedYetAdmitsNothing() {
        ObjectNode quota = quota("'pods': '2'", "", "");
        assertThat(refusal(judge(pod(""), quota)))
                .isEqualTo("pods \"p\" is forbidden: status unknown for quota: q, resources: pods");
    }

    @Test
    void aQuotaWithScopesCountsOnlyPodsInAllOfThem() {
        ObjectNode bestEffort = quota("'pods': '0'", "'pods': '0'", ", 'scopes': ['BestEffort']");
        assertThat(judge(pod(""), bestEffort)).isInstanceOf(Quotas.Result.Exceeded.class);
        assertThat(judge(pod("'requests': {'cpu': '1'}"), bestEffort)).isEqualTo(new Quotas.Result.Within(List.of()));
        ObjectNode high = quota(
                "'pods': '0'",
                "'pods': '0'",
                ", 'scopeSelector': {'matchExpressions': [{'scopeName': 'PriorityClass', 'operator': 'In', 'values': ['high']}]}");
        assertThat(judge(pod(""), high)).isEqualTo(new Quotas.Result.Within(List.of()));
        ObjectNode important = Objects.pod("\"priorityClassName\": \"high\",", "");
        assertThat(judge(important, high)).isInstanceOf(Quotas.Result.Exceeded.class);
    }

    @Test
    void objectsCountByTheirKindAndServicesByTheirPorts() {
        ObjectNode map =
                Json.parse("{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"m\"}}");
        assertThat(Usage.of(Kinds.CONFIG_MAP, map)).hasToString("configmaps=1,count/configmaps=1");
        ObjectNode service = Json.parse("""
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
                 "spec": {"type": "LoadBalancer", "ports": [{"port": 1}, {"port": 2}]}}
                """);
        assertThat(Usage.of(Kinds.SERVICE, service))
                .hasToString("count/services=1,services=1,services.loadbalancers=1,services.nodeports=2");
        assertThat(Usage.of(Kinds.DEPLOYMENT, Json.object())).hasToString("count/deployments.apps=1");
    }

    @Test
    void anUpdateThatNeedsNoMoreIsNotAQuestionOfQuotas() {
        ObjectNode before = pod("'requests': {'cpu': '1'}");
        assertThat(Quotas.concerns(Objects.update(before, before))).isFalse();
        assertThat(Quotas.concerns(Objects.update(pod("'requests': {'cpu': '500m'}"), before)))
                .isTrue();
    }

    @Test
    void theStatusIsCountedAnewFromWhatIsThere() {
        ObjectNode quota = quota("'pods': '5', 'requests.memory': '1Gi'", "", "");
        ObjectNode over = pod("'requests': {'memory': '1Mi'}");
        Json.child(over, "status").put("phase", "Succeeded");
        ObjectNode status = Quotas.status(
                quota,
                Stream.of(pod("'requests': {'memory': '256Mi'}"), pod("'requests': {'memory': '256Mi'}"), over)
                        .map(each -> new Quotas.Counted(Kinds.POD, each)));
        assertThat(status.path("used").toString()).isEqualTo("{\"pods\":\"2\",\"requests.memory\":\"512Mi\"}");
    }
}

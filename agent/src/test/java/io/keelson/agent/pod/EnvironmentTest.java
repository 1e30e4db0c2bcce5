package io.keelson.agent.pod;

import static io.keelson.agent.pod.TestPod.NODE;
import static io.keelson.agent.pod.TestPod.desired;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class EnvironmentTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final Sources SOURCES = new Sources(
            Map.of(
                    "default/c",
                    JSON.readValue(
                            "{\"metadata\":{\"name\":\"c\"},\"data\":{\"k\":\"v\",\"a.b\":\"dot\"},\"binaryData\":{\"bin\":\"/w==\"}}",
                            ConfigMap.class)),
            Map.of(
                    "default/s",
                    JSON.readValue("{\"metadata\":{\"name\":\"s\"},\"data\":{\"p\":\"c2VjcmV0\"}}", Secret.class)),
            List.of(
                    service("default", "my-db", "10.96.0.7", "[{\"name\":\"sql\",\"port\":5432}]"),
                    service("other", "hidden", "10.96.0.8", "[{\"port\":1}]"),
                    service("default", "kubernetes", "10.96.0.1", "[{\"name\":\"https\",\"port\":443}]"),
                    service("default", "headless", "None", "[{\"port\":1}]")));

    private static Service service(String namespace, String name, String ip, String ports) {
        return JSON.readValue(
                "{\"metadata\":{\"namespace\":\"%s\",\"name\":\"%s\"},\"spec\":{\"clusterIP\":\"%s\",\"ports\":%s}}"
                        .formatted(namespace, name, ip, ports),
                Service.class);
    }

    private static Map<String, String> resolve(String container) throws ConfigProblem {
        var pod = desired(
                "\"labels\":{\"app\":\"x\"},\"annotations\":{\"n/a\":\"y\"}",
                "{\"nodeName\":\"n1\",\"serviceAccountName\":\"sa\",\"containers\":[{\"name\":\"a\",\"image\":\"i\","
                        + container + "}]}",
                "{}");
        return Environment.of(pod, TestPod.container(pod, "a"), SOURCES, NODE, "10.244.1.5");
    }

    private static Map<String, String> env(String variables) throws ConfigProblem {
        return resolve("\"env\":[" + variables + "]");
    }

    @Test
    void valuesMayNameEarlierOnes() throws ConfigProblem {
        var env = env(
                "{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\",\"value\":\"$(A)$(LATER)$$(A)\"},{\"name\":\"LATER\",\"value\":\"2\"}");
        assertThat(env).containsEntry("B", "1$(LATER)$(A)");
    }

    @Test
    void comeFromConfigMapsAndSecrets() throws ConfigProblem {
        var env = env("""
                {"name":"A","valueFrom":{"configMapKeyRef":{"name":"c","key":"k"}}},
                {"name":"B","valueFrom":{"secretKeyRef":{"name":"s","key":"p"}}},
                {"name":"C","valueFrom":{"configMapKeyRef":{"name":"none","key":"k","optional":true}}},
                {"name":"D","valueFrom":{"configMapKeyRef":{"name":"c","key":"none","optional":true}}}""");
        assertThat(env).containsEntry("A", "v").containsEntry("B", "secret").doesNotContainKeys("C", "D");
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() ->
                        env("{\"name\":\"A\",\"valueFrom\":{\"configMapKeyRef\":{\"name\":\"none\",\"key\":\"k\"}}}"))
                .hasMessage("configmap \"none\" not found");
        assertThatThrownBy(() ->
                        env("{\"name\":\"A\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"none\",\"key\":\"k\"}}}"))
                .hasMessage("secret \"none\" not found");
        assertThatThrownBy(() ->
                        env("{\"name\":\"A\",\"valueFrom\":{\"configMapKeyRef\":{\"name\":\"c\",\"key\":\"z\"}}}"))
                .hasMessage("couldn't find key z in ConfigMap default/c");
        assertThatThrownBy(() ->
                        env("{\"name\":\"A\",\"valueFrom\":{\"configMapKeyRef\":{\"name\":\"c\",\"key\":\"bin\"}}}"))
                .hasMessageContaining("is not UTF-8 text");
        assertThatThrownBy(() -> resolve("\"envFrom\":[{\"secretRef\":{\"name\":\"gone\"}}]"))
                .hasMessage("secret \"gone\" not found");
    }

    @Test
    void wholeObjectsComeWithPrefixAndAreOverridden() throws ConfigProblem {
        var env = resolve(
                "\"envFrom\":[{\"prefix\":\"P_\",\"configMapRef\":{\"name\":\"c\"}}],\"env\":[{\"name\":\"P_k\",\"value\":\"own\"}]");
        assertThat(env)
                .containsEntry("P_k", "own")
                .containsEntry("P_a.b", "dot")
                .doesNotContainKey("P_bin");
    }

    @Test
    void fieldsOfThePod() throws ConfigProblem {
        String[][] table = {
            {"metadata.name", "web"},
            {"metadata.namespace", "default"},
            {"metadata.uid", "u1"},
            {"metadata.labels['app']", "x"},
            {"metadata.annotations['n/a']", "y"},
            {"metadata.labels['none']", ""},
            {"spec.nodeName", "n1"},
            {"spec.serviceAccountName", "sa"},
            {"status.podIP", "10.244.1.5"},
            {"status.hostIP", "192.168.0.1"},
        };
        for (var row : table) {
            var env = env("{\"name\":\"F\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"" + row[0] + "\"}}}");
            assertThat(env).as(row[0]).containsEntry("F", row[1]);
        }
        assertThatThrownBy(() -> env("{\"name\":\"F\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"spec.x\"}}}"))
                .hasMessageContaining("\"spec.x\" is not supported");
    }

    @Test
    void resourcesOfTheContainerOrTheNode() throws ConfigProblem {
        String[][] table = {
            {"limits.cpu", "0", "1"},
            {"limits.cpu", "1m", "250"},
            {"requests.memory", "1Mi", "64"},
            {"limits.memory", "1Gi", "8"},
            {"requests.cpu", "1m", "0"},
        };
        for (var row : table) {
            var env = resolve(
                    "\"resources\":{\"limits\":{\"cpu\":\"250m\"},\"requests\":{\"memory\":\"64Mi\"}},\"env\":[{\"name\":\"R\",\"valueFrom\":"
                            + "{\"resourceFieldRef\":{\"resource\":\"" + row[0] + "\",\"divisor\":\"" + row[1]
                            + "\"}}}]");
            assertThat(env).as(row[0] + "/" + row[1]).containsEntry("R", row[2]);
        }
    }

    @Test
    void servicesOfTheNamespaceAreThere() throws ConfigProblem {
        assertThat(env(""))
                .containsEntry("MY_DB_SERVICE_HOST", "10.96.0.7")
                .containsEntry("MY_DB_SERVICE_PORT", "5432")
                .containsEntry("MY_DB_SERVICE_PORT_SQL", "5432")
                .containsEntry("MY_DB_PORT", "tcp://10.96.0.7:5432")
                .containsEntry("MY_DB_PORT_5432_TCP_ADDR", "10.96.0.7")
                .containsEntry("KUBERNETES_SERVICE_HOST", "10.96.0.1")
                .doesNotContainKeys("HIDDEN_SERVICE_HOST", "HEADLESS_SERVICE_HOST");
    }

    @Test
    void serviceLinksCanBeTurnedOffButKubernetesStays() throws ConfigProblem {
        var pod = desired("{\"enableServiceLinks\":false,\"containers\":[{\"name\":\"a\",\"image\":\"i\"}]}");
        var env = Environment.of(pod, TestPod.container(pod, "a"), SOURCES, NODE, "");
        assertThat(env).containsKey("KUBERNETES_SERVICE_HOST").doesNotContainKey("MY_DB_SERVICE_HOST");
    }

    @Test
    void expansionFollowsKubernetesRules() {
        String[][] table = {
            {"$(A)", "1"},
            {"$$(A)", "$(A)"},
            {"$$$(A)", "$1"},
            {"$(B)", "$(B)"},
            {"$A", "$A"},
            {"$(A", "$(A"},
            {"a$", "a$"},
            {"$()", "$()"},
            {"x$(A)y$(A)", "x1y1"},
            {"", ""},
        };
        for (var row : table) {
            assertThat(Expansion.expand(row[0], Map.of("A", "1"))).as(row[0]).isEqualTo(row[1]);
        }
    }
}

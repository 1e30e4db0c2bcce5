package io.keelson.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.keelson.agent.pod.DesiredPod;
import io.keelson.agent.pod.NodeFacts;
import io.keelson.agent.pod.Sources;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class PodVolumesTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final NodeFacts NODE = new NodeFacts("n1", "192.168.0.1", BigDecimal.ONE, 1, 1);

    @TempDir
    Path directory;

    private static Sources sources(String configData) {
        return new Sources(
                Map.of("default/c", JSON.readValue("{\"metadata\":{},\"data\":" + configData + "}", ConfigMap.class)),
                Map.of("default/s", JSON.readValue("{\"metadata\":{},\"data\":{\"k\":\"c2VjcmV0\"}}", Secret.class)),
                List.of());
    }

    private static DesiredPod pod(String volume, String mount) {
        return new DesiredPod(JSON.readValue("""
                {"metadata":{"name":"p","namespace":"default","uid":"u","labels":{"a":"b"}},
                 "spec":{"hostAliases":[{"ip":"1.2.3.4","hostnames":["x","y"]}],
                  "volumes":[{"name":"v",%s}],"containers":[{"name":"c","image":"i","volumeMounts":[{"name":"v","mountPath":"/m"%s}]}]}}""".formatted(volume, mount), Pod.class));
    }

    private Path prepare(String volume, Sources sources) throws VolumeProblem {
        var path = new PodVolumes(directory, PodTokens.NONE)
                .prepare(pod(volume, ""), sources, NODE)
                .get("v");
        return Objects.requireNonNull(path);
    }

    @Test
    void aConfigMapBecomesFiles() throws Exception {
        var path = prepare("\"configMap\":{\"name\":\"c\",\"defaultMode\":256}", sources("{\"a\":\"1\",\"b\":\"2\"}"));
        assertThat(path.resolve("a")).hasContent("1");
        assertThat(path.resolve("b")).hasContent("2");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve("a"))))
                .isEqualTo("r--------");
    }

    @Test
    void filesChangeTogetherAndVanish() throws Exception {
        var path = prepare("\"configMap\":{\"name\":\"c\"}", sources("{\"a\":\"1\",\"b\":\"2\"}"));
        var before = path.resolve("..data").toRealPath();
        prepare("\"configMap\":{\"name\":\"c\"}", sources("{\"a\":\"1\",\"b\":\"2\"}"));
        assertThat(path.resolve("..data").toRealPath()).isEqualTo(before);
        prepare("\"configMap\":{\"name\":\"c\"}", sources("{\"a\":\"new\"}"));
        assertThat(path.resolve("a")).hasContent("new");
        assertThat(path.resolve("b")).doesNotExist();
        assertThat(before).doesNotExist();
    }

    @Test
    void itemsChooseAndPlaceKeys() throws Exception {
        var path = prepare(
                "\"secret\":{\"secretName\":\"s\",\"items\":[{\"key\":\"k\",\"path\":\"deep/er/k\",\"mode\":384}]}",
                sources("{}"));
        assertThat(path.resolve("deep/er/k")).hasContent("secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve("deep/er/k"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aProjectedVolumeJoinsItsSources() throws Exception {
        var path = prepare("""
                "projected":{"sources":[{"configMap":{"name":"c"}},{"secret":{"name":"s"}},
                  {"downwardAPI":{"items":[{"path":"labels","fieldRef":{"fieldPath":"metadata.labels"}}]}}]}""", sources("{\"a\":\"1\"}"));
        assertThat(path.resolve("a")).hasContent("1");
        assertThat(path.resolve("k")).hasContent("secret");
        assertThat(path.resolve("labels")).hasContent("a=\"b\"");
    }

    @Test
    void whatCannotBeMadeNamesVolumeAndReason() {
        String[][] table = {
            {"\"configMap\":{\"name\":\"none\"}", "volume \"v\" : configmap \"none\" not found"},
            {"\"secret\":{\"secretName\":\"none\"}", "volume \"v\" : secret \"none\" not found"},
            {
                "\"configMap\":{\"name\":\"c\",\"items\":[{\"key\":\"z\",\"path\":\"z\"}]}",
                "references non-existent configmap key: z"
            },
            {"\"configMap\":{\"name\":\"c\",\"items\":[{\"key\":\"a\",\"path\":\"../z\"}]}", "must not contain \"..\""},
            {"\"persistentVolumeClaim\":{\"claimName\":\"x\"}", "kind persistentVolumeClaim are not supported"},
            {"\"nfs\":{\"server\":\"x\",\"path\":\"/\"}", "kind nfs are not supported"},
            {"\"hostPath\":{\"path\":\"/nowhere\",\"type\":\"Directory\"}", "/nowhere is not a directory"},
            {
                "\"projected\":{\"sources\":[{\"clusterTrustBundle\":{\"path\":\"t\"}}]}",
                "clusterTrustBundle is not supported"
            },
        };
        for (var row : table) {
            assertThatThrownBy(() -> prepare(row[0], sources("{\"a\":\"1\"}")))
                    .as(row[0])
                    .hasMessageContaining(row[1]);
        }
    }

    @Test
    void optionalOnesMayLack() throws Exception {
        assertThat(prepare("\"configMap\":{\"name\":\"none\",\"optional\":true}", sources("{}")))
                .isDirectory();
    }

    @Test
    void emptyDirStaysUntilThePodGoes() throws Exception {
        var path = prepare("\"emptyDir\":{}", sources("{}"));
        Files.writeString(path.resolve("f"), "kept");
        assertThat(prepare("\"emptyDir\":{}", sources("{}")).resolve("f")).hasContent("kept");
        new PodVolumes(directory, PodTokens.NONE).remove("u");
        assertThat(directory.resolve("u")).doesNotExist();
    }

    @Test
    void removingFollowsNoLinks() throws Exception {
        var precious = Files.writeString(directory.resolve("precious"), "x");
        var path = prepare("\"emptyDir\":{}", sources("{}"));
        Files.createSymbolicLink(path.resolve("link"), directory);
        new PodVolumes(directory, PodTokens.NONE).remove("u");
        assertThat(precious).hasContent("x");
    }

    @Test
    void mountsLeadToTheVolumeHostsFileAndMessage() throws Exception {
        var volumes = new PodVolumes(directory, PodTokens.NONE);
        var pod = pod("\"configMap\":{\"name\":\"c\"}", ",\"subPath\":\"a\",\"readOnly\":true");
        var paths = volumes.prepare(pod, sources("{\"a\":\"1\"}"), NODE);
        var mounts = volumes.mounts(pod, pod.containers().getFirst(), 0, paths, Map.of(), "10.0.0.9");
        assertThat(mounts.get(0).hostPath()).hasContent("1");
        assertThat(mounts.get(0).readOnly()).isTrue();
        assertThat(mounts.get(1).containerPath()).isEqualTo("/etc/hosts");
        assertThat(Files.readString(mounts.get(1).hostPath()))
                .contains("10.0.0.9\tp\n", "1.2.3.4\tx\ty\n", "127.0.0.1\tlocalhost\n");
        assertThat(mounts.get(2).containerPath()).isEqualTo("/dev/termination-log");
        Files.writeString(mounts.get(2).hostPath(), "that was it");
        assertThat(volumes.terminationMessage("u", "c", 0)).isEqualTo("that was it");
    }

    @Test
    void aSubPathCannotLeadOut() throws VolumeProblem, IOException {
        var volumes = new PodVolumes(directory, PodTokens.NONE);
        var outside = pod("\"emptyDir\":{}", ",\"subPath\":\"../x\"");
        var paths = volumes.prepare(outside, sources("{}"), NODE);
        assertThatThrownBy(() -> volumes.mounts(outside, outside.containers().getFirst(), 0, paths, Map.of(), ""))
                .hasMessageContaining("must stay within the volume");
        var linked = pod("\"emptyDir\":{}", ",\"subPath\":\"link\"");
        var path = Objects.requireNonNull(paths.get("v"));
        Files.createSymbolicLink(path.resolve("link"), Path.of("/"));
        assertThatThrownBy(() -> volumes.mounts(linked, linked.containers().getFirst(), 0, paths, Map.of(), ""))
                .hasMessageContaining("leads out of the volume");
    }

    @Test
    void aTokenIsAFileBesideOthers() throws Exception {
        PodTokens tokens = (pod, wanted) ->
                pod.id().name() + " for " + wanted.getAudience() + ", " + wanted.getExpirationSeconds() + " s";
        var projected = """
                "projected":{"defaultMode":256,"sources":[{"serviceAccountToken":{"path":"token","audience":"vault","expirationSeconds":600}},
                 {"configMap":{"name":"c","items":[{"key":"ca.crt","path":"ca.crt"}]}},
                 {"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"fieldPath":"metadata.namespace"}}]}}]}""";
        var path = Objects.requireNonNull(new PodVolumes(directory, tokens)
                .prepare(pod(projected, ""), sources("{\"ca.crt\":\"pem\"}"), NODE)
                .get("v"));
        assertThat(path.resolve("token")).hasContent("p for vault, 600 s");
        assertThat(path.resolve("ca.crt")).hasContent("pem");
        assertThat(path.resolve("namespace")).hasContent("default");
        assertThatThrownBy(() -> prepare(projected, sources("{\"ca.crt\":\"pem\"}")))
                .hasMessage("MountVolume.SetUp failed for volume \"v\" : there is nobody to ask for tokens");
    }
}

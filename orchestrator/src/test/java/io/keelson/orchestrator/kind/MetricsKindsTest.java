package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class MetricsKindsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static String cells(Kind kind, String json) {
        return Tables.row(kind, Json.parse(json.replace('\'', '"')), NOW)
                .get("cells")
                .toString();
    }

    @Test
    void amountsAreInTheLargestUnitInWhichTheyAreWhole() {
        assertThat(List.of(0L, 1L, 1_000L, 250_000_000L, 3_000_000_000L, 179_371_019L))
                .map(MetricsKinds::cores)
                .containsExactly("0", "1n", "1u", "250m", "3", "179371019n");
        assertThat(List.of(0L, 1023L, 1024L, 1536L * 1024, 2L << 20, 3L << 30, 1L << 40))
                .map(MetricsKinds::bytes)
                .containsExactly("0", "0", "1Ki", "1536Ki", "2Mi", "3Gi", "1Ti");
        assertThat(List.of(0L, 500L, 10_052L, 15_000L, 60_500L, 120_000L))
                .map(MetricsKinds::duration)
                .containsExactly("0s", "0.5s", "10.052s", "15s", "1m0.5s", "2m0s");
    }

    @Test
    void aPodsRowIsTheSumOfItsContainers() {
        assertThat(cells(
                        MetricsKinds.POD,
                        "{'metadata':{'name':'p'},'window':'15s','containers':[{'name':'a','usage':{'cpu':'1500u','memory':'1Mi'}},"
                                + "{'name':'b','usage':{'cpu':'500000n','memory':'512Ki'}}]}"))
                .isEqualTo("[\"p\",\"2m\",\"1536Ki\",\"15s\"]");
        assertThat(cells(
                        MetricsKinds.NODE,
                        "{'metadata':{'name':'n'},'window':'15s','usage':{'cpu':'2','memory':'1Gi'}}"))
                .isEqualTo("[\"n\",\"2\",\"1Gi\",\"15s\"]");
    }

    @Test
    void theyAreDescribedAsOtherKindsAre() {
        ObjectNode document = Json.parse(OpenApi.of(Kinds.builtIn())
                .document("apis/metrics.k8s.io/v1beta1")
                .orElseThrow());
        assertThat(document.path("paths").propertyNames())
                .containsExactlyInAnyOrder(
                        "/apis/metrics.k8s.io/v1beta1/nodes",
                        "/apis/metrics.k8s.io/v1beta1/nodes/{name}",
                        "/apis/metrics.k8s.io/v1beta1/pods",
                        "/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods",
                        "/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods/{name}");
        JsonNode schemas = document.path("components").path("schemas");
        JsonNode pod = schemas.path("io.k8s.metrics.pkg.apis.metrics.v1beta1.PodMetrics");
        assertThat(pod.path("x-kubernetes-group-version-kind")
                        .get(0)
                        .path("kind")
                        .asString(""))
                .isEqualTo("PodMetrics");
        assertThat(schemas.propertyNames())
                .contains(
                        "io.k8s.metrics.pkg.apis.metrics.v1beta1.NodeMetricsList",
                        "io.k8s.metrics.pkg.apis.metrics.v1beta1.ContainerMetrics",
                        "io.k8s.apimachinery.pkg.api.resource.Quantity",
                        "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
                        "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta");
        assertThat(new String(OpenApi.of(Kinds.builtIn()).index(), StandardCharsets.UTF_8))
                .contains("\"apis/metrics.k8s.io/v1beta1\"");
    }
}

package io.keelson.orchestrator.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class HoldingsTest {

    private static final Addresses SMALL = new Addresses(Cidr.parse("10.0.0.0/30"), Cidr.parse("10.1.0.0/23"));

    private static ObjectNode service(String spec) {
        return Json.parse("{\"metadata\":{\"name\":\"s\",\"namespace\":\"default\"},\"spec\":" + spec + "}");
    }

    private static ObjectNode filled(ObjectNode service, Set<String> taken) {
        assertThat(Holdings.fill(Kinds.SERVICE, service, taken, SMALL, new Random(1)))
                .isEmpty();
        return service;
    }

    @Test
    void everyServiceGetsAnAddressOfItsOwnUntilNoneIsLeft() {
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < 2; i++) {
            ObjectNode service = filled(service("{\"type\":\"ClusterIP\"}"), taken);
            assertThat(taken.addAll(Holdings.of(Kinds.SERVICE, service).keySet()))
                    .isTrue();
        }
        assertThat(taken)
                .containsExactlyInAnyOrder(
                        "/keelson/allocations/clusterips/10.0.0.1", "/keelson/allocations/clusterips/10.0.0.2");
        assertThat(Holdings.fill(Kinds.SERVICE, service("{\"type\":\"ClusterIP\"}"), taken, SMALL, new Random(1)))
                .get()
                .satisfies(rejection -> assertThat(rejection.message()).contains("10.0.0.0/30 is full"));
    }

    @Test
    void headlessAndExternalServicesHoldNothing() {
        assertThat(Holdings.of(Kinds.SERVICE, filled(service("{\"clusterIP\":\"None\"}"), Set.of())))
                .isEmpty();
        assertThat(Holdings.of(Kinds.SERVICE, filled(service("{\"type\":\"ExternalName\"}"), Set.of())))
                .isEmpty();
    }

    @Test
    void nodePortsAreGivenToPortsThatHaveNone() {
        ObjectNode service = filled(
                service("{\"type\":\"NodePort\",\"ports\":[{\"port\":1},{\"port\":2,\"nodePort\":30001},"
                        + "{\"port\":2,\"protocol\":\"UDP\"}]}"),
                Set.of());
        assertThat(Holdings.of(Kinds.SERVICE, service)).hasSize(4);
        assertThat(Json.items(service, "spec", "ports"))
                .allSatisfy(port ->
                        assertThat(Json.number(port, "nodePort").orElseThrow()).isBetween(30_000L, 32_767L));
    }

    @Test
    void whatTheUserChoseMustBeInRange() {
        ObjectNode outside = service("{\"clusterIP\":\"10.9.9.9\"}");
        assertThat(Holdings.fill(Kinds.SERVICE, outside, Set.of(), SMALL, new Random(1))
                        .orElseThrow()
                        .message())
                .contains("The range of valid IPs is 10.0.0.0/30");
        ObjectNode low = service("{\"type\":\"NodePort\",\"ports\":[{\"port\":1,\"nodePort\":80}]}");
        assertThat(Holdings.fill(Kinds.SERVICE, low, Set.of(), SMALL, new Random(1))
                        .orElseThrow()
                        .message())
                .contains("spec.ports[0].nodePort: Invalid value: 80")
                .contains("30000-32767");
    }

    @Test
    void nodesGetRangesOneAfterTheOther() {
        ObjectNode first = Json.parse("{\"metadata\":{\"name\":\"n1\"}}");
        assertThat(Holdings.fill(Kinds.NODE, first, Set.of(), SMALL, new Random(1)))
                .isEmpty();
        assertThat(Json.string(first, "spec", "podCIDR")).contains("10.1.0.0/24");
        ObjectNode second = Json.parse("{\"metadata\":{\"name\":\"n2\"}}");
        Set<String> taken = new HashSet<>(Holdings.of(Kinds.NODE, first).keySet());
        assertThat(Holdings.fill(Kinds.NODE, second, taken, SMALL, new Random(1)))
                .isEmpty();
        assertThat(Json.string(second, "spec", "podCIDR")).contains("10.1.1.0/24");
        taken.addAll(Holdings.of(Kinds.NODE, second).keySet());
        ObjectNode third = Json.parse("{\"metadata\":{\"name\":\"n3\"}}");
        assertThat(Holdings.fill(Kinds.NODE, third, taken, SMALL, new Random(1))
                        .orElseThrow()
                        .message())
                .contains("no range of pod addresses is left for node n3");
    }

    @Test
    void aRangeIsReadAndPrinted() {
        assertThat(Cidr.parse("10.96.0.0/16").toString()).isEqualTo("10.96.0.0/16");
        assertThat(Cidr.address(Cidr.parse("10.96.0.0/16").at(257))).isEqualTo("10.96.1.1");
        assertThat(catchThrowable(() -> Cidr.parse("10.96.0.1/16"))).hasMessageContaining("has bits after its prefix");
        assertThat(catchThrowable(() -> Cidr.parse("10.96.0.0"))).hasMessageContaining("is no range of addresses");
    }
}

package io.keelson.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.keelson.agent.proxy.ServiceTable.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ServiceTablesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static Service service(String name, String spec) {
        return JSON.readValue(
                "{\"metadata\":{\"namespace\":\"d\",\"name\":\"" + name + "\"},\"spec\":" + spec + "}", Service.class);
    }

    private static EndpointSlice slice(String service, String ports, String endpoints) {
        return JSON.readValue(
                "{\"metadata\":{\"namespace\":\"d\",\"name\":\"x\",\"labels\":{\"kubernetes.io/service-name\":\""
                        + service + "\"}},\"addressType\":\"IPv4\",\"ports\":" + ports + ",\"endpoints\":" + endpoints
                        + "}",
                EndpointSlice.class);
    }

    private static List<Endpoint> endpoints(String endpoints) {
        var table = ServiceTables.compute(
                List.of(service("s", "{\"clusterIP\":\"10.96.0.2\",\"ports\":[{\"port\":80}]}")),
                List.of(slice("s", "[{\"port\":8080}]", endpoints)),
                "n1");
        return table.services().getFirst().ports().getFirst().endpoints();
    }

    private static String endpoint(String ip, String node, String conditions) {
        return "{\"addresses\":[\"" + ip + "\"],\"nodeName\":\"" + node + "\",\"conditions\":" + conditions + "}";
    }

    @Test
    void readyEndpointsAreUsedAndTheirNodeIsKnown() {
        assertThat(endpoints(
                        "[" + endpoint("10.0.0.2", "n2", "{}") + "," + endpoint("10.0.0.1", "n1", "{\"ready\":true}")
                                + "," + endpoint("10.0.0.3", "n1", "{\"ready\":false}") + "]"))
                .containsExactly(new Endpoint("10.0.0.1", 8080, true), new Endpoint("10.0.0.2", 8080, false));
    }

    @Test
    void endingOnesThatStillServeAreTheLastResort() {
        var ending = endpoint("10.0.0.3", "n1", "{\"ready\":false,\"serving\":true,\"terminating\":true}");
        assertThat(endpoints("[" + ending + "]")).containsExactly(new Endpoint("10.0.0.3", 8080, true));
        assertThat(endpoints("[" + ending + "," + endpoint("10.0.0.1", "n1", "{\"ready\":true}") + "]"))
                .containsExactly(new Endpoint("10.0.0.1", 8080, true));
    }

    @Test
    void headlessAndExternalNamesAreNotRouted() {
        var table = ServiceTables.compute(
                List.of(
                        service("a", "{\"clusterIP\":\"None\",\"ports\":[{\"port\":80}]}"),
                        service("b", "{\"type\":\"ExternalName\",\"externalName\":\"x\"}"),
                        service("c", "{}")),
                List.of(),
                "n1");
        assertThat(table).isEqualTo(ServiceTable.EMPTY);
    }

    @Test
    void portsAreMatchedByName() {
        var table = ServiceTables.compute(
                List.of(service("s", """
                        {"clusterIP":"10.96.0.2","sessionAffinity":"ClientIP","externalTrafficPolicy":"Local",
                         "ports":[{"name":"a","port":80,"nodePort":30080},{"name":"b","port":53,"protocol":"UDP"}]}""")),
                List.of(slice("s", "[{\"name\":\"b\",\"port\":5353}]", "[" + endpoint("10.0.0.1", "n1", "{}") + "]")),
                "n1");
        var service = table.services().getFirst();
        assertThat(service.affinitySeconds()).contains(10_800);
        assertThat(service.externalLocal()).isTrue();
        assertThat(service.internalLocal()).isFalse();
        assertThat(service.ports().get(0).endpoints()).isEmpty();
        assertThat(service.ports().get(0).nodePort()).isEqualTo(30_080);
        assertThat(service.ports().get(1).protocol()).isEqualTo(ServiceTable.Protocol.UDP);
        assertThat(service.ports().get(1).endpoints()).containsExactly(new Endpoint("10.0.0.1", 5353, true));
    }

    @Test
    void numbersOfAddressesAreDecimalThoughTheyBeginWithZeros() {
        var table = ServiceTables.compute(
                List.of(
                        service(
                                "s",
                                "{\"clusterIP\":\"10.96.0.2\",\"externalIPs\":[\"010.1.02.3\",\"2001:db8::1\"],\"ports\":[{\"name\":\"a\",\"port\":80}]}")),
                List.of(slice("s", "[{\"name\":\"a\",\"port\":80}]", "[" + endpoint("10.0.010.1", "n1", "{}") + "]")),
                "n1");
        var service = table.services().getFirst();
        assertThat(service.externalIps()).containsExactly("10.1.2.3", "2001:db8::1");
        assertThat(service.ports().getFirst().endpoints()).containsExactly(new Endpoint("10.0.10.1", 80, true));
    }
}

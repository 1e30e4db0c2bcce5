package io.keelson.orchestrator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.store.MemoryKv;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service and its endpoints in, the address at which a server reaches it out. */
class ServiceAddressesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Api api =
            new Api(new MemoryKv(() -> NOW), Kinds::builtIn, Addresses.standard(), () -> NOW, new Random(7));

    private void create(Kind kind, String namespace, String object) {
        api.create(
                kind,
                namespace,
                Json.parse(object.replace('\'', '"')),
                WriteOptions.by(new User("admin", List.of("system:masters"))));
    }

    private Optional<InetSocketAddress> at(int port, int choice) {
        return ServiceAddresses.of(api, new Endpoint.Service("default", "hook", port), bound -> choice % bound);
    }

    @BeforeEach
    void service() {
        create(Kinds.NAMESPACE, "", "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'default'}}");
        create(
                Kinds.SERVICE,
                "default",
                "{'apiVersion':'v1','kind':'Service','metadata':{'name':'hook'},'spec':{'clusterIP':'10.96.7.7','ports':["
                        + "{'name':'web','port':80},{'name':'hooks','port':443,'targetPort':8443}]}}");
    }

    private void slice(String name, String endpoints) {
        create(
                Kinds.ENDPOINT_SLICE,
                "default",
                "{'apiVersion':'discovery.k8s.io/v1','kind':'EndpointSlice','metadata':{'name':'" + name
                        + "','labels':{'kubernetes.io/service-name':'hook'}},'addressType':'IPv4','endpoints':["
                        + endpoints
                        + "],'ports':[{'name':'web','port':8080},{'name':'hooks','port':8443}]}");
    }

    @Test
    void aReadyPodBehindItIsDialedAtItsOwnPort() {
        slice("a", "{'addresses':['10.244.0.5']},{'addresses':['10.244.0.6'],'conditions':{'ready':false}}");
        slice("b", "{'addresses':['10.244.1.7'],'conditions':{'ready':true}}");
        assertThat(at(443, 0)).contains(new InetSocketAddress("10.244.0.5", 8443));
        assertThat(at(443, 1)).contains(new InetSocketAddress("10.244.1.7", 8443));
        assertThat(at(443, 2)).contains(new InetSocketAddress("10.244.0.5", 8443));
        assertThat(at(80, 0)).contains(new InetSocketAddress("10.244.0.5", 8080));
    }

    @Test
    void withoutAReadyPodItIsTheClusterIp() {
        slice("a", "{'addresses':['10.244.0.6'],'conditions':{'ready':false}}");
        assertThat(at(443, 0)).contains(new InetSocketAddress("10.96.7.7", 443));
    }

    @Test
    void aPortOrAServiceThatIsNotThereIsNowhere() {
        slice("a", "{'addresses':['10.244.0.5']}");
        assertThat(at(8443, 0)).as("a target port is no port of the service").isEmpty();
        assertThat(ServiceAddresses.of(api, new Endpoint.Service("default", "other", 443)))
                .isEmpty();
    }
}

package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What secrets of a type must have, and slices of a family. */
class ConfigFormsTest {

    private static List<String> problems(Kind kind, String json) {
        ObjectNode object = Json.parse(json.replace('\'', '"'));
        Causes causes = new Causes();
        kind.strategy().check().check(Optional.empty(), object, causes);
        return causes.found().stream().map(Cause::toString).toList();
    }

    private static List<String> secret(String type, String more) {
        return problems(
                Kinds.builtIn().byResource("", "v1", "secrets").orElseThrow(),
                "{'metadata':{'name':'s'" + (more.startsWith("'annotations'") ? "," + more : "")
                        + "},'type':'kubernetes.io/" + type + "'" + (more.startsWith("'data'") ? "," + more : "")
                        + "}");
    }

    @Test
    void aSecretOfATokenNamesItsAccount() {
        assertThat(secret("service-account-token", ""))
                .containsExactly("metadata.annotations[kubernetes.io/service-account.name]: Required value");
        assertThat(secret("service-account-token", "'annotations':{'kubernetes.io/service-account.name':'a'}"))
                .isEmpty();
    }

    @Test
    void aSecretForBasicAuthenticationHasEitherPart() {
        assertThat(secret("basic-auth", "'data':{'a':'Yg=='}"))
                .containsExactly("data[username]: Required value", "data[password]: Required value");
        assertThat(secret("basic-auth", "'data':{'password':''}")).isEmpty();
    }

    @Test
    void aSecretForRegistriesIsJson() {
        assertThat(secret("dockerconfigjson", "'data':{'.dockerconfigjson':'e30='}"))
                .isEmpty();
        assertThat(secret("dockerconfigjson", "'data':{'.dockerconfigjson':'eA=='}"))
                .containsExactly(
                        "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": must be an object of JSON");
        assertThat(secret("dockercfg", "'data':{'.dockercfg':'not base64'}")).hasSize(1);
    }

    @Test
    void addressesOfASliceAreOfItsFamily() {
        Kind slices = Kinds.builtIn()
                .byResource("discovery.k8s.io", "v1", "endpointslices")
                .orElseThrow();
        String slice = "{'addressType':'%s','endpoints':[{'addresses':['%s']}]}";
        assertThat(problems(slices, slice.formatted("IPv4", "2001:db8::1")))
                .containsExactly("endpoints[0].addresses[0]: Invalid value: \"2001:db8::1\": must be an IPv4 address");
        assertThat(problems(slices, slice.formatted("IPv6", "10.0.0.1")))
                .containsExactly("endpoints[0].addresses[0]: Invalid value: \"10.0.0.1\": must be an IPv6 address");
        assertThat(problems(slices, slice.formatted("IPv6", "2001:db8::1"))).isEmpty();
        assertThat(problems(slices, slice.formatted("FQDN", "a.example"))).isEmpty();
    }
}

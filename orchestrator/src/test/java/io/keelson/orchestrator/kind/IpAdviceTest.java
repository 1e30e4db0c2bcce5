package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Addresses that others may read as another, or that compare as another text: the words are Kubernetes'. */
class IpAdviceTest {

    private static final String INVALID_SOON = " will be considered invalid in a future Kubernetes release: use ";

    private static List<String> ip(String text) {
        List<String> said = new ArrayList<>();
        IpAdvice.ip("f", text, said::add);
        return said;
    }

    private static List<String> cidr(String text) {
        List<String> said = new ArrayList<>();
        IpAdvice.cidr("f", text, said::add);
        return said;
    }

    private static ObjectNode object(String json) {
        return Json.parse(json.replace('\'', '"'));
    }

    private static List<String> create(Kind kind, String json) {
        return Advice.of(kind, Optional.empty(), object(json));
    }

    private static List<String> update(Kind kind, String live, String json) {
        return Advice.of(kind, Optional.of(object(live)), object(json));
    }

    private static Kind kind(String group, String version, String resource) {
        return Kinds.builtIn().byResource(group, version, resource).orElseThrow();
    }

    @Test
    void addresses() {
        assertThat(ip("192.12.2.2")).isEmpty();
        assertThat(ip("2001:db8::2")).isEmpty();
        assertThat(ip("no address")).as("validation's business").isEmpty();
        assertThat(ip("192.012.2.2"))
                .containsExactly("f: non-standard IP address \"192.012.2.2\"" + INVALID_SOON + "\"192.12.2.2\"");
        assertThat(ip("::ffff:1.2.3.4"))
                .containsExactly("f: non-standard IP address \"::ffff:1.2.3.4\"" + INVALID_SOON + "\"1.2.3.4\"");
        assertThat(ip("2001:db8:0:0::2"))
                .containsExactly(
                        "f: IPv6 address \"2001:db8:0:0::2\" should be in RFC 5952 canonical format (\"2001:db8::2\")");
    }

    @Test
    void ranges() {
        assertThat(cidr("192.12.2.0/24")).isEmpty();
        assertThat(cidr("2001:db8::/64")).isEmpty();
        assertThat(cidr("192.012.2.0/24"))
                .containsExactly("f: non-standard CIDR value \"192.012.2.0/24\"" + INVALID_SOON + "\"192.12.2.0/24\"");
        assertThat(cidr("192.12.2.0/024"))
                .containsExactly("f: non-standard CIDR value \"192.12.2.0/024\"" + INVALID_SOON + "\"192.12.2.0/24\"");
        assertThat(cidr("::ffff:192.12.2.0/120"))
                .containsExactly(
                        "f: non-standard CIDR value \"::ffff:192.12.2.0/120\"" + INVALID_SOON + "\"192.12.2.0/24\"");
        assertThat(cidr("192.12.2.8/24"))
                .containsExactly("f: CIDR value \"192.12.2.8/24\" is ambiguous in this context (should be"
                        + " \"192.12.2.0/24\" or \"192.12.2.8/32\"?)");
        assertThat(cidr("2001:db8::1/64"))
                .containsExactly("f: CIDR value \"2001:db8::1/64\" is ambiguous in this context (should be"
                        + " \"2001:db8::/64\" or \"2001:db8::1/128\"?)");
        assertThat(cidr("192.012.2.8/24")).hasSize(2);
        assertThat(cidr("2001:db8:0:0::/64"))
                .containsExactly("f: IPv6 CIDR value \"2001:db8:0:0::/64\" should be in RFC 5952 canonical format"
                        + " (\"2001:db8::/64\")");
    }

    @Test
    void eachFieldIsNamed() {
        String soon = ": non-standard IP address \"1.2.3.04\"" + INVALID_SOON + "\"1.2.3.4\"";
        assertThat(create(
                        Kinds.SERVICE,
                        "{'spec':{'type':'LoadBalancer','externalIPs':['1.2.3.04'],'loadBalancerIP':'1.2.3.04',"
                                + "'loadBalancerSourceRanges':['1.2.3.4/24'],'trafficDistribution':'PreferClose'}}"))
                .containsExactly(
                        "spec.externalIPs[0]" + soon,
                        "spec.loadBalancerIP" + soon,
                        "spec.loadBalancerSourceRanges[0]: CIDR value \"1.2.3.4/24\" is ambiguous in this context (should be"
                                + " \"1.2.3.0/24\" or \"1.2.3.4/32\"?)",
                        "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
        assertThat(create(
                        kind("networking.k8s.io", "v1", "networkpolicies"),
                        "{'spec':{'ingress':[{'from':[{'ipBlock':{'cidr':'1.2.3.4/8','except':['1.2.3.4/24']}}]}],"
                                + "'egress':[{'to':[{'ipBlock':{'cidr':'10.0.0.0/08'}}]}]}}"))
                .extracting(said -> said.substring(0, said.indexOf(':')))
                .containsExactly(
                        "spec.ingress[0].from[0].ipBlock.cidr",
                        "spec.ingress[0].from[0].ipBlock.except[0]",
                        "spec.egress[0].to[0].ipBlock.cidr");
        assertThat(create(
                        Kinds.POD,
                        "{'metadata':{'name':'p'},'spec':{'dnsConfig':{'nameservers':['1.2.3.4','1.2.3.04']},"
                                + "'hostAliases':[{'ip':'1.2.3.04'}]}}"))
                .containsExactly("spec.dnsConfig.nameservers[1]" + soon, "spec.hostAliases[0].ip" + soon);
        assertThat(create(
                        kind("", "v1", "endpoints"),
                        "{'subsets':[{'addresses':[{'ip':'1.2.3.04'}],'notReadyAddresses':[{'ip':'1.2.3.04'}]}]}"))
                .containsExactly("subsets[0].addresses[0].ip" + soon, "subsets[0].notReadyAddresses[0].ip" + soon);
        assertThat(create(Kinds.NODE, "{'spec':{'podCIDRs':['10.0.0.1/24']}}"))
                .singleElement()
                .asString()
                .startsWith("spec.podCIDRs[0]: CIDR value \"10.0.0.1/24\" is ambiguous");
    }

    @Test
    void slicesOfControllersAreNotLookedInto() {
        Kind slices = kind("discovery.k8s.io", "v1", "endpointslices");
        String slice = "{'metadata':{'labels':{%s}},'addressType':'IPv4','endpoints':[{'addresses':['1.2.3.04']}]}";
        assertThat(create(slices, slice.formatted("")))
                .containsExactly("endpoints[0].addresses[0]: non-standard IP address \"1.2.3.04\"" + INVALID_SOON
                        + "\"1.2.3.4\"");
        assertThat(create(
                        slices,
                        slice.formatted("'endpointslice.kubernetes.io/managed-by':'endpointslice-controller.k8s.io'")))
                .isEmpty();
        assertThat(create(slices, "{'addressType':'FQDN','endpoints':[{'addresses':['a.example']}]}"))
                .containsExactly("spec.addressType: FQDN endpoints are deprecated");
    }

    @Test
    void ofAStatusOnlyWhenItChanges() {
        String service = "{'spec':{'type':'LoadBalancer'%s},'status':{'loadBalancer':{'ingress':[{'ip':'1.2.3.04'}]}}}";
        String before = service.formatted("");
        String soon = ": non-standard IP address \"1.2.3.04\"" + INVALID_SOON + "\"1.2.3.4\"";
        assertThat(update(Kinds.SERVICE, "{'spec':{'type':'LoadBalancer'}}", before))
                .containsExactly("status.loadBalancer.ingress[0]" + soon);
        assertThat(update(Kinds.SERVICE, before, service.formatted(",'sessionAffinity':'None'")))
                .isEmpty();
        Kind ingresses = kind("networking.k8s.io", "v1", "ingresses");
        assertThat(update(ingresses, "{}", before)).containsExactly("status.loadBalancer.ingress[0].ip" + soon);
        assertThat(
                        update(
                                Kinds.POD,
                                "{'metadata':{'name':'p'}}",
                                "{'metadata':{'name':'p'},'status':{'podIPs':[{'ip':'1.2.3.04'}],'hostIPs':[{'ip':'1.2.3.04'}]}}"))
                .containsExactly("status.podIPs[0].ip" + soon, "status.hostIPs[0].ip" + soon);
    }
}

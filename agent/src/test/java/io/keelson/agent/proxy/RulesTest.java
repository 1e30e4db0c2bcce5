package io.keelson.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RulesTest {
    private static final Rules.Cidrs CIDRS = new Rules.Cidrs("10.244.0.0/16", "10.96.0.0/16");

    @Test
    void theFrameIsThis() {
        assertThat(String.join("\n", NftServiceRouter.whole(Ruleset.EMPTY, CIDRS)))
                .isEqualTo("""
                        add table ip keelson
                        delete table ip keelson
                        add table ip keelson
                        add map ip keelson service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
                        add map ip keelson service-nodeports { type inet_proto . inet_service : verdict; }
                        add set ip keelson services-without-endpoints { type ipv4_addr . inet_proto . inet_service; }
                        add chain ip keelson services
                        add chain ip keelson refuse
                        add chain ip keelson nat-prerouting { type nat hook prerouting priority dstnat; policy accept; }
                        add chain ip keelson nat-output { type nat hook output priority -100; policy accept; }
                        add chain ip keelson nat-postrouting { type nat hook postrouting priority srcnat; policy accept; }
                        add chain ip keelson filter-forward { type filter hook forward priority 0; policy accept; }
                        add chain ip keelson filter-output { type filter hook output priority 0; policy accept; }
                        add rule ip keelson services ip daddr . meta l4proto . th dport vmap @service-ips
                        add rule ip keelson services fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @service-nodeports
                        add rule ip keelson refuse meta l4proto tcp reject with tcp reset
                        add rule ip keelson refuse reject
                        add rule ip keelson nat-prerouting jump services
                        add rule ip keelson nat-output jump services
                        add rule ip keelson nat-postrouting meta mark and 0x4000 == 0 return
                        add rule ip keelson nat-postrouting meta mark set meta mark xor 0x4000
                        add rule ip keelson nat-postrouting masquerade fully-random
                        add rule ip keelson filter-forward ct state new ip daddr . meta l4proto . th dport @services-without-endpoints goto refuse
                        add rule ip keelson filter-forward ct state new ip daddr 10.96.0.0/16 goto refuse
                        add rule ip keelson filter-output ct state new ip daddr . meta l4proto . th dport @services-without-endpoints goto refuse
                        add rule ip keelson filter-output ct state new ip daddr 10.96.0.0/16 goto refuse""");
    }

    @Test
    void aServiceWithTwoEndpointsAndANodePort() {
        assertThat(golden(web(30080, List.of(endpoint("10.244.1.2", true), endpoint("10.244.2.2", false)))))
                .isEqualTo("""
                        add chain ip keelson ep-7cf61a98-default/web/tcp/80/10.244.2.2/8080
                        add chain ip keelson ep-c0949284-default/web/tcp/80/10.244.1.2/8080
                        add chain ip keelson ext-85208ae6-default/web/tcp/80
                        add chain ip keelson svc-85208ae6-default/web/tcp/80
                        add rule ip keelson ep-7cf61a98-default/web/tcp/80/10.244.2.2/8080 ip saddr 10.244.2.2 meta mark set meta mark or 0x4000
                        add rule ip keelson ep-7cf61a98-default/web/tcp/80/10.244.2.2/8080 meta l4proto tcp dnat to 10.244.2.2:8080
                        add rule ip keelson ep-c0949284-default/web/tcp/80/10.244.1.2/8080 ip saddr 10.244.1.2 meta mark set meta mark or 0x4000
                        add rule ip keelson ep-c0949284-default/web/tcp/80/10.244.1.2/8080 meta l4proto tcp dnat to 10.244.1.2:8080
                        add rule ip keelson ext-85208ae6-default/web/tcp/80 meta mark set meta mark or 0x4000
                        add rule ip keelson ext-85208ae6-default/web/tcp/80 numgen random mod 2 vmap { 0 : goto ep-c0949284-default/web/tcp/80/10.244.1.2/8080, 1 : goto ep-7cf61a98-default/web/tcp/80/10.244.2.2/8080 }
                        add rule ip keelson svc-85208ae6-default/web/tcp/80 ip daddr 10.96.0.50 tcp dport 80 ip saddr != 10.244.0.0/16 meta mark set meta mark or 0x4000
                        add rule ip keelson svc-85208ae6-default/web/tcp/80 numgen random mod 2 vmap { 0 : goto ep-c0949284-default/web/tcp/80/10.244.1.2/8080, 1 : goto ep-7cf61a98-default/web/tcp/80/10.244.2.2/8080 }
                        add element ip keelson service-ips { 10.96.0.50 . tcp . 80 : goto svc-85208ae6-default/web/tcp/80 }
                        add element ip keelson service-nodeports { tcp . 30080 : goto ext-85208ae6-default/web/tcp/80 }""");
    }

    @Test
    void aServiceWithoutEndpointsIsRefused() {
        assertThat(golden(web(30080, List.of())))
                .isEqualTo("add element ip keelson services-without-endpoints { 10.96.0.50 . tcp . 80 }");
    }

    @Test
    void theAddressesOfAnotherFamilyAreLeftOut() {
        assertThat(golden(web(0, List.of(endpoint("fd00::1", true)))))
                .isEqualTo("add element ip keelson services-without-endpoints { 10.96.0.50 . tcp . 80 }");
    }

    @Test
    void affinityLooksUpTheClientFirst() {
        ServiceTable.Service web = new ServiceTable.Service(
                "default",
                "web",
                List.of("10.96.0.50"),
                List.of(),
                Optional.of(600),
                false,
                false,
                List.of(port(0, List.of(endpoint("10.244.1.2", true), endpoint("10.244.2.2", false)))));
        Ruleset rules = Rules.of(new ServiceTable(List.of(web)), CIDRS);
        assertThat(rules.affinities())
                .hasSize(2)
                .allSatisfy((name, seconds) -> assertThat(seconds).isEqualTo(600));
        assertThat(rules.chains().get("svc-85208ae6-default/web/tcp/80"))
                .satisfiesExactly(
                        rule -> assertThat(rule).endsWith("ip saddr != 10.244.0.0/16 " + Rules.MARK),
                        rule -> assertThat(rule)
                                .matches("ip saddr @aff-\\S+/10.244.1.2/8080/600s goto ep-\\S+/10.244.1.2/8080"),
                        rule -> assertThat(rule)
                                .matches("ip saddr @aff-\\S+/10.244.2.2/8080/600s goto ep-\\S+/10.244.2.2/8080"),
                        rule -> assertThat(rule).startsWith("numgen random mod 2 vmap { 0 : goto ep-"));
    }

    @Test
    void localPoliciesKeepToThisNode() {
        ServiceTable.Service web = new ServiceTable.Service(
                "default",
                "web",
                List.of("10.96.0.50"),
                List.of("192.0.2.9"),
                Optional.empty(),
                true,
                true,
                List.of(port(30080, List.of(endpoint("10.244.2.2", false)))));
        Ruleset rules = Rules.of(new ServiceTable(List.of(web)), CIDRS);
        assertThat(rules.refused()).containsOnlyKeys("10.96.0.50 . tcp . 80");
        assertThat(rules.serviceIps()).containsOnlyKeys("192.0.2.9 . tcp . 80");
        assertThat(rules.chains().get("ext-85208ae6-default/web/tcp/80"))
                .containsExactly(
                        "ip saddr 10.244.0.0/16 goto any-85208ae6-default/web/tcp/80",
                        "fib saddr type local " + Rules.MARK,
                        "fib saddr type local goto any-85208ae6-default/web/tcp/80",
                        "drop");
    }

    @Test
    void theFirstClaimantHasTheAddress() {
        List<ServiceTable.Endpoint> endpoints = List.of(endpoint("10.244.1.2", true));
        ServiceTable.Service first = service("a", List.of(port(30080, endpoints)));
        ServiceTable.Service second = service("b", List.of(port(30080, endpoints)));
        Ruleset rules = Rules.of(new ServiceTable(List.of(first, second)), CIDRS);
        assertThat(rules.serviceIps().values()).singleElement().asString().contains("default/a/");
        assertThat(rules.nodePorts().values()).singleElement().asString().contains("default/a/");
    }

    @Test
    void equalTablesNeedNoCommands() {
        Ruleset rules = Rules.of(web(30080, List.of(endpoint("10.244.1.2", true))), CIDRS);
        assertThat(rules.commandsTo(rules)).isEmpty();
    }

    @Test
    void anEndpointThatCameChangesOnlyItsService() {
        Ruleset before = Rules.of(web(30080, List.of(endpoint("10.244.1.2", true))), CIDRS);
        Ruleset after =
                Rules.of(web(30080, List.of(endpoint("10.244.1.2", true), endpoint("10.244.2.2", false))), CIDRS);
        assertThat(String.join("\n", before.commandsTo(after))).isEqualTo("""
                        add chain ip keelson ep-7cf61a98-default/web/tcp/80/10.244.2.2/8080
                        add rule ip keelson ep-7cf61a98-default/web/tcp/80/10.244.2.2/8080 ip saddr 10.244.2.2 meta mark set meta mark or 0x4000
                        add rule ip keelson ep-7cf61a98-default/web/tcp/80/10.244.2.2/8080 meta l4proto tcp dnat to 10.244.2.2:8080
                        flush chain ip keelson ext-85208ae6-default/web/tcp/80
                        add rule ip keelson ext-85208ae6-default/web/tcp/80 meta mark set meta mark or 0x4000
                        add rule ip keelson ext-85208ae6-default/web/tcp/80 numgen random mod 2 vmap { 0 : goto ep-c0949284-default/web/tcp/80/10.244.1.2/8080, 1 : goto ep-7cf61a98-default/web/tcp/80/10.244.2.2/8080 }
                        flush chain ip keelson svc-85208ae6-default/web/tcp/80
                        add rule ip keelson svc-85208ae6-default/web/tcp/80 ip daddr 10.96.0.50 tcp dport 80 ip saddr != 10.244.0.0/16 meta mark set meta mark or 0x4000
                        add rule ip keelson svc-85208ae6-default/web/tcp/80 numgen random mod 2 vmap { 0 : goto ep-c0949284-default/web/tcp/80/10.244.1.2/8080, 1 : goto ep-7cf61a98-default/web/tcp/80/10.244.2.2/8080 }""");
    }

    @Test
    void aServiceThatWentIsPointedAtNoMoreBeforeItsChainsGo() {
        Ruleset before = Rules.of(web(30080, List.of(endpoint("10.244.1.2", true))), CIDRS);
        assertThat(String.join("\n", before.commandsTo(Ruleset.EMPTY))).isEqualTo("""
                        delete element ip keelson service-ips { 10.96.0.50 . tcp . 80 : goto svc-85208ae6-default/web/tcp/80 }
                        delete element ip keelson service-nodeports { tcp . 30080 : goto ext-85208ae6-default/web/tcp/80 }
                        flush chain ip keelson ep-c0949284-default/web/tcp/80/10.244.1.2/8080
                        flush chain ip keelson ext-85208ae6-default/web/tcp/80
                        flush chain ip keelson svc-85208ae6-default/web/tcp/80
                        delete chain ip keelson ep-c0949284-default/web/tcp/80/10.244.1.2/8080
                        delete chain ip keelson ext-85208ae6-default/web/tcp/80
                        delete chain ip keelson svc-85208ae6-default/web/tcp/80""");
    }

    private static String golden(ServiceTable table) {
        return String.join("\n", Ruleset.EMPTY.commandsTo(Rules.of(table, CIDRS)));
    }

    private static ServiceTable web(int nodePort, List<ServiceTable.Endpoint> endpoints) {
        return new ServiceTable(List.of(service("web", List.of(port(nodePort, endpoints)))));
    }

    private static ServiceTable.Service service(String name, List<ServiceTable.Port> ports) {
        return new ServiceTable.Service(
                "default", name, List.of("10.96.0.50"), List.of(), Optional.empty(), false, false, ports);
    }

    private static ServiceTable.Port port(int nodePort, List<ServiceTable.Endpoint> endpoints) {
        return new ServiceTable.Port("", ServiceTable.Protocol.TCP, 80, nodePort, endpoints);
    }

    private static ServiceTable.Endpoint endpoint(String ip, boolean local) {
        return new ServiceTable.Endpoint(ip, 8080, local);
    }
}

package io.keelson.agent.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutesTest {
    private static final Routes.Link LINK = new Routes.Link("eth0", "192.168.77.1", 1500);

    @Test
    void eachPeersPodsAreReachedAtIt() {
        Routes routes = Routes.plan(
                LINK,
                true,
                "10.244.1.0/24",
                "10.96.0.0/16",
                Map.of(
                        "two", new NodeNetwork.Peer("192.168.77.2", "10.244.2.0/24"),
                        "itself", new NodeNetwork.Peer("192.168.77.1", "10.244.1.0/24"),
                        "new", new NodeNetwork.Peer("192.168.77.3", "")));
        assertThat(routes.byDestination()).containsExactly(Map.entry("10.244.2.0/24", "via 192.168.77.2 dev eth0"));
    }

    @Test
    void withoutADefaultRouteServicesNeedOne() {
        assertThat(Routes.plan(LINK, false, "10.244.1.0/24", "10.96.0.0/16", Map.of())
                        .byDestination())
                .containsExactly(Map.entry("10.96.0.0/16", "dev eth0 scope link src 192.168.77.1"));
    }

    @Test
    void onlyDifferencesAreSet() {
        Routes now = new Routes(
                Map.of("10.244.2.0/24", "via 192.168.77.2 dev eth0", "10.244.3.0/24", "via 192.168.77.3 dev eth0"));
        Routes wanted = new Routes(
                Map.of("10.244.2.0/24", "via 192.168.77.2 dev eth0", "10.244.4.0/24", "via 192.168.77.4 dev eth0"));
        assertThat(Routes.difference(now, wanted))
                .containsExactly(
                        "route del 10.244.3.0/24 proto 75",
                        "route replace 10.244.4.0/24 via 192.168.77.4 dev eth0 proto 75");
        assertThat(Routes.difference(wanted, wanted)).isEmpty();
    }

    @Test
    void addressesAreCheckedBeforeAnyToolSeesThem() {
        assertThat(Cidr.isAddress("10.0.0.255")).isTrue();
        assertThat(Cidr.isAddress("10.0.0.256")).isFalse();
        assertThat(Cidr.isAddress("10.0.0.1; reboot")).isFalse();
        assertThatThrownBy(() -> Cidr.requireRange("podCIDR", "10.244.1.0/33"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("podCIDR: 10.244.1.0/33");
    }

    @Test
    void leasesOfSandboxesThatAreGoneAreGivenBack(@TempDir Path leases) throws IOException {
        Path network = Files.createDirectories(leases.resolve("keelson"));
        Files.writeString(network.resolve("10.244.1.2"), "alive\r\neth0");
        Files.writeString(network.resolve("10.244.1.3"), "gone\r\neth0");
        Files.writeString(network.resolve("last_reserved_ip.0"), "10.244.1.3");
        CniLeases.keepOnly(leases, Set.of("alive"));
        assertThat(network).isDirectoryNotContaining("glob:**10.244.1.3").isDirectoryContaining("glob:**10.244.1.2");
        assertThat(network.resolve("last_reserved_ip.0")).exists();
    }
}

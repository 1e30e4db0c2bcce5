package io.keelson.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keelson.agent.command.Command;
import io.keelson.agent.net.NetworkNamespace;
import io.keelson.agent.net.NetworkScope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Goal: the kernel takes our rules, and differences lead where a whole load does. Method: random services, step by step, in two namespaces; the
 * listings must be equal.
 */
@Tag("containerd")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RulesInKernelItTest {
    private static final String CLUSTER = "10.244.0.0/16";
    private static final String SERVICES = "10.96.0.0/16";
    private static final long SEED = 75;
    private static final int STEPS = 40;

    private final String stepwise = "klt-rules-a" + ProcessHandle.current().pid();
    private final String whole = "klt-rules-b" + ProcessHandle.current().pid();

    @BeforeAll
    void makeNamespaces() {
        boolean possible = "root".equals(System.getProperty("user.name"))
                && Command.find("nft").isPresent()
                && Command.find("ip").isPresent()
                && Command.of("unshare", "--net", "true").run().ok();
        assumeTrue(possible, "SKIPPED: packet rules need root, nft, ip and network namespaces");
        List.of(stepwise, whole)
                .forEach(name -> Command.of("ip", "netns", "add", name).check());
    }

    @AfterAll
    void removeNamespaces() {
        List.of(stepwise, whole).stream()
                .filter(name -> Files.exists(Path.of("/run/netns", name)))
                .forEach(name -> Command.of("ip", "netns", "del", name).check());
    }

    @Test
    void differencesLeadWhereAWholeLoadDoes() {
        Random random = new Random(SEED);
        try (NftServiceRouter router = router(at(stepwise))) {
            for (int step = 0; step < STEPS; step++) {
                ServiceTable table = table(random);
                router.apply(table);
                try (NftServiceRouter fresh = router(at(whole))) {
                    fresh.apply(table);
                }
                assertThat(listing(stepwise)).as("seed %d step %d", SEED, step).isEqualTo(listing(whole));
            }
        }
    }

    @Test
    void whatSomebodyElseDidIsPutRight() {
        ServiceTable table = table(new Random(SEED));
        try (NftServiceRouter router = router(at(stepwise))) {
            router.apply(table);
            String before = listing(stepwise);
            NftServiceRouter.clear(at(stepwise));
            router.apply(ServiceTable.EMPTY);
            router.apply(table);
            assertThat(listing(stepwise)).isEqualTo(before);
        }
    }

    @Test
    void theMachinesOwnNetworkIsRefused() {
        NetworkNamespace machine = NetworkNamespace.own();
        String ours = Command.of("stat", "-L", "-c", "%i", "/proc/self/net/dev").check();
        String first = Command.of("stat", "-L", "-c", "%i", "/proc/1/net/dev").check();
        assumeTrue(ours.equals(first), "SKIPPED: the test runs in a network namespace of its own");
        try (NftServiceRouter router = router(machine)) {
            assertThatThrownBy(() -> router.apply(ServiceTable.EMPTY))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the machine's own network");
        }
    }

    private static NftServiceRouter router(NetworkNamespace netns) {
        return new NftServiceRouter(netns, NetworkScope.OWN_NAMESPACE, CLUSTER, SERVICES);
    }

    private static NetworkNamespace at(String name) {
        return NetworkNamespace.at(Path.of("/run/netns", name));
    }

    /** nft lists in order of making, so chains are sorted here; the order of the rules in each is kept. */
    private static String listing(String name) {
        String text =
                at(name).command("nft", "list", "table", "ip", Ruleset.TABLE).check();
        List<String> blocks = new ArrayList<>(List.of(text.split("\n\n|\n\t}\n", -1)));
        return blocks.stream()
                .map(String::strip)
                .map(RulesInKernelItTest::sorted)
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    /** The elements of a map come in the order of a hash. */
    private static String sorted(String block) {
        if (!block.contains("elements = {")) {
            return block;
        }
        int start = block.indexOf("elements = {") + "elements = {".length();
        String elements = block.substring(start).replace("}", "");
        return block.substring(0, start)
                + List.of(elements.split(",", -1)).stream()
                        .map(String::strip)
                        .sorted()
                        .toList();
    }

    private static ServiceTable table(Random random) {
        List<ServiceTable.Service> services = new ArrayList<>();
        for (int s = 0; s < 8; s++) {
            if (random.nextInt(4) == 0) {
                continue;
            }
            List<ServiceTable.Port> ports = new ArrayList<>();
            for (int p = 0; p < 1 + random.nextInt(2); p++) {
                List<ServiceTable.Endpoint> endpoints = new ArrayList<>();
                for (int e = 0; e < 4; e++) {
                    if (random.nextBoolean()) {
                        endpoints.add(new ServiceTable.Endpoint("10.244." + e + "." + (2 + s), 8080 + p, e == 0));
                    }
                }
                ServiceTable.Protocol protocol =
                        List.of(ServiceTable.Protocol.values()).get(random.nextInt(3));
                int nodePort = random.nextBoolean() ? 30000 + s * 10 + p : 0;
                ports.add(new ServiceTable.Port("p" + p, protocol, 80 + p, nodePort, endpoints));
            }
            // A dash, a keyword of nft's, and a name as long as names may be.
            String name = List.of("fwd", "a-b", "x".repeat(63)).get(s % 3) + s;
            services.add(new ServiceTable.Service(
                    "default",
                    name,
                    List.of("10.96.0." + (10 + s)),
                    random.nextInt(3) == 0 ? List.of("192.0.2." + s) : List.of(),
                    random.nextInt(3) == 0 ? Optional.of(60 + random.nextInt(2)) : Optional.empty(),
                    random.nextInt(4) == 0,
                    random.nextInt(4) == 0,
                    ports));
        }
        return new ServiceTable(services);
    }
}

package io.keelson.chaos.cluster;

import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Network.Ipam;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.images.ImagePullPolicy;
import org.testcontainers.utility.DockerImageName;

/**
 * Containers, through Testcontainers. The image holds nothing but links into {@code /usr}, which each container sees as the machine's
 * own, read-only, as well as what else the program is made of; so no image is fetched. Rules are set from outside in the container's
 * network namespace, so that a container needs no rights.
 */
public final class DockerMachines implements Machines {

    private static final String IMAGE = "keelson-chaos/base:1";

    private static final long POLL_NANOS = 10_000_000;

    private record Machine(GenericContainer<?> container, List<String> command) {}

    private final Path root;
    private final List<Path> visible;
    private final Network network;
    private final Map<Integer, Machine> machines = new HashMap<>();

    /**
     * Makes the network. The harness must be in the Docker daemon's network namespace.
     *
     * @param root where the machines' directories are
     * @param visible directories that programs read, beside {@code /usr}
     */
    public DockerMachines(Path root, List<Path> visible) {
        this.root = root;
        this.visible = visible;
        this.network = Network.builder()
                .createNetworkCmdModifier(create -> create.withIpam(new Ipam()
                        .withConfig(
                                new Ipam.Config().withSubnet(NETWORK + ".0/24").withGateway(HARNESS))))
                .build();
        // A network is made when it is first named, and the proxy needs the harness's address in it before any
        // container does.
        var _ = network.getId();
    }

    @Override
    public String kind() {
        return "containers";
    }

    @Override
    public synchronized void start(int member, List<String> command) {
        Machine machine = machines.get(member);
        if (machine != null && machine.command.equals(command)) {
            DockerClientFactory.instance()
                    .client()
                    .startContainerCmd(machine.container.getContainerId())
                    .exec();
            return;
        }
        if (machine != null) {
            machine.container.stop();
        }
        GenericContainer<?> container = container(member, command);
        machines.put(member, new Machine(container, command));
        container.start();
    }

    /** The container outlives its users: {@link #close} stops it, and at the latest the end of the harness's process namespace. */
    @SuppressWarnings("resource")
    private GenericContainer<?> container(int member, List<String> command) {
        var binds = new ArrayList<Bind>();
        binds.add(Bind.parse("/usr:/usr:ro"));
        binds.add(Bind.parse("/etc/alternatives:/etc/alternatives:ro"));
        visible.forEach(path -> binds.add(Bind.parse(path + ":" + path + ":ro")));
        binds.add(Bind.parse(directory(member) + ":" + directory(member) + ":rw"));
        try {
            Files.createDirectories(directory(member));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var shell = new ArrayList<>(
                List.of("/bin/sh", "-c", "exec \"$@\" >> " + directory(member).resolve("log") + " 2>&1", "sh"));
        shell.addAll(command);
        return new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withImagePullPolicy(new NoPull())
                .withNetwork(network)
                .withCommand(shell.toArray(String[]::new))
                .withCreateContainerCmdModifier(create -> {
                    create.withIpv4Address(Machines.address(member));
                    var host = create.getHostConfig();
                    if (host != null) {
                        host.withBinds(binds);
                        String parent = System.getenv("KEELSON_CHAOS_CGROUP");
                        if (parent != null) {
                            host.withCgroupParent(parent);
                        }
                    }
                });
    }

    /** The image was made here and is nowhere else. */
    private static final class NoPull implements ImagePullPolicy {
        @Override
        public boolean shouldPull(DockerImageName image) {
            return false;
        }
    }

    @Override
    public synchronized void signal(int member, String signal) {
        Machine machine = machines.get(member);
        if (machine == null || !isRunning(member)) {
            return;
        }
        DockerClientFactory.instance()
                .client()
                .killContainerCmd(machine.container.getContainerId())
                .withSignal("SIG" + signal)
                .exec();
        while (signal.equals("KILL") && isRunning(member)) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private ContainerState state(int member) {
        Machine machine = machines.get(member);
        if (machine == null) {
            throw new IllegalStateException("member " + (member + 1) + " was never started");
        }
        return DockerClientFactory.instance()
                .client()
                .inspectContainerCmd(machine.container.getContainerId())
                .exec()
                .getState();
    }

    @Override
    public synchronized boolean isRunning(int member) {
        return machines.containsKey(member) && Boolean.TRUE.equals(state(member).getRunning());
    }

    @Override
    public synchronized void rules(int member, String rules) {
        Shell.feed(rules, "nsenter", "--net=/proc/" + state(member).getPidLong() + "/ns/net", "nft", "-f", "-");
    }

    @Override
    public Path directory(int member) {
        return root.resolve("m" + (member + 1));
    }

    @Override
    public void close() {
        machines.values().forEach(machine -> machine.container.stop());
        network.close();
    }
}

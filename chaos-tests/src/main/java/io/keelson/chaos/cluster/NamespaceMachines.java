package io.keelson.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plain processes in network namespaces, joined by a bridge in the harness's own namespace. No way out of it. */
public final class NamespaceMachines implements Machines {

    private static final String BRIDGE = "chaos";

    private final Path root;
    private final int members;
    private final Map<Integer, Process> processes = new HashMap<>();

    /**
     * Makes the network. The harness must be in a network namespace of its own.
     *
     * @param root where the machines' directories are
     * @param members how many machines
     */
    public NamespaceMachines(Path root, int members) {
        this.root = root;
        this.members = members;
        Shell.run("ip", "link", "add", BRIDGE, "type", "bridge");
        Shell.run("ip", "address", "add", HARNESS + "/24", "dev", BRIDGE);
        Shell.run("ip", "link", "set", BRIDGE, "up");
        for (int member = 0; member < members; member++) {
            String namespace = namespace(member);
            String outside = "chaos" + (member + 1);
            Shell.run("ip", "netns", "add", namespace);
            Shell.run("ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", namespace);
            Shell.run("ip", "link", "set", outside, "master", BRIDGE, "up");
            inside(member, "ip", "address", "add", Machines.address(member) + "/24", "dev", "eth0");
            inside(member, "ip", "link", "set", "eth0", "up");
            inside(member, "ip", "link", "set", "lo", "up");
        }
    }

    private static String namespace(int member) {
        return "chaos-m" + (member + 1);
    }

    private static void inside(int member, String... command) {
        var whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace(member)));
        whole.addAll(List.of(command));
        Shell.run(whole.toArray(String[]::new));
    }

    @Override
    public String kind() {
        return "network namespaces";
    }

    @Override
    public synchronized void start(int member, List<String> command) {
        if (isRunning(member)) {
            throw new IllegalStateException("member " + (member + 1) + " runs already");
        }
        var whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace(member)));
        whole.addAll(command);
        try {
            Files.createDirectories(directory(member));
            processes.put(
                    member,
                    new ProcessBuilder(whole)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(
                                    directory(member).resolve("log").toFile()))
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void signal(int member, String signal) {
        @Nullable Process process = processes.get(member);
        if (process != null && process.isAlive()) {
            Shell.run("kill", "-" + signal, Long.toString(process.pid()));
            if (signal.equals("KILL")) {
                process.onExit().join();
            }
        }
    }

    @Override
    public synchronized boolean isRunning(int member) {
        @Nullable Process process = processes.get(member);
        return process != null && process.isAlive();
    }

    @Override
    public void rules(int member, String rules) {
        Shell.feed(rules, "ip", "netns", "exec", namespace(member), "nft", "-f", "-");
    }

    @Override
    public Path directory(int member) {
        return root.resolve("m" + (member + 1));
    }

    @Override
    public void close() {
        for (int member = 0; member < members; member++) {
            signal(member, "KILL");
            Shell.run("ip", "netns", "delete", namespace(member));
        }
        Shell.run("ip", "link", "delete", BRIDGE);
    }
}

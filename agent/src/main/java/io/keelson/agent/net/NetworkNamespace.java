package io.keelson.agent.net;

import io.keelson.agent.command.Command;
import io.keelson.agent.libc.NetworkNamespaces;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The network namespace in which a node lives: normally the agent's own; another one for tests and for cleaning up. */
public final class NetworkNamespace {
    private static final Path OWN = Path.of("/proc/self/ns/net");
    /**
     * Each namespace has a file of its own behind this name. It tells namespaces apart as {@code /proc/1/ns/net} would, which may be read only
     * by who has all capabilities that process 1 has.
     */
    private static final String WITNESS = "/proc/%s/net/dev";

    private final Path file;

    private NetworkNamespace(Path file) {
        this.file = file;
    }

    /** The one that this process is in. */
    public static NetworkNamespace own() {
        return new NetworkNamespace(OWN);
    }

    /** The one that this file holds, e.g. {@code /run/netns/node-1} or {@code /proc/<pid>/ns/net}. */
    public static NetworkNamespace at(Path file) {
        return new NetworkNamespace(file);
    }

    /** The command that does the same in this namespace. Only the network changes: {@code ip netns exec} would hide the cgroups, too. */
    public List<String> enter(List<String> command) {
        if (file.equals(OWN)) {
            return command;
        }
        List<String> entered = new ArrayList<>(List.of("nsenter", "--net=" + file));
        entered.addAll(command);
        return entered;
    }

    /** A tool to be run here. */
    public Command command(String... words) {
        return Command.of(enter(List.of(words)));
    }

    /**
     * Connects as a program that is here would.
     *
     * @throws IOException if nobody listens there, or this namespace cannot be entered
     */
    public Socket connect(InetSocketAddress to, Duration patience) throws IOException {
        return file.equals(OWN)
                ? NetworkNamespaces.connect(to, patience)
                : NetworkNamespaces.connect(file, to, patience);
    }

    /** Whether both are the same namespace. */
    public boolean isSameAs(NetworkNamespace other) {
        return identity(file) == identity(other.file);
    }

    /**
     * Checks that routes and rules may be changed here. Throws {@link IllegalStateException} in the machine's own network unless
     * {@code scope} allows it.
     */
    public void requireAllowed(NetworkScope scope) {
        if (scope == NetworkScope.OWN_NAMESPACE && isMachines()) {
            throw new IllegalStateException(
                    "the node would change routes and packet rules of the machine's own network; start its agent in a"
                            + " network namespace (as `keelson up` does), or allow the machine's network explicitly");
        }
    }

    private boolean isMachines() {
        String here = command("stat", "--dereference", "--format=%i", WITNESS.formatted("self"))
                .check()
                .strip();
        return here.equals(Long.toString(identity(Path.of(WITNESS.formatted("1")))));
    }

    private static long identity(Path file) {
        try {
            return ((Number) Files.getAttribute(file, "unix:ino")).longValue();
        } catch (IOException e) {
            throw new IllegalStateException("network namespace " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}

package io.keelson.cli.cluster;

import io.keelson.agent.RuntimeKind;
import io.keelson.cli.print.Render;
import io.keelson.cli.print.Trouble;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A cluster on this machine: what it consists of and where that is. Written down once, when it is made; only nodes can be added.
 *
 * @param directory its folder, absolute
 * @param id tells clusters of this machine apart, in names of network interfaces and namespaces; made from the folder
 * @param token tells its data from another cluster's
 * @param runtime what runs containers
 * @param uplink whether nodes reach beyond this machine
 * @param servers its control-plane servers
 * @param nodes its nodes
 * @param subnet the first three bytes of the nodes' network, e.g. "192.168.77"; empty for the process runtime
 */
public record Plan(
        Path directory,
        String id,
        String token,
        RuntimeKind runtime,
        Uplink uplink,
        List<Server> servers,
        List<Node> nodes,
        Optional<String> subnet) {

    /** More servers than this make a store slower and no safer. */
    public static final int SERVERS_MAX = 7;

    /** The nodes' addresses end with 11 to 210. */
    public static final int NODES_MAX = 200;

    private static final int FIRST_NODE = 10;
    private static final int ID_BYTES = 3;
    private static final String FILE = "cluster.json";
    private static final String LOOPBACK = "127.0.0.1";

    /** The runtime as on the command line. */
    public String runtimeWord() {
        return word(runtime);
    }

    /** A runtime as on the command line. */
    public static String word(RuntimeKind runtime) {
        return runtime.name().toLowerCase(Locale.ROOT);
    }

    /** Whether nodes have a way out, e.g. to pull images. */
    public enum Uplink {
        MASQUERADE,
        NONE
    }

    /** One control-plane server and its ports. */
    public record Server(String name, int clientPort, int peerPort, int apiPort) {}

    /** One node and its address. */
    public record Node(String name, String address) {}

    public Plan {
        servers = List.copyOf(servers);
        nodes = List.copyOf(nodes);
    }

    /** Six hexadecimal digits for a folder. */
    public static String idOf(Path directory) {
        try {
            var digest = MessageDigest.getInstance("SHA-256")
                    .digest(directory.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    /** The node with this number, from 1. */
    public static Node node(int number, Optional<String> subnet) {
        return new Node(
                "n" + number,
                subnet.map(net -> net + "." + (FIRST_NODE + number)).orElse(LOOPBACK));
    }

    /** The cluster with more nodes. */
    public Plan withNodes(int count) {
        var more = new ArrayList<>(nodes);
        for (int number = nodes.size() + 1; number <= count; number++) more.add(node(number, subnet));
        return new Plan(directory, id, token, runtime, uplink, servers, more, subnet);
    }

    /** Prefix of all names in the machine's network: interfaces have at most 15 characters. */
    public String prefix() {
        return "kl" + id;
    }

    /** The network namespace of a node. */
    public String namespace(Node node) {
        return prefix() + "-" + node.name();
    }

    /** Where the servers are for nodes: the machine's end of the nodes' network. */
    public String serverAddress() {
        return subnet.map(net -> net + ".1").orElse(LOOPBACK);
    }

    /** The addresses on which servers listen for clients and nodes. */
    public List<String> listenAddresses() {
        return subnet.isPresent() ? List.of(LOOPBACK, serverAddress()) : List.of(LOOPBACK);
    }

    /** Addresses of the API servers for users of this machine. */
    public List<String> apiServers() {
        return servers.stream().map(server -> LOOPBACK + ":" + server.apiPort()).toList();
    }

    public Path serverDirectory(Server server) {
        return directory.resolve("servers").resolve(server.name());
    }

    public Path nodeDirectory(Node node) {
        return directory.resolve("nodes").resolve(node.name());
    }

    public Path pki() {
        return directory.resolve("pki");
    }

    public Path images() {
        return directory.resolve("images");
    }

    public Path kubeconfig() {
        return directory.resolve("kubeconfig");
    }

    /** Where {@code cluster.json} of a folder is. */
    public static Path file(Path directory) {
        return directory.resolve(FILE);
    }

    /** The cluster of a folder, if there is one. */
    public static Optional<Plan> load(Path directory) {
        var file = file(directory);
        if (!Files.exists(file)) return Optional.empty();
        try {
            return Optional.of(parse(directory, Render.parse(Files.readAllBytes(file))));
        } catch (IOException unreadable) {
            throw Trouble.because(
                    unreadable,
                    "cannot read " + file + ": " + unreadable.getMessage(),
                    "Is it another user's cluster?");
        } catch (JacksonException | IllegalArgumentException broken) {
            throw Trouble.because(
                    broken,
                    file + " is broken: " + broken.getMessage(),
                    "If nothing in " + directory + " matters any more: remove the folder.");
        }
    }

    /** The cluster of a folder; a {@link Trouble} if there is none. */
    public static Plan require(Path directory) {
        return load(directory)
                .orElseThrow(() -> Trouble.of(
                        "there is no cluster in " + directory, "keelson up   makes one; --dir names another folder."));
    }

    /** Writes it down; a reader sees the old or the new, never half. */
    public void save() throws IOException {
        var temporary = directory.resolve(FILE + ".new");
        Files.writeString(temporary, Render.json(json()));
        Files.move(temporary, file(directory), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    ObjectNode json() {
        var json = Render.object();
        json.put("id", id).put("token", token).put("runtime", runtime.name()).put("uplink", uplink.name());
        subnet.ifPresent(net -> json.put("subnet", net));
        var serverList = json.putArray("servers");
        servers.forEach(server -> serverList
                .addObject()
                .put("name", server.name())
                .put("clientPort", server.clientPort())
                .put("peerPort", server.peerPort())
                .put("apiPort", server.apiPort()));
        var nodeList = json.putArray("nodes");
        nodes.forEach(node -> nodeList.addObject().put("name", node.name()).put("address", node.address()));
        return json;
    }

    static Plan parse(Path directory, JsonNode json) {
        var servers = new ArrayList<Server>();
        for (var server : json.path("servers")) {
            servers.add(new Server(
                    server.path("name").asString(""),
                    server.path("clientPort").asInt(0),
                    server.path("peerPort").asInt(0),
                    server.path("apiPort").asInt(0)));
        }
        var nodes = new ArrayList<Node>();
        for (var node : json.path("nodes"))
            nodes.add(new Node(
                    node.path("name").asString(""), node.path("address").asString("")));
        if (servers.isEmpty()) throw new IllegalArgumentException("it names no servers");
        return new Plan(
                directory,
                json.path("id").asString(""),
                json.path("token").asString(""),
                RuntimeKind.valueOf(json.path("runtime").asString("")),
                Uplink.valueOf(json.path("uplink").asString("")),
                servers,
                nodes,
                Optional.of(json.path("subnet").asString("")).filter(net -> !net.isEmpty()));
    }
}

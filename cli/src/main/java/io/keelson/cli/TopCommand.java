package io.keelson.cli;

import io.keelson.cli.print.Columns;
import io.keelson.cli.print.Quantity;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.NodeUsageRequest;
import io.keelson.proto.v1.PodUsageRequest;
import io.keelson.proto.v1.UsageGrpc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code keelson top}: what nodes and pods use, in kubectl's columns. */
final class TopCommand implements Command {

    private static final List<String> NODES = List.of("node", "nodes", "no");
    private static final List<String> PODS = List.of("pod", "pods", "po");
    private static final long MEBIBYTE = 1L << 20;

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "top",
                "nodes|pods [NAME]",
                "Shows what nodes and pods use, for example:",
                "  keelson top nodes",
                "  keelson top pods -A --containers",
                "");
        spec.addOption(Options.flag("-A --all-namespaces", "Pods of all namespaces."))
                .addOption(Options.text("-l --selector", "LABELS", "Only with these labels."))
                .addOption(Options.flag("--containers", "Each container of the pods."))
                .addOption(Options.flag("--no-headers", "Without the first line."))
                .addPositional(Options.rest("WHAT", "nodes or pods, and a name."));
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var words = Options.words(parsed);
        boolean nodes = !words.isEmpty() && NODES.contains(words.getFirst());
        boolean pods = !words.isEmpty() && PODS.contains(words.getFirst());
        if ((!nodes && !pods) || words.size() > 2) {
            throw Trouble.usage("top of what? For example:  keelson top nodes, keelson top pods -A");
        }
        var name = words.size() == 2 ? words.get(1) : "";
        boolean everywhere = Options.flag(parsed, "--all-namespaces");
        if (everywhere && !name.isEmpty()) throw Trouble.usage("a name and --all-namespaces do not go together");
        var labels = Options.text(parsed, "--selector").orElse("");
        if (!labels.isEmpty() && !name.isEmpty()) throw Trouble.usage("either a name or -l LABELS, not both");
        try (var client = Client.connect(parsed, terminal)) {
            var rows = nodes
                    ? nodeRows(nodes(client, name, labels), allocatable(client, name, labels))
                    : podRows(
                            pods(client, everywhere ? "" : client.namespace(), name, labels),
                            everywhere,
                            Options.flag(parsed, "--containers"));
            if (rows.size() == 1) {
                terminal.err()
                        .println(
                                nodes || everywhere
                                        ? "No resources found"
                                        : "No resources found in " + client.namespace() + " namespace.");
                return 0;
            }
            Columns.lines(Options.flag(parsed, "--no-headers") ? rows.subList(1, rows.size()) : rows)
                    .forEach(terminal.out()::println);
            return 0;
        }
    }

    private static List<ObjectNode> nodes(Client client, String name, String labels) throws InterruptedException {
        var request = NodeUsageRequest.newBuilder()
                .setName(name)
                .setLabelSelector(labels)
                .build();
        return client.servers()
                .on(channel -> UsageGrpc.newBlockingStub(channel).nodes(request).getMetricsList().stream()
                        .map(Client::tree)
                        .toList());
    }

    private static List<ObjectNode> pods(Client client, String namespace, String name, String labels)
            throws InterruptedException {
        var request = PodUsageRequest.newBuilder()
                .setNamespace(namespace)
                .setName(name)
                .setLabelSelector(labels)
                .build();
        return client.servers()
                .on(channel -> UsageGrpc.newBlockingStub(channel).pods(request).getMetricsList().stream()
                        .map(Client::tree)
                        .toList());
    }

    private static Map<String, JsonNode> allocatable(Client client, String name, String labels)
            throws InterruptedException {
        var all = new HashMap<String, JsonNode>();
        var nodes = name.isEmpty() ? client.list("nodes", "", labels, "") : List.of(client.get("nodes", name));
        for (var node : nodes) all.put(name(node), node.path("status").path("allocatable"));
        return all;
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asString("");
    }

    /** What nodes use, and how much of what they offer that is. */
    static List<List<String>> nodeRows(List<ObjectNode> metrics, Map<String, JsonNode> allocatable) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"));
        for (var each : metrics) {
            var offered = Optional.ofNullable(allocatable.get(name(each)));
            long cpu = cpu(each.path("usage"));
            long memory = memory(each.path("usage"));
            rows.add(List.of(
                    name(each),
                    cpu + "m",
                    percent(
                            cpu,
                            offered.flatMap(o -> Quantity.millis(o.path("cpu").asString("")))),
                    memory / MEBIBYTE + "Mi",
                    percent(
                            memory,
                            offered.flatMap(o -> Quantity.whole(o.path("memory").asString(""))))));
        }
        return rows;
    }

    private static String percent(long part, Optional<Long> whole) {
        return whole.filter(of -> of > 0).map(of -> part * 100 / of + "%").orElse("<unknown>");
    }

    /** What pods use: all their containers together, or each. */
    static List<List<String>> podRows(List<ObjectNode> metrics, boolean withNamespace, boolean each) {
        var rows = new ArrayList<List<String>>();
        rows.add(row(withNamespace ? "NAMESPACE" : "", each ? "POD" : "", "NAME", "CPU(cores)", "MEMORY(bytes)"));
        for (var pod : metrics) {
            var namespace =
                    withNamespace ? pod.path("metadata").path("namespace").asString("") : "";
            long cpu = 0;
            long memory = 0;
            for (var container : pod.path("containers")) {
                long some = cpu(container.path("usage"));
                long bytes = memory(container.path("usage"));
                cpu += some;
                memory += bytes;
                var own = container.path("name").asString("");
                if (each) rows.add(row(namespace, name(pod), own, some + "m", bytes / MEBIBYTE + "Mi"));
            }
            if (!each) rows.add(row(namespace, "", name(pod), cpu + "m", memory / MEBIBYTE + "Mi"));
        }
        return rows;
    }

    /** The cells that are wanted. */
    private static List<String> row(String... cells) {
        return List.of(cells).stream().filter(cell -> !cell.isEmpty()).toList();
    }

    private static long cpu(JsonNode usage) {
        return Quantity.millis(usage.path("cpu").asString("")).orElse(0L);
    }

    private static long memory(JsonNode usage) {
        return Quantity.whole(usage.path("memory").asString("")).orElse(0L);
    }
}

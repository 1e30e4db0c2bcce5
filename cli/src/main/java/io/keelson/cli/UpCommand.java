package io.keelson.cli;

import io.keelson.cli.cluster.Arrival;
import io.keelson.cli.cluster.Plan;
import io.keelson.cli.cluster.Up;
import io.keelson.cli.manifest.Document;
import io.keelson.cli.print.Columns;
import io.keelson.cli.print.Render;
import io.keelson.cli.print.TableText;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.FieldValidation;
import io.keelson.proto.v1.ListRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson up}: from nothing to a running cluster with an application on it, in one command. */
final class UpCommand implements Command {

    private static final Duration AVAILABLE = Duration.ofMinutes(5);
    private static final Duration ANSWERS = Duration.ofSeconds(15);
    private static final int POLL_MILLIS = 150;

    @Override
    public CommandSpec spec() {
        return Options.command(
                        "up",
                        "[FILE|DIR ...]",
                        "Starts a cluster on this machine, applies manifests, and waits until all is running.",
                        "Run it again: it starts what is down and changes nothing else.",
                        "")
                .addOption(Options.text("--dir", "DIR", "Where all of it is kept; default: ~/.keelson."))
                .addOption(Options.number("--servers", "N", "Control-plane servers: 1, 3, 5 or 7; default: 3."))
                .addOption(Options.number("--nodes", "N", "Nodes; default: 1. May grow later."))
                .addOption(Options.text(
                        "--runtime",
                        "auto|containerd|process",
                        "What runs containers; auto: containerd for root on Linux, else plain processes."))
                .addOption(Options.text(
                        "--uplink",
                        "auto|none",
                        "Whether nodes reach the network beyond this machine; auto: if it has a default route."))
                .addOption(Options.number(
                        "--client-port",
                        "PORT",
                        "First server's port for etcd clients; default: 2379, or the next free one."))
                .addOption(Options.number(
                        "--peer-port",
                        "PORT",
                        "First server's port for its peers; default: 2380, or the next free one."))
                .addOption(Options.number(
                        "--api-port", "PORT", "First server's port for the API; default: 6443, or the next free one."))
                .addOption(Options.text("--subnet", "A.B.C", "The nodes' network, a /24; default: a free 192.168.x."))
                .addOption(Options.text("-n --namespace", "NAME", "Namespace for what names none; default: default."))
                .addPositional(Options.rest("FILE", "Manifests to apply."));
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var files = Options.words(parsed);
        // A mistake in the manifest is told before anything is started.
        List<Document> documents = files.isEmpty() ? List.of() : Sources.read(files, false, terminal);
        var directory = Client.directory(parsed, terminal);
        var up = new Up(wishes(parsed, terminal), terminal);
        terminal.out().println("Keelson " + VersionCommand.version() + " in " + directory);
        terminal.out().flush();
        var outcome = up.run();
        var arrival = new Arrival(outcome.plan(), up, terminal);
        arrival.awaitCluster();
        Optional<String> url = Optional.empty();
        Optional<String> deployment = Optional.empty();
        try (var client = Client.of(outcome.plan().kubeconfig(), Options.text(parsed, "--namespace"))) {
            if (!documents.isEmpty()) {
                arrival.waiting("apply", "applying " + String.join(", ", files));
                arrival.clear();
                new Applying(client, terminal, FieldValidation.FIELD_VALIDATION_STRICT, "  apply      ")
                        .apply(documents, Applying.Manner.PLAIN);
                awaitAvailable(client, arrival, documents);
                showPods(client, terminal, documents);
                url = Arrival.firstThatAnswers(urls(client, outcome.plan(), documents), ANSWERS);
                deployment = deployment(client, documents);
            }
        }
        terminal.out().println();
        terminal.out()
                .println(
                        outcome.wasUp()
                                ? "The cluster was up already."
                                : "The cluster is up  (" + arrival.elapsed() + ").");
        arrival.farewell(
                url,
                deployment,
                Options.text(parsed, "--dir").map(dir -> "--dir " + dir).orElse(""));
        return 0;
    }

    /** The first Deployment among those that were applied, as commands name it. */
    private static Optional<String> deployment(Client client, List<Document> documents) {
        return documents.stream()
                .filter(document -> document.kind().equals("Deployment"))
                .findFirst()
                .map(document -> {
                    var namespace = namespace(client, document);
                    return "deployment/" + document.name() + (namespace.equals("default") ? "" : " -n " + namespace);
                });
    }

    private static Up.Wishes wishes(ParseResult parsed, Terminal terminal) {
        var runtime = Options.text(parsed, "--runtime").orElse("auto");
        if (!Set.of("auto", "containerd", "process").contains(runtime))
            throw Trouble.usage("--runtime is auto, containerd or process, not \"" + runtime + "\"");
        var uplink = Options.text(parsed, "--uplink").orElse("auto");
        if (!Set.of("auto", "none").contains(uplink))
            throw Trouble.usage("--uplink is auto or none, not \"" + uplink + "\"");
        var subnet = Options.text(parsed, "--subnet");
        if (subnet.isPresent() && !subnet.get().matches("\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}"))
            throw Trouble.usage("--subnet is three numbers, for example 192.168.77");
        return new Up.Wishes(
                Client.directory(parsed, terminal),
                Options.number(parsed, "--servers").map(Math::toIntExact),
                Options.number(parsed, "--nodes").map(Math::toIntExact),
                runtime,
                uplink,
                port(parsed, "--client-port"),
                port(parsed, "--peer-port"),
                port(parsed, "--api-port"),
                subnet);
    }

    private static Optional<Integer> port(ParseResult parsed, String option) {
        return Options.number(parsed, option).map(port -> {
            if (port < 1 || port > 0xffff) throw Trouble.usage(option + " is between 1 and 65535");
            return port.intValue();
        });
    }

    private static String namespace(Client client, Document document) {
        return document.namespace().isEmpty() ? client.namespace() : document.namespace();
    }

    private static void awaitAvailable(Client client, Arrival arrival, List<Document> documents)
            throws InterruptedException {
        long deadline = System.nanoTime() + AVAILABLE.toNanos();
        for (var document : documents) {
            if (!document.kind().equals("Deployment")) continue;
            var in = client.in(namespace(client, document));
            while (true) {
                var progress = RolloutCommand.Progress.of(in.get("deployments.apps", document.name()));
                if (progress.done()) break;
                var pods = podsInWords(in);
                if (progress.failed() || System.nanoTime() > deadline) {
                    arrival.clear();
                    throw Trouble.of(
                            "deployment " + document.name() + " does not become available: " + progress.message(),
                            pods,
                            "keelson describe deployment/" + document.name()
                                    + "   and   keelson get events   say more.");
                }
                arrival.waiting("pods", "waiting for " + document.name() + ": " + pods);
                Thread.sleep(POLL_MILLIS);
            }
            arrival.done("pods", "deployment " + document.name() + " is available  (" + arrival.elapsed() + ")");
        }
    }

    /** How many pods are in which state: "2 Running, 1 ContainerCreating". */
    private static String podsInWords(Client client) throws InterruptedException {
        var states = new java.util.TreeMap<String, Integer>();
        for (var pod : client.list("pods", client.namespace(), "", "")) {
            var state = pod.path("status").path("phase").asString("Pending");
            for (var container : pod.path("status").path("containerStatuses")) {
                state = container.path("state").path("waiting").path("reason").asString(state);
            }
            for (var condition : pod.path("status").path("conditions")) {
                if (state.equals("Running")
                        && condition.path("type").asString("").equals("Ready")
                        && !condition.path("status").asString("").equals("True")) state = "Running, not ready";
            }
            states.merge(state, 1, Integer::sum);
        }
        var words = new ArrayList<String>();
        states.forEach((state, count) -> words.add(count + " " + state));
        return words.isEmpty() ? "no pods yet" : String.join(", ", words);
    }

    private static void showPods(Client client, Terminal terminal, List<Document> documents)
            throws InterruptedException {
        var namespaces = new LinkedHashSet<String>();
        for (var document : documents)
            if (List.of("Deployment", "ReplicaSet", "Pod").contains(document.kind()))
                namespaces.add(namespace(client, document));
        for (var namespace : namespaces) {
            for (var type : List.of("pods", "endpoints")) {
                var request = ListRequest.newBuilder()
                        .setKind(Client.kind(type))
                        .setNamespace(namespace)
                        .setEncoding(Encoding.ENCODING_JSON)
                        .setAsTable(true)
                        .build();
                var table = Render.table(Client.tree(
                        client.servers().ask(stub -> stub.list(request)).getTable()));
                if (table.rows().isEmpty()) continue;
                var text = new TableText(type.equals("pods"), false, terminal);
                var rows = new ArrayList<List<String>>();
                rows.add(text.header(table).stream().limit(7).toList());
                text.rows(table, Optional.empty())
                        .forEach(row -> rows.add(row.stream().limit(7).toList()));
                terminal.out().println();
                Columns.lines(rows).forEach(line -> terminal.out().println("  " + line));
            }
        }
        terminal.out().flush();
    }

    private static List<String> urls(Client client, Plan plan, List<Document> documents) throws InterruptedException {
        var urls = new ArrayList<String>();
        for (var document : documents) {
            if (!document.kind().equals("Service")) continue;
            var service = client.in(namespace(client, document)).get("services", document.name());
            for (var port : service.path("spec").path("ports")) {
                int nodePort = port.path("nodePort").asInt(0);
                if (nodePort > 0 && port.path("protocol").asString("TCP").equals("TCP")) {
                    plan.nodes().forEach(node -> urls.add("http://" + node.address() + ":" + nodePort + "/"));
                }
            }
        }
        return urls;
    }
}

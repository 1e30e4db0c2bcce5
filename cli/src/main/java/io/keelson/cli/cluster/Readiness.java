package io.keelson.cli.cluster;

import io.grpc.StatusRuntimeException;
import io.keelson.cli.client.Access;
import io.keelson.cli.client.Failures;
import io.keelson.cli.client.Servers;
import io.keelson.cli.print.Render;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.AdminGrpc;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.ServerStatusRequest;
import io.keelson.proto.v1.ServerStatusResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Asks a cluster's servers how they are, and waits until they are well. */
public final class Readiness implements AutoCloseable {

    private static final int POLL_MILLIS = 100;
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final int LOG_LINES = 12;

    private final Plan plan;
    private final Servers servers;
    private final Map<String, io.grpc.ManagedChannel> channels = new HashMap<>();

    public Readiness(Plan plan) {
        this.plan = plan;
        this.servers = new Servers(Access.fromKubeconfig(plan.kubeconfig()));
    }

    /** What one server says of itself, or why it does not. */
    public record Answer(Plan.Server server, Optional<ServerStatusResponse> status, String problem) {}

    /** Asks every server. */
    public List<Answer> ask() {
        return plan.servers().stream().map(this::ask).toList();
    }

    private Answer ask(Plan.Server server) {
        if (!Up.daemon(plan, server).isRunning()) return new Answer(server, Optional.empty(), "not running");
        var address = "127.0.0.1:" + server.apiPort();
        if (Ports.isFree(server.apiPort())) return new Answer(server, Optional.empty(), "starting");
        try {
            var channel = channels.computeIfAbsent(address, servers::channelTo);
            var status = AdminGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                    .status(ServerStatusRequest.getDefaultInstance());
            return new Answer(server, Optional.of(status), "");
        } catch (StatusRuntimeException failure) {
            return new Answer(server, Optional.empty(), Failures.message(failure));
        }
    }

    /** The Node objects, once a server can list them. */
    public List<ObjectNode> nodes() throws InterruptedException {
        return list("nodes");
    }

    /** All objects of a kind in all namespaces. */
    public List<ObjectNode> list(String resource) throws InterruptedException {
        var request = ListRequest.newBuilder()
                .setKind(KindRef.newBuilder().setResource(resource))
                .setEncoding(Encoding.ENCODING_JSON)
                .build();
        return servers.on(channel -> ResourcesGrpc.newBlockingStub(channel).list(request)).getItemsList().stream()
                .map(object -> Render.parse(object.getJson().toByteArray()))
                .toList();
    }

    /** Waits until all servers answer and agree on a leader. */
    void awaitServers(Progress progress, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var answers = ask();
            for (var server : plan.servers()) requireRunning(Up.daemon(plan, server));
            var leaders = answers.stream()
                    .flatMap(answer -> answer.status().stream())
                    .map(ServerStatusResponse::getStoreLeader)
                    .distinct()
                    .toList();
            boolean all = answers.stream().allMatch(answer -> answer.status().isPresent());
            var control = answers.stream()
                    .flatMap(answer -> answer.status().stream())
                    .map(ServerStatusResponse::getControlLeader)
                    .filter(name -> !name.isEmpty())
                    .findFirst();
            if (all && leaders.size() == 1 && !leaders.getFirst().isEmpty() && control.isPresent()) {
                progress.done(
                        "servers",
                        plan.servers().stream().map(Plan.Server::name).collect(Collectors.joining(", ")) + " answer; "
                                + leaders.getFirst() + " leads  (" + progress.elapsed() + ")");
                return;
            }
            var missing = answers.stream()
                    .filter(answer -> answer.status().isEmpty())
                    .map(answer -> answer.server().name())
                    .toList();
            progress.waiting(
                    "servers",
                    missing.isEmpty()
                            ? "all answer; waiting for a leader"
                            : "waiting for " + String.join(", ", missing));
            if (System.nanoTime() > deadline) {
                var late = plan.servers().stream()
                        .filter(server -> missing.isEmpty() || missing.contains(server.name()))
                        .findFirst()
                        .orElseThrow();
                progress.clear();
                throw tooLong(
                        missing.isEmpty() ? "no leader was elected" : "server " + late.name() + " does not answer",
                        patience,
                        Up.daemon(plan, late));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Waits until every node of the plan is Ready. */
    void awaitNodes(Progress progress, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var ready = new HashMap<String, String>();
            for (var node : nodes())
                ready.put(
                        node.path("metadata").path("name").asString(""),
                        whyNotReady(node).orElse(""));
            var waiting = new ArrayList<String>();
            for (var node : plan.nodes()) {
                requireRunning(Up.daemon(plan, node));
                var why = ready.getOrDefault(node.name(), "not registered yet");
                if (!why.isEmpty()) waiting.add(node.name() + " (" + why + ")");
            }
            if (waiting.isEmpty()) {
                progress.done(
                        "nodes",
                        plan.nodes().stream().map(Plan.Node::name).collect(Collectors.joining(", ")) + " Ready  ("
                                + progress.elapsed() + ")");
                return;
            }
            progress.waiting("nodes", "waiting for " + String.join(", ", waiting));
            if (System.nanoTime() > deadline) {
                progress.clear();
                var late = plan.nodes().stream()
                        .filter(node -> !ready.getOrDefault(node.name(), "-").isEmpty())
                        .findFirst()
                        .orElseThrow();
                throw tooLong("node " + late.name() + " is not Ready", patience, Up.daemon(plan, late));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Why a node is not Ready, in a word; empty if it is. */
    public static Optional<String> whyNotReady(ObjectNode node) {
        for (var condition : node.path("status").path("conditions")) {
            if (!condition.path("type").asString("").equals("Ready")) continue;
            if (condition.path("status").asString("").equals("True")) return Optional.empty();
            var message = condition.path("message").asString("");
            return Optional.of(message.isEmpty() ? "NotReady" : message);
        }
        return Optional.of("says nothing of itself yet");
    }

    private static void requireRunning(Daemon daemon) {
        if (daemon.isRunning()) return;
        var lines = new ArrayList<String>();
        lines.add("The last lines of its log, " + daemon.log() + ":");
        daemon.lastLines(LOG_LINES).forEach(line -> lines.add("  " + line));
        throw Trouble.of("the process of " + daemon.name() + " has ended", lines.toArray(String[]::new));
    }

    private static Trouble tooLong(String what, Duration patience, Daemon daemon) {
        var lines = new ArrayList<String>();
        lines.add("The last lines of the log, " + daemon.log() + ":");
        daemon.lastLines(LOG_LINES).forEach(line -> lines.add("  " + line));
        lines.add("keelson status   says how it stands; keelson up   goes on waiting.");
        return Trouble.of(what + " after " + patience.toSeconds() + " s", lines.toArray(String[]::new));
    }

    @Override
    public void close() {
        channels.values().forEach(io.grpc.ManagedChannel::shutdownNow);
        servers.close();
    }
}

package io.keelson.cli;

import io.keelson.cli.cluster.Plan;
import io.keelson.cli.cluster.Readiness;
import io.keelson.cli.cluster.Up;
import io.keelson.cli.print.Ages;
import io.keelson.cli.print.Columns;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Terminal.Colour;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.ServerStatusResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson status}: whether the cluster of this machine is well. The exit code says it, too: 0 if all of it is. */
final class StatusCommand implements Command {

    @Override
    public CommandSpec spec() {
        return Options.command(
                        "status",
                        "",
                        "Says how the cluster on this machine is. Exit code 0: all is well; 1: something is down.",
                        "")
                .addOption(Options.text("--dir", "DIR", "The cluster's folder; default: ~/.keelson."));
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var plan = Plan.require(Client.directory(parsed, terminal));
        var out = terminal.out();
        out.println("Cluster in " + plan.directory() + " (runtime " + plan.runtimeWord() + ")");
        try (var readiness = new Readiness(plan)) {
            var answers = readiness.ask();
            boolean well = servers(plan, answers, terminal);
            boolean leads = answers.stream()
                    .flatMap(answer -> answer.status().stream())
                    .anyMatch(status -> !status.getStoreLeader().isEmpty());
            if (leads) {
                well &= nodes(plan, readiness, terminal);
                pods(readiness, terminal);
            } else {
                out.println();
                out.println(terminal.paint(Colour.BAD, "No leader")
                        + ": nodes and pods are unknown. More than half of the servers must run:  keelson up");
                well = false;
            }
            out.println();
            out.println("kubeconfig  " + plan.kubeconfig());
            var first = plan.servers().getFirst();
            out.println("etcdctl     ETCDCTL_API=3 etcdctl --endpoints https://127.0.0.1:" + first.clientPort()
                    + " --cacert " + plan.pki() + "/ca.crt --cert " + plan.pki() + "/admin.crt --key " + plan.pki()
                    + "/admin.key member list");
            return well ? 0 : Trouble.FAILED;
        }
    }

    private static boolean servers(Plan plan, List<Readiness.Answer> answers, Terminal terminal) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("SERVER", "STATUS", "ROLE", "REVISION", "UP", "PID", "API", "STORE", "LOG"));
        boolean well = true;
        for (var answer : answers) {
            var server = answer.server();
            var daemon = Up.daemon(plan, server);
            well &= answer.status().isPresent();
            rows.add(List.of(
                    server.name(),
                    answer.status().isPresent()
                            ? terminal.paint(Colour.GOOD, "Ready")
                            : terminal.paint(Colour.BAD, answer.problem()),
                    answer.status().map(StatusCommand::role).orElse("-"),
                    answer.status()
                            .map(status -> Long.toString(status.getRevision()))
                            .orElse("-"),
                    answer.status()
                            .map(status -> Ages.of(Duration.ofMillis(status.getUptimeMillis())))
                            .orElse("-"),
                    daemon.process()
                            .map(process -> Long.toString(process.pid()))
                            .orElse("-"),
                    "127.0.0.1:" + server.apiPort(),
                    "127.0.0.1:" + server.clientPort(),
                    daemon.log().toString()));
        }
        terminal.out().println();
        Columns.lines(rows).forEach(terminal.out()::println);
        return well;
    }

    private static String role(ServerStatusResponse status) {
        boolean store = status.getName().equals(status.getStoreLeader());
        boolean control = status.getName().equals(status.getControlLeader());
        return store && control ? "leader, control" : store ? "leader" : control ? "control" : "follower";
    }

    private static boolean nodes(Plan plan, Readiness readiness, Terminal terminal) throws InterruptedException {
        var known = new TreeMap<String, String>();
        for (var node : readiness.nodes())
            known.put(
                    node.path("metadata").path("name").asString(""),
                    Readiness.whyNotReady(node).orElse(""));
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("NODE", "STATUS", "ADDRESS", "PID", "LOG"));
        boolean well = true;
        for (var node : plan.nodes()) {
            var daemon = Up.daemon(plan, node);
            var why = known.getOrDefault(node.name(), "not registered");
            boolean ready = why.isEmpty() && daemon.isRunning();
            well &= ready;
            rows.add(List.of(
                    node.name(),
                    ready
                            ? terminal.paint(Colour.GOOD, "Ready")
                            : terminal.paint(Colour.BAD, daemon.isRunning() ? why : "agent not running"),
                    node.address(),
                    daemon.process()
                            .map(process -> Long.toString(process.pid()))
                            .orElse("-"),
                    daemon.log().toString()));
        }
        terminal.out().println();
        Columns.lines(rows).forEach(terminal.out()::println);
        return well;
    }

    private static void pods(Readiness readiness, Terminal terminal) throws InterruptedException {
        var phases = new TreeMap<String, Integer>();
        for (var pod : readiness.list("pods"))
            phases.merge(pod.path("status").path("phase").asString("Pending"), 1, Integer::sum);
        var words = new ArrayList<String>();
        phases.forEach((phase, count) -> words.add(count + " " + phase));
        terminal.out().println();
        terminal.out().println("Pods: " + (words.isEmpty() ? "none" : String.join(", ", words)));
    }
}

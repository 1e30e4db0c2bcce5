package io.keelson.cli;

import io.keelson.cli.print.Columns;
import io.keelson.cli.print.Nearest;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.JsonNode;

/** {@code keelson rollout}: how far a Deployment's change has come, what came before, and a restart of its pods. */
final class RolloutCommand implements Command {

    private static final List<String> ACTIONS = List.of("status", "history", "restart");
    private static final Duration TIMEOUT_DEFAULT = Duration.ofMinutes(10);
    private static final int POLL_MILLIS = 250;
    private static final String REVISION = "deployment.kubernetes.io/revision";

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "rollout",
                "status|history|restart TYPE/NAME",
                "Follows, lists or begins the rollout of a Deployment.",
                "");
        spec.addOption(Options.number("--timeout", "SECONDS", "status: how long to wait; default: 600."))
                .addOption(Options.flag("--no-wait", "status: say how it stands and return."))
                .addPositional(
                        Options.rest("WHAT", "An action and a Deployment, for example: status deployment/hello"));
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var words = Options.words(parsed);
        var action = words.isEmpty() ? "" : words.getFirst();
        if (List.of("undo", "pause", "resume").contains(action)) {
            throw Trouble.of("\"rollout " + action + "\" is not built yet", "Apply the manifest that you want.");
        }
        if (!ACTIONS.contains(action)) {
            throw Trouble.usage(
                    "\"rollout " + action + "\" is not there",
                    Nearest.to(action, ACTIONS)
                            .map(near -> "Did you mean \"rollout " + near + "\"?")
                            .orElse("There are: status, history, restart."));
        }
        var rest = words.subList(1, words.size());
        if (rest.isEmpty())
            throw Trouble.usage(
                    "rollout " + action + " of what? For example: keelson rollout " + action + " deployment/hello");
        var target = Client.Target.all(rest).getFirst();
        try (var client = Client.connect(parsed, terminal)) {
            var kind = client.kindNamed(target.type());
            if (kind.isPresent() && !kind.get().getKind().equals("Deployment")) {
                throw Trouble.of(
                        "only a Deployment has rollouts, not a " + kind.get().getKind());
            }
            return switch (action) {
                case "history" -> history(client, target, terminal);
                case "restart" -> restart(client, target, terminal);
                default -> status(client, target, parsed, terminal);
            };
        }
    }

    private static int status(Client client, Client.Target target, ParseResult parsed, Terminal terminal)
            throws InterruptedException {
        long deadline = System.nanoTime()
                + Duration.ofSeconds(Options.number(parsed, "--timeout").orElse(TIMEOUT_DEFAULT.toSeconds()))
                        .toNanos();
        var last = "";
        while (true) {
            var progress = Progress.of(client.get(target.type(), target.name()));
            if (!progress.message().equals(last)) {
                terminal.out().println(progress.message());
                terminal.out().flush();
            }
            last = progress.message();
            if (progress.done()) return 0;
            if (progress.failed()) return Trouble.FAILED;
            if (Options.flag(parsed, "--no-wait")) return 0;
            if (System.nanoTime() > deadline)
                throw Trouble.of(
                        "the rollout is not finished: " + last, "keelson describe deployment/" + target.name());
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** How far a Deployment has come; kubectl's words. */
    record Progress(boolean done, boolean failed, String message) {

        static Progress of(JsonNode deployment) {
            var name = deployment.path("metadata").path("name").asString("");
            var status = deployment.path("status");
            if (status.path("observedGeneration").asLong(0)
                    < deployment.path("metadata").path("generation").asLong(0)) {
                return waiting("Waiting for deployment spec update to be observed...");
            }
            for (var condition : status.path("conditions")) {
                if (condition.path("type").asString("").equals("Progressing")
                        && condition.path("reason").asString("").equals("ProgressDeadlineExceeded")) {
                    return new Progress(
                            false, true, "error: deployment \"" + name + "\" exceeded its progress deadline");
                }
            }
            long wanted = deployment.path("spec").path("replicas").asLong(1);
            long updated = status.path("updatedReplicas").asLong(0);
            long all = status.path("replicas").asLong(0);
            long available = status.path("availableReplicas").asLong(0);
            var begin = "Waiting for deployment \"" + name + "\" rollout to finish: ";
            if (updated < wanted)
                return waiting(begin + updated + " out of " + wanted + " new replicas have been updated...");
            if (all > updated) return waiting(begin + (all - updated) + " old replicas are pending termination...");
            if (available < updated)
                return waiting(begin + available + " of " + updated + " updated replicas are available...");
            return new Progress(true, false, "deployment \"" + name + "\" successfully rolled out");
        }

        private static Progress waiting(String message) {
            return new Progress(false, false, message);
        }
    }

    private static int history(Client client, Client.Target target, Terminal terminal) throws InterruptedException {
        var deployment = client.get(target.type(), target.name());
        var uid = deployment.path("metadata").path("uid").asString("");
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("REVISION", "CHANGE-CAUSE"));
        client.list("replicasets.apps", client.namespace(), "", "").stream()
                .filter(set -> owned(set, uid))
                .map(set -> set.path("metadata").path("annotations"))
                .sorted(Comparator.comparingLong(
                        notes -> Long.parseLong(notes.path(REVISION).asString("0"))))
                .map(notes -> List.of(
                        notes.path(REVISION).asString("?"),
                        notes.path("kubernetes.io/change-cause").asString("<none>")))
                .forEach(rows::add);
        terminal.out().println("deployment.apps/" + target.name());
        Columns.lines(rows).forEach(terminal.out()::println);
        return 0;
    }

    private static boolean owned(JsonNode object, String uid) {
        for (var owner : object.path("metadata").path("ownerReferences")) {
            if (owner.path("uid").asString("").equals(uid)) return true;
        }
        return false;
    }

    private static int restart(Client client, Client.Target target, Terminal terminal) throws InterruptedException {
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        ScaleCommand.patch(
                client,
                target,
                "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/restartedAt\":\"" + now
                        + "\"}}}}}");
        terminal.out().println("deployment.apps/" + target.name() + " restarted");
        return 0;
    }
}

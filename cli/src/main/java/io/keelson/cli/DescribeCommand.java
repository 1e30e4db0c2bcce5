package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson describe}: an object in words, and what happened to it. */
final class DescribeCommand implements Command {

    @Override
    public CommandSpec spec() {
        var spec = Options.command("describe", "TYPE/NAME... | TYPE [NAME...]", "Shows an object and its events.", "");
        spec.addOption(Options.text("-l --selector", "LABELS", "All objects of the type with these labels."))
                .addPositional(Options.rest("WHAT", "Types and names."));
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var words = Options.words(parsed);
        if (words.isEmpty()) throw Trouble.usage("describe what? For example: keelson describe deployment/hello");
        try (var client = Client.connect(parsed, terminal)) {
            boolean several = words.size() == 1 && !words.getFirst().contains("/");
            var objects = new java.util.ArrayList<tools.jackson.databind.node.ObjectNode>();
            if (several)
                objects.addAll(client.list(
                        words.getFirst(),
                        client.namespace(),
                        Options.text(parsed, "--selector").orElse(""),
                        ""));
            else for (var target : Client.Target.all(words)) objects.add(client.get(target.type(), target.name()));
            if (objects.isEmpty())
                terminal.err().println("No resources found in namespace " + client.namespace() + ".");
            for (int i = 0; i < objects.size(); i++) {
                if (i > 0) terminal.out().print("\n\n");
                var object = objects.get(i);
                var uid = object.path("metadata").path("uid").asString("");
                var name = object.path("metadata").path("name").asString("");
                var namespace = object.path("metadata").path("namespace").asString("");
                var events = client.list("events", namespace, "", "involvedObject.name=" + name).stream()
                        .filter(event -> concerns(event, uid, name))
                        .toList();
                terminal.out().print(Description.of(object, events, java.time.Instant.now()));
            }
        }
        return 0;
    }

    /** A node's events carry its name in place of its uid. */
    private static boolean concerns(tools.jackson.databind.JsonNode event, String uid, String name) {
        var about = event.path("involvedObject").path("uid").asString("");
        return about.isEmpty() || about.equals(uid) || about.equals(name);
    }
}

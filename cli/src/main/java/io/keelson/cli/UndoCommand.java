package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.HistoryGrpc;
import io.keelson.proto.v1.SetsGrpc;
import io.keelson.proto.v1.UndoRequest;
import io.keelson.proto.v1.UndoSetRequest;
import io.keelson.proto.v1.WriteOptions;
import java.time.Instant;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson undo}: makes an object, or a whole set, as it was. */
final class UndoCommand implements Command {

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "undo",
                "TYPE/NAME [--to " + Moments.LABEL + "] | --set NAME",
                "Makes an object as it was: by default before the last change of what is wished. Brings back one that was deleted.",
                "With --set, all objects of a set as they were before its last change, in one transaction.",
                "");
        spec.addOption(Options.text("--to", Moments.LABEL, "The state to go back to, e.g. 4711 or 5m."))
                .addOption(Options.text("--set", "NAME", "Undo the last change of this set."))
                .addOption(Options.text("--dry-run", "none|server", "server: show what would change, write nothing."))
                .addPositional(Options.rest("WHAT", "For example deployment/hello."));
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var set = Options.text(parsed, "--set");
        var words = Options.words(parsed);
        if (set.isPresent() && !(words.isEmpty() && Options.text(parsed, "--to").isEmpty()))
            throw Trouble.usage("--set names all that is undone: give neither an object nor --to with it");
        var dryRun = Options.text(parsed, "--dry-run").orElse("none");
        if (!dryRun.equals("none") && !dryRun.equals("server"))
            throw Trouble.usage("--dry-run is none or server, not \"" + dryRun + "\"");
        var options = WriteOptions.newBuilder()
                .setFieldManager("keelson")
                .setDryRun(dryRun.equals("server"))
                .build();
        if (set.isEmpty()) {
            undo(HistoryCommand.one(words, "undo"), parsed, options, terminal);
            return 0;
        }
        try (var client = Client.connect(parsed, terminal)) {
            var request = UndoSetRequest.newBuilder()
                    .setNamespace(client.namespace())
                    .setSet(set.get())
                    .setOptions(options)
                    .setWithChanges(true)
                    .build();
            var answer = client.servers()
                    .on(channel -> SetsGrpc.newBlockingStub(channel).undo(request));
            Applying.show(answer, terminal, options.getDryRun() ? " (dry run)" : "");
        }
        return 0;
    }

    private static void undo(Client.Target target, ParseResult parsed, WriteOptions options, Terminal terminal)
            throws InterruptedException {
        try (var client = Client.connect(parsed, terminal)) {
            var request = UndoRequest.newBuilder()
                    .setRef(client.ref(target))
                    .setOptions(options)
                    .setEncoding(Encoding.ENCODING_JSON);
            Options.text(parsed, "--to").ifPresent(to -> request.setTo(Moments.of(to, Instant.now())));
            var answer = client.servers()
                    .on(channel -> client.explained(
                            target.type(),
                            () -> HistoryGrpc.newBlockingStub(channel).undo(request.build())));
            var word = answer.getRecreated()
                    ? "brought back"
                    : answer.getChangesList().isEmpty() ? "unchanged" : "as it was";
            terminal.out()
                    .println(client.kindNamed(target.type()).map(Client::prefix).orElse(target.type()) + "/"
                            + target.name() + " " + word + " at revision "
                            + answer.getRestoredRevision() + (options.getDryRun() ? " (dry run)" : ""));
            Changes.print(answer.getChangesList(), terminal, "    ");
            answer.getWarningsList().forEach(warning -> terminal.err().println("warning: " + warning));
        }
    }
}

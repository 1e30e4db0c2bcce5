package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.CompareRequest;
import io.keelson.proto.v1.FieldValidation;
import io.keelson.proto.v1.HistoryGrpc;
import java.time.Instant;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson diff}: what an apply would change, or what differs between two states of an object. */
final class DiffCommand implements Command {

    /** As with diff and kubectl: there are differences. */
    private static final int DIFFERENT = 1;

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "diff",
                "-f FILE|DIR|- ... | TYPE/NAME --at A [--to B]",
                "Shows what an apply would change, or what differs between two states of an object.",
                "Ends with 1 if there are differences.",
                "");
        spec.addOption(Options.texts(
                        "-f --filename", "FILE", "YAML or JSON; a folder; - for standard input. May be given again."))
                .addOption(Options.flag("-R --recursive", "Look into the folders below a folder, too."))
                .addOption(Options.text("--set", "NAME", "As for apply."))
                .addOption(Options.flag("--prune", "As for apply."))
                .addOption(Options.text("--at", Moments.LABEL, "The first state."))
                .addOption(Options.text("--to", Moments.LABEL, "The second state; default: now."))
                .addPositional(Options.rest("WHAT", "For example deployment/hello."));
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var names = Options.texts(parsed, "--filename");
        if (names.isEmpty()) return states(parsed, terminal);
        if (!Options.words(parsed).isEmpty()) throw Trouble.usage("-f and an object do not go together");
        var manner =
                new Applying.Manner(true, Options.text(parsed, "--set").orElse(""), Options.flag(parsed, "--prune"));
        if (manner.prune() && manner.set().isEmpty())
            throw Trouble.usage("--prune needs to know what the set held before: name it with --set NAME");
        var documents = Sources.read(names, Options.flag(parsed, "--recursive"), terminal);
        try (var client = Client.connect(parsed, terminal)) {
            var applying = new Applying(client, terminal, FieldValidation.FIELD_VALIDATION_STRICT);
            return applying.diff(documents, manner) ? DIFFERENT : 0;
        }
    }

    private static int states(ParseResult parsed, Terminal terminal) throws InterruptedException {
        if (Options.words(parsed).isEmpty())
            throw Trouble.usage(
                    "diff of what? For example: keelson diff -f hello.yaml, or keelson diff deployment/hello --at 5m");
        var target = HistoryCommand.one(Options.words(parsed), "diff");
        var at =
                Options.text(parsed, "--at").orElseThrow(() -> Trouble.usage("since when? Give --at " + Moments.LABEL));
        var request = CompareRequest.newBuilder().setFrom(Moments.of(at, Instant.now()));
        Options.text(parsed, "--to").ifPresent(to -> request.setTo(Moments.of(to, Instant.now())));
        try (var client = Client.connect(parsed, terminal)) {
            request.setRef(client.ref(target));
            var answer = client.servers()
                    .on(channel -> client.explained(
                            target.type(),
                            () -> HistoryGrpc.newBlockingStub(channel).compare(request.build())));
            Changes.print(answer.getChangesList(), terminal, "");
            return answer.getChangesList().isEmpty() ? 0 : DIFFERENT;
        }
    }
}

package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.cli.stream.ProgramRun;
import io.keelson.proto.v1.AttachRequest;
import io.keelson.proto.v1.AttachStart;
import io.keelson.proto.v1.StreamsGrpc;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson attach}: joins what the program of a container reads and writes, until it ends. */
final class AttachCommand implements Command {

    private static final ProgramRun.Words<AttachRequest> WORDS = new ProgramRun.Words<>(
            input -> AttachRequest.newBuilder().setStdin(input).build(),
            end -> AttachRequest.newBuilder().setStdinEnd(end).build(),
            size -> AttachRequest.newBuilder().setSize(size).build());

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "attach",
                "POD | TYPE/NAME [-c CONTAINER] [-i] [-t]",
                "Shows what a container's own program writes, and with -i lets it read, for example:",
                "  keelson attach -i web",
                "");
        spec.addPositional(Options.rest("WHAT", "A pod, or what owns pods."));
        return ProgramOptions.addedTo(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var words = Options.words(parsed);
        if (words.size() != 1) throw Trouble.usage("attach to which one? For example:  keelson attach -i web");
        var options = ProgramOptions.of(parsed, terminal);
        try (var client = Client.connect(parsed, terminal)) {
            var start = AttachRequest.newBuilder()
                    .setStart(AttachStart.newBuilder()
                            .setNamespace(client.namespace())
                            .setPod(Pods.one(client, words.getFirst()))
                            .setContainer(Options.text(parsed, "--container").orElse(""))
                            .setIo(options.io()))
                    .build();
            return options.run(client, terminal, StreamsGrpc.StreamsBlockingV2Stub::attach, WORDS, start);
        }
    }
}

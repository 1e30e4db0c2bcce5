package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.cli.stream.ProgramRun;
import io.keelson.proto.v1.ExecRequest;
import io.keelson.proto.v1.ExecStart;
import io.keelson.proto.v1.StreamsGrpc;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson exec}: runs a command in a container, and ends with its exit code. */
final class ExecCommand implements Command {

    private static final ProgramRun.Words<ExecRequest> WORDS = new ProgramRun.Words<>(
            input -> ExecRequest.newBuilder().setStdin(input).build(),
            end -> ExecRequest.newBuilder().setStdinEnd(end).build(),
            size -> ExecRequest.newBuilder().setSize(size).build());

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "exec",
                "POD | TYPE/NAME [-c CONTAINER] [-i] [-t] -- COMMAND [ARGUMENT...]",
                "Runs a command in a container and ends with its exit code, for example:",
                "  keelson exec deployment/hello -- ls -l /",
                "  keelson exec -it web -- sh",
                "");
        spec.addPositional(Options.rest("WHAT", "A pod, or what owns pods; then the command."));
        return ProgramOptions.addedTo(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var words = Options.words(parsed);
        if (words.size() < 2) throw Trouble.usage("exec what? For example:  keelson exec deployment/hello -- ls -l /");
        var options = ProgramOptions.of(parsed, terminal);
        try (var client = Client.connect(parsed, terminal)) {
            var start = ExecRequest.newBuilder()
                    .setStart(ExecStart.newBuilder()
                            .setNamespace(client.namespace())
                            .setPod(Pods.one(client, words.getFirst()))
                            .setContainer(Options.text(parsed, "--container").orElse(""))
                            .addAllCommand(words.subList(1, words.size()))
                            .setIo(options.io()))
                    .build();
            return options.run(client, terminal, StreamsGrpc.StreamsBlockingV2Stub::exec, WORDS, start);
        }
    }
}

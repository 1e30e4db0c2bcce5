package io.keelson.cli;

import io.grpc.stub.BlockingClientCall;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.stream.ProgramRun;
import io.keelson.cli.stream.Screen;
import io.keelson.proto.v1.ContainerIo;
import io.keelson.proto.v1.ExecResponse;
import io.keelson.proto.v1.StreamsGrpc;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * How a user and a program in a container are joined.
 *
 * @param input the program reads what the user types
 * @param terminal it has a terminal
 */
record ProgramOptions(boolean input, boolean terminal) {

    static CommandSpec addedTo(CommandSpec spec) {
        spec.addOption(Options.text("-c --container", "NAME", "Which container; needed when a pod has several."))
                .addOption(Options.flag("-i --stdin", "Pass standard input on."))
                .addOption(Options.flag("-t --tty", "With a terminal."));
        return Client.options(spec);
    }

    /** What was asked for, as far as it can be: without a terminal at hand there is none for the program. */
    static ProgramOptions of(ParseResult parsed, Terminal terminal) {
        boolean wanted = Options.flag(parsed, "--tty");
        boolean there = terminal.variable("KEELSON_TERMINAL_INPUT").isPresent();
        if (wanted && !there) {
            terminal.err().println("Unable to use a TTY - input is not a terminal or the right kind of file");
        }
        return new ProgramOptions(Options.flag(parsed, "--stdin"), wanted && there);
    }

    ContainerIo io() {
        return ContainerIo.newBuilder()
                .setStdin(input)
                .setStdout(true)
                .setStderr(!terminal)
                .setTty(terminal)
                .build();
    }

    /**
     * Runs a program to its end, and has the user's terminal given back.
     *
     * @param begin the call that runs it
     * @param start the first message
     * @return the program's exit code
     */
    <Q> int run(
            Client client,
            Terminal terminal,
            Function<StreamsGrpc.StreamsBlockingV2Stub, BlockingClientCall<Q, ExecResponse>> begin,
            ProgramRun.Words<Q> words,
            Q start)
            throws InterruptedException {
        var screen = screen();
        int code;
        try {
            code = client.servers()
                    .on(channel -> new ProgramRun<>(
                                    begin.apply(StreamsGrpc.newBlockingV2Stub(channel)), words, terminal, input, screen)
                            .run(start));
        } finally {
            screen.ifPresent(Screen::close);
        }
        return ended(code, terminal);
    }

    /** The user's own terminal, for as long as the program has it. */
    private Optional<Screen> screen() {
        return terminal && input ? Optional.of(Screen.take()) : Optional.empty();
    }

    /** Tells a code that is not 0, as kubectl does, and passes it on. */
    private static int ended(int code, Terminal terminal) {
        terminal.out().flush();
        if (code != 0) terminal.err().println("command terminated with exit code " + code);
        return code;
    }
}

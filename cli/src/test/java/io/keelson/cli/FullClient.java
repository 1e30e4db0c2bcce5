package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** `keelson` in this process, for tests in other packages. */
public final class FullClient {

    private FullClient() {}

    /** How a command ended and what it said. */
    public record Said(int code, String out, String err) {}

    /** A command that is given a terminal. */
    public interface Program {
        int run(Terminal terminal);
    }

    /** Runs the command line's words. */
    public static Said run(String input, boolean interactive, Map<String, String> environment, String... words) {
        return on(input, interactive, environment, terminal -> Cli.run(words, terminal));
    }

    /** Runs something with a terminal. */
    public static Said on(String input, boolean interactive, Map<String, String> environment, Program program) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                interactive,
                environment);
        int code = program.run(terminal);
        terminal.out().flush();
        return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}

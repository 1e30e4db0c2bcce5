package io.keelson.cli.print;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Where a command reads and writes.
 *
 * @param out results; UTF-8 whatever the locale says, since objects are UTF-8; flushed by who waits, and at the end
 * @param err everything else
 * @param in standard input
 * @param interactive a person looks at {@code out}: colours and lines that are written over
 * @param environment the environment variables
 */
public record Terminal(
        PrintStream out, PrintStream err, InputStream in, boolean interactive, Map<String, String> environment) {

    private static final int BUFFER_BYTES = 1 << 16;

    /** The process's own. The launcher knows whether standard output is a terminal and says it in KEELSON_TERMINAL. */
    public static Terminal ofProcess() {
        var environment = System.getenv();
        boolean interactive = environment.containsKey("KEELSON_TERMINAL")
                && !environment.containsKey("NO_COLOR")
                && !"dumb".equals(environment.get("TERM"));
        return new Terminal(
                stream(FileDescriptor.out, false),
                stream(FileDescriptor.err, true),
                new FileInputStream(FileDescriptor.in),
                interactive,
                environment);
    }

    private static PrintStream stream(FileDescriptor descriptor, boolean flushLines) {
        var buffered = new BufferedOutputStream(new FileOutputStream(descriptor), BUFFER_BYTES);
        return new PrintStream(buffered, flushLines, StandardCharsets.UTF_8);
    }

    /** An environment variable, if it is set and not empty. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** The user's home directory. */
    public String home() {
        return variable("HOME").orElseGet(() -> System.getProperty("user.home"));
    }

    /** The text in a colour if a person looks at it. */
    public String paint(Colour colour, String text) {
        return interactive ? colour.code + text + Colour.RESET : text;
    }

    /** The colours in use, by meaning. */
    public enum Colour {
        GOOD("\u001b[32m"),
        WARN("\u001b[33m"),
        BAD("\u001b[31m"),
        FAINT("\u001b[2m"),
        STRONG("\u001b[1m");

        private static final String RESET = "\u001b[0m";
        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }
}

package io.keelson.agent.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * A tool of the node and its arguments, with what it reads from standard input.
 *
 * @param words the program and its arguments
 * @param input what it reads, as UTF-8
 */
public record Command(List<String> words, String input) {
    /** How long a tool may take; none of those used here waits for anything but the kernel. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final List<Path> PLACES = List.of(
            Path.of("/usr/local/sbin"),
            Path.of("/usr/local/bin"),
            Path.of("/usr/sbin"),
            Path.of("/usr/bin"),
            Path.of("/sbin"),
            Path.of("/bin"));

    public Command {
        words = List.copyOf(words);
    }

    public static Command of(String... words) {
        return new Command(List.of(words), "");
    }

    public static Command of(List<String> words) {
        return new Command(words, "");
    }

    /** The same, reading this. */
    public Command reading(String newInput) {
        return new Command(words, newInput);
    }

    /** Where a program is, looked for in the usual places of a Linux system whatever PATH says. */
    public static Optional<Path> find(String program) {
        return PLACES.stream()
                .map(place -> place.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A PATH with the usual places, for programs that look for others. */
    public static String searchPath() {
        return String.join(":", PLACES.stream().map(Path::toString).toList());
    }

    /** How a tool ended and what it said. */
    public record Outcome(int exitCode, String output, String errors) {
        public boolean ok() {
            return exitCode == 0;
        }
    }

    /** Runs it to its end. Throws {@link IllegalStateException} if it cannot be started or takes longer than {@link #TIMEOUT}. */
    public Outcome run() {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(words);
            builder.environment().put("PATH", searchPath());
            builder.environment().put("LC_ALL", "C");
            process = builder.start();
        } catch (IOException e) {
            throw new IllegalStateException(words.getFirst() + " cannot be started: " + e.getMessage(), e);
        }
        // Both streams are drained beside the writing, or a full pipe would stop the tool for ever.
        FutureTask<String> output = drain(process.getInputStream());
        FutureTask<String> errors = drain(process.getErrorStream());
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading all; its exit code and words say why.
            if (process.isAlive()) {
                process.destroyForcibly();
                throw new IllegalStateException(words.getFirst() + " does not read its input", e);
            }
        }
        try {
            if (!process.waitFor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        String.join(" ", words) + " did not end within " + TIMEOUT.toSeconds() + " s");
            }
            return new Outcome(process.exitValue(), output.get(), errors.get());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(words.getFirst() + " was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(words.getFirst() + ": its output cannot be read", e);
        }
    }

    /** Runs it and returns what it printed. Throws {@link IllegalStateException} with its own words when it fails. */
    public String check() {
        Outcome outcome = run();
        if (!outcome.ok()) {
            String words = String.join(" ", this.words);
            String said = (outcome.errors().isBlank() ? outcome.output() : outcome.errors()).strip();
            throw new IllegalStateException(words + " failed with exit code " + outcome.exitCode() + ": " + said);
        }
        return outcome.output();
    }

    private static FutureTask<String> drain(InputStream stream) {
        FutureTask<String> task = new FutureTask<>(() -> {
            try (stream) {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Thread.ofVirtual().start(task);
        return task;
    }
}

package io.keelson.cli.cluster;

import io.keelson.cli.print.Trouble;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs tools of this machine. */
final class Shell {

    private Shell() {}

    /** What a tool answered. */
    record Result(int code, String output) {
        boolean ok() {
            return code == 0;
        }
    }

    /** Runs a tool to its end; its standard output and error together. */
    static Result run(String... words) throws InterruptedException {
        return run(Map.of(), "", words);
    }

    /** Runs a tool with an input and more environment variables. */
    static Result run(Map<String, String> environment, String input, String... words) throws InterruptedException {
        try {
            var builder = new ProcessBuilder(words).redirectErrorStream(true);
            builder.environment().putAll(environment);
            var process = builder.start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException doesNotRead) {
                // Its exit code says what is wrong.
                process.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            }
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException cannotStart) {
            return new Result(127, String.valueOf(cannotStart.getMessage()));
        }
    }

    /** Runs a tool that must succeed. */
    static String must(String... words) throws InterruptedException {
        var result = run(words);
        if (!result.ok())
            throw Trouble.of(
                    "this failed: " + String.join(" ", words),
                    result.output().lines().limit(12).toArray(String[]::new));
        return result.output();
    }

    /** Where a program is, on the PATH or in the folders for administrators, which ordinary users' PATHs leave out. */
    static Optional<Path> which(String program) {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
        return Stream.concat(
                        List.of(path.split(":", -1)).stream(),
                        Stream.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}

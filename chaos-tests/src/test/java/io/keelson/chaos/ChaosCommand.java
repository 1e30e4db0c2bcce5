package io.keelson.chaos;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * {@code dev/chaos} or {@code dev/crash}, run by a test on the test's own class path.
 *
 * @param status how it ended
 * @param output what it printed
 */
record ChaosCommand(int status, String output) {

    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    /** A run that takes longer hangs. The longest that is asked for takes a quarter of this on a quiet machine. */
    private static final int LIMIT_MINUTES = 12;

    /** Runs {@code dev/chaos}; the test is skipped where it cannot run. */
    static ChaosCommand run(String... arguments) throws IOException, InterruptedException {
        assumeTrue(Files.isWritable(Path.of("/proc/1/oom_score_adj")), "not root: no namespaces, so no chaos");
        var all = new ArrayList<>(List.of(arguments));
        if (!all.contains("--machines") && !Files.isExecutable(Path.of("/usr/sbin/dockerd"))) {
            System.out.println("no dockerd here (Debian: docker.io): members run in network namespaces");
            all.addAll(List.of("--machines", "namespaces"));
        }
        Process process = start("dev/chaos", all);
        // Killed, all that it has started dies with its namespaces.
        CompletableFuture.delayedExecutor(LIMIT_MINUTES, TimeUnit.MINUTES).execute(process::destroyForcibly);
        return toItsEnd(process);
    }

    /** Runs {@code dev/crash}. */
    static ChaosCommand crash(String... arguments) throws IOException, InterruptedException {
        return toItsEnd(start("dev/crash", List.of(arguments)));
    }

    private static Process start(String script, List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(REPOSITORY.resolve(script).toString());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("KEELSON_CHAOS_CLASSPATH", classPath());
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static ChaosCommand toItsEnd(Process process) throws IOException, InterruptedException {
        var output = new StringBuilder();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(line);
                output.append(line).append('\n');
            }
        }
        return new ChaosCommand(process.waitFor(), output.toString());
    }

    /** Surefire hides the class path in a jar and tells it here. Absolute, because members run elsewhere. */
    private static String classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().normalize().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}

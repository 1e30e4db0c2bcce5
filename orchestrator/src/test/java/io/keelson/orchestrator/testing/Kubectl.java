package io.keelson.orchestrator.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real kubectl of one version. The binaries are looked for beside the {@code kubectl} that is found first, for that is where Google's
 * package puts one of each version; where they are missing the test is skipped and says so.
 */
public final class Kubectl {

    private final Path binary;
    private final Path kubeconfig;
    private final Path directory;
    private final Path work;
    private final String namespace;

    private Kubectl(Path binary, Path kubeconfig, Path directory, Path work, String namespace) {
        this.binary = binary;
        this.kubeconfig = kubeconfig;
        this.directory = directory;
        this.work = work;
        this.namespace = namespace;
    }

    /** The kubectl of a version such as {@code 1.33}; what it writes is below a directory. */
    public static Kubectl of(String version, Path kubeconfig, Path directory, String namespace) {
        Optional<Path> found = Stream.of(System.getenv("PATH").split(":", -1))
                .map(folder -> Path.of(folder, "kubectl"))
                .filter(Files::isExecutable)
                .map(Kubectl::real)
                .map(kubectl -> kubectl.resolveSibling("kubectl." + version))
                .filter(Files::isExecutable)
                .findFirst();
        Assumptions.assumeTrue(
                found.isPresent(), "SKIPPED: there is no kubectl." + version + " beside the kubectl in the PATH");
        try {
            Files.createDirectories(directory.resolve("home"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Kubectl(found.orElseThrow(), kubeconfig, directory, directory, namespace);
    }

    /** The same one, run in another folder. */
    public Kubectl in(Path folder) {
        return new Kubectl(binary, kubeconfig, directory, folder, namespace);
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }

    /** What it said, and how it ended. */
    public record Output(int code, String text) {}

    /** The namespace that it works in. */
    public String namespace() {
        return namespace;
    }

    /** The folder that it runs in. */
    public Path folder() {
        return work;
    }

    /** Runs it to its end. */
    public Output run(String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), List.of(arguments));
    }

    /** As the other one, with more in its environment. */
    public Output run(Map<String, String> environment, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(binary.toString(), "-n", namespace));
        command.addAll(arguments);
        Path out = Files.createTempFile(directory, "kubectl", ".out");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        builder.environment().put("HOME", directory.resolve("home").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " did not end; it said: " + Files.readString(out));
        }
        return new Output(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
    }

    /** What it says when all goes well. */
    public String ok(String... arguments) throws IOException, InterruptedException {
        Output output = run(arguments);
        assertThat(output.code())
                .as(String.join(" ", arguments) + ": " + output.text())
                .isZero();
        return output.text();
    }
}

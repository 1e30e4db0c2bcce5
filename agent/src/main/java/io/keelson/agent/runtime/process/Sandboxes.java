package io.keelson.agent.runtime.process;

import io.keelson.agent.io.FileTree;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.runtime.SandboxId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** The sandboxes of plain processes: a file each, which says what the pod was given. Nothing runs for one. */
final class Sandboxes {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SUFFIX = ".json";

    private final Path directory;

    Sandboxes(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory);
    }

    /** A sandbox as written down. */
    record Sandbox(
            String id,
            PodId pod,
            int attempt,
            boolean ready,
            boolean hostNetwork,
            String ip,
            String boot,
            long createdAtMillis,
            String logDirectory,
            Map<String, String> labels,
            Map<String, String> annotations) {
        Sandbox stopped() {
            return new Sandbox(
                    id, pod, attempt, false, hostNetwork, "", boot, createdAtMillis, logDirectory, labels, annotations);
        }

        /** It did not outlive the boot of the machine in which it was made. */
        ObservedSandbox observe(String bootNow) {
            boolean alive = ready && boot.equals(bootNow);
            return new ObservedSandbox(
                    new SandboxId(id),
                    pod,
                    attempt,
                    alive,
                    hostNetwork,
                    Instant.ofEpochMilli(createdAtMillis),
                    alive && !ip.isEmpty() ? List.of(ip) : List.of(),
                    0,
                    labels,
                    annotations);
        }
    }

    /** Makes one, with an address that no other has. */
    synchronized SandboxId add(String id, SandboxConfig config, long nowMillis) {
        var taken = all().stream().filter(Sandbox::ready).map(Sandbox::ip).toList();
        // Runtimes that share a machine begin to look in different places.
        var seed = config.pod().uid() + directory.getParent();
        write(new Sandbox(
                id,
                config.pod(),
                config.attempt(),
                true,
                config.hostNetwork(),
                config.hostNetwork() ? "" : LoopbackAddress.choose(seed, taken),
                ProcessIdentity.currentBoot(),
                nowMillis,
                config.logDirectory().toString(),
                config.labels(),
                config.annotations()));
        return new SandboxId(id);
    }

    /** Gives its address back. One that is not there is fine. */
    synchronized void stop(SandboxId sandbox) {
        find(sandbox.value()).filter(Sandbox::ready).ifPresent(s -> write(s.stopped()));
    }

    void remove(SandboxId sandbox) {
        var file = file(sandbox.value());
        try {
            FileTree.delete(file);
        } catch (IOException e) {
            throw new RuntimeFault.Failed("removing " + file, e);
        }
    }

    List<Sandbox> all() {
        try (var files = Files.list(directory)) {
            return files.map(p -> p.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .flatMap(name -> find(name.substring(0, name.length() - SUFFIX.length())).stream())
                    .toList();
        } catch (IOException e) {
            throw new RuntimeFault.Unavailable(directory + " cannot be read", e);
        }
    }

    Optional<Sandbox> find(String id) {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file(id)), Sandbox.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Sandbox sandbox) {
        var next = directory.resolve(sandbox.id() + ".next");
        try {
            Files.write(next, JSON.writeValueAsBytes(sandbox));
            Files.move(next, file(sandbox.id()), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new RuntimeFault.SandboxFailed(directory + ": " + e);
        }
    }

    private Path file(String id) {
        return directory.resolve(id + SUFFIX);
    }
}

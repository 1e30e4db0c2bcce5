package io.keelson.agent.runtime.process;

import io.keelson.agent.libc.NamedPipe;
import io.keelson.agent.runtime.ContainerConfig;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedContainer.State;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.SandboxId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.json.JsonMapper;

/**
 * The directory of one container: what it is, and how far it has come. Files, each written by one side only:
 *
 * <pre>
 * container.json  what to run                  runtime, at creation
 * owner.json      the wrapper's identity       runtime, at start
 * failure         why it could not be started  runtime, at start
 * pid             the program's pid            wrapper
 * exit            its exit code                wrapper
 * stdout, stderr  what it wrote                the program
 * stdin           a pipe that it reads         who is attached; only if the container asked for one
 * stdin-hold      a pipe: a line written there ends what is held open of stdin
 * stdin-once      stdin ends with its first user; runtime, at creation
 * </pre>
 */
record ContainerHome(Path directory) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What to run, as written down at creation. */
    record Spec(
            String id,
            String sandbox,
            PodId pod,
            String name,
            int attempt,
            String image,
            String imageId,
            List<String> command,
            Map<String, String> env,
            String workingDir,
            String log,
            Map<String, String> labels,
            Map<String, String> annotations,
            long createdAtMillis) {}

    /** Who runs it. */
    record Owner(ProcessIdentity wrapper, long startedAtMillis) {}

    Path rootfs() {
        return directory.resolve("rootfs");
    }

    Path stdout() {
        return directory.resolve("stdout");
    }

    Path stderr() {
        return directory.resolve("stderr");
    }

    Path stdin() {
        return directory.resolve("stdin");
    }

    Path stdinHold() {
        return directory.resolve("stdin-hold");
    }

    boolean stdinOnce() {
        return Files.exists(directory.resolve("stdin-once"));
    }

    /** Makes what a program needs that reads what users type. */
    void makeStdin(boolean once) throws IOException {
        NamedPipe.make(stdin());
        NamedPipe.make(stdinHold());
        if (once) {
            Files.createFile(directory.resolve("stdin-once"));
        }
    }

    Spec spec() {
        return JSON.readValue(directory.resolve("container.json").toFile(), Spec.class);
    }

    void write(Spec spec) throws IOException {
        atomically("container.json", JSON.writeValueAsBytes(spec));
    }

    void write(Owner owner) throws IOException {
        atomically("owner.json", JSON.writeValueAsBytes(owner));
    }

    void writeFailure(String message) throws IOException {
        atomically("failure", message.getBytes(StandardCharsets.UTF_8));
    }

    /** For a program whose wrapper was killed before it could write the code down. */
    void writeExit(int code) throws IOException {
        atomically("exit", (code + "\n").getBytes(StandardCharsets.UTF_8));
    }

    Optional<Owner> owner() {
        var file = directory.resolve("owner.json");
        return Files.exists(file) ? Optional.of(JSON.readValue(file.toFile(), Owner.class)) : Optional.empty();
    }

    OptionalInt exit() {
        return number("exit").map(n -> OptionalInt.of((int) (long) n)).orElse(OptionalInt.empty());
    }

    /** The program's own pid, once the wrapper has got there. */
    OptionalLong pid() {
        return number("pid").map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    boolean running() {
        return exit().isEmpty() && owner().filter(o -> o.wrapper().isAlive()).isPresent();
    }

    /** What can be seen of it now. */
    ObservedContainer observe() {
        var spec = spec();
        var owner = owner();
        var failure = directory.resolve("failure");
        State state = State.CREATED;
        int code = 0;
        String reason = "";
        String message = "";
        Optional<Instant> finished = Optional.empty();
        // Asked before the exit file: a program that ends in between is then seen as running for one more look, not as
        // lost.
        boolean alive = owner.filter(o -> o.wrapper().isAlive()).isPresent();
        var exit = exit();
        if (Files.exists(failure)) {
            state = State.EXITED;
            code = 128;
            reason = "StartError";
            message = read(failure);
            finished = modified(failure);
        } else if (exit.isPresent()) {
            state = State.EXITED;
            code = exit.getAsInt();
            reason = code == 0 ? "Completed" : "Error";
            finished = modified(directory.resolve("exit"));
        } else if (owner.isPresent()) {
            state = alive ? State.RUNNING : State.UNKNOWN;
            finished = alive ? Optional.empty() : modified(directory.resolve("owner.json"));
            message = alive ? "" : "the process has gone without leaving an exit code";
        }
        return new ObservedContainer(
                new ContainerId(spec.id()),
                new SandboxId(spec.sandbox()),
                spec.pod(),
                spec.name(),
                spec.attempt(),
                state,
                Instant.ofEpochMilli(spec.createdAtMillis()),
                owner.map(o -> Instant.ofEpochMilli(o.startedAtMillis())).or(() -> modifiedIf(failure)),
                finished,
                code,
                reason,
                message,
                spec.image(),
                spec.imageId(),
                state == State.RUNNING ? pid().orElse(0) : 0,
                spec.labels(),
                spec.annotations());
    }

    static Spec spec(
            String id,
            SandboxId sandbox,
            PodId pod,
            ContainerConfig config,
            List<String> command,
            Map<String, String> env,
            String cwd,
            Path log) {
        return new Spec(
                id,
                sandbox.value(),
                pod,
                config.name(),
                config.attempt(),
                config.image().name(),
                config.image().id(),
                command,
                env,
                cwd,
                log.toString(),
                config.labels(),
                config.annotations(),
                System.currentTimeMillis());
    }

    private Optional<Long> number(String name) {
        var file = directory.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var text = read(file);
        // Complete only with its newline: the wrapper may be writing it right now.
        return text.endsWith("\n") && text.strip().matches("\\d{1,18}")
                ? Optional.of(Long.parseLong(text.strip()))
                : Optional.empty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static Optional<Instant> modifiedIf(Path file) {
        return Files.exists(file) ? modified(file) : Optional.empty();
    }

    private static Optional<Instant> modified(Path file) {
        try {
            return Optional.of(Files.getLastModifiedTime(file).toInstant());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void atomically(String name, byte[] content) throws IOException {
        var next = directory.resolve(name + ".next");
        Files.write(next, content);
        Files.move(next, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}

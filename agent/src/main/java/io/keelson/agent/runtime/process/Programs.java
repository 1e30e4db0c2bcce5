package io.keelson.agent.runtime.process;

import io.keelson.agent.runtime.RuntimeFault;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Starts programs: a container's own, under a wrapper that outlives the agent, and commands beside it. */
final class Programs {
    static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    // Builtins only: the PATH is the container's. The program's files are opened here, so that they outlive the agent.
    // At the end, all that
    // the program left behind goes with it: the wrapper leads a session, and so a process group, of its own.
    // What users type comes through a pipe, which a shell holds open, so that the program sees no end of it before
    // there was a user.
    private static final String WRAPPER = """
            d=$1; shift
            i=/dev/null
            if [ -e "$d/stdin" ]; then
                i=$d/stdin
                /bin/sh -c 'read x' <>"$d/stdin-hold" 3<>"$d/stdin" >/dev/null 2>&1 &
            fi
            /bin/sh -c 'd=$1; shift; echo $$ >"$d/pid"; exec "$@"' sh "$d" "$@" >>"$d/stdout" 2>>"$d/stderr" <"$i"
            r=$?
            echo "$r" >"$d/exit"
            kill -9 0
            """;

    private final Optional<Path> setsid = onPath("setsid", DEFAULT_PATH);

    /** A program that cannot be started; the message says why. */
    static final class StartProblem extends Exception {
        private static final long serialVersionUID = 1L;

        private StartProblem(String message) {
            super(message);
        }
    }

    /** The words that give a program a session of its own; none if this machine cannot. */
    List<String> session() {
        return setsid.map(Path::toString).stream().toList();
    }

    /**
     * Starts a container's own program and writes down whose it is.
     *
     * @throws RuntimeFault.StartFailed if it cannot be run; that is written down, too
     */
    void start(ContainerHome home, long nowMillis) {
        var spec = home.spec();
        try {
            var command = new ArrayList<>(session());
            command.addAll(List.of(
                    "/bin/sh",
                    "-c",
                    WRAPPER,
                    "keelson-container",
                    home.directory().toString()));
            command.addAll(resolved(home, spec, spec.command()));
            var process = in(home, spec, command)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            // A program that is over already cannot be identified any more; its exit code is on the disk all the same.
            var identity = ProcessIdentity.of(process.pid())
                    .orElse(new ProcessIdentity(process.pid(), 0, ProcessIdentity.currentBoot()));
            home.write(new ContainerHome.Owner(identity, nowMillis));
        } catch (StartProblem | IOException e) {
            var message = "failed to start container \"" + spec.name() + "\": " + e.getMessage();
            try {
                home.writeFailure(message);
            } catch (IOException worse) {
                e.addSuppressed(worse);
            }
            throw new RuntimeFault.StartFailed(message);
        }
    }

    /** A command with a container's directory and environment. */
    static ProcessBuilder beside(ContainerHome home, List<String> command) throws StartProblem, IOException {
        var spec = home.spec();
        return in(home, spec, resolved(home, spec, command));
    }

    private static ProcessBuilder in(ContainerHome home, ContainerHome.Spec spec, List<String> command)
            throws IOException {
        var builder = new ProcessBuilder(command)
                .directory(new Rootfs(home.rootfs()).inside(spec.workingDir()).toFile());
        builder.environment().clear();
        builder.environment().putAll(spec.env());
        return builder;
    }

    /** The command with its program looked up: in the container's root first, then on the machine. */
    private static List<String> resolved(ContainerHome home, ContainerHome.Spec spec, List<String> command)
            throws StartProblem, IOException {
        var name = command.getFirst();
        var path = spec.env().getOrDefault("PATH", DEFAULT_PATH);
        // The PATH begins with the root's own directories (see environment); what is looked up within the root are the
        // image's.
        var imagePath = Arrays.stream(path.split(":"))
                .filter(p -> p.startsWith("/") && !p.startsWith(home.rootfs().toString()))
                .toList();
        var program = name.startsWith(home.rootfs() + "/")
                ? Optional.of(Path.of(name)).filter(Files::isExecutable)
                : new Rootfs(home.rootfs())
                        .program(name, spec.workingDir(), imagePath)
                        .or(() -> onPath(name, String.join(":", imagePath)));
        if (program.isEmpty()) {
            throw new StartProblem(
                    "exec: \"" + name + "\": executable file not found in the image or in $PATH of this machine");
        }
        var all = new ArrayList<>(command);
        all.set(0, program.get().toString());
        return all;
    }

    private static Optional<Path> onPath(String name, String path) {
        if (name.contains("/")) {
            return Optional.of(Path.of(name))
                    .filter(p -> p.isAbsolute() && Files.isRegularFile(p) && Files.isExecutable(p));
        }
        return Arrays.stream(path.split(":"))
                .map(p -> Path.of(p).resolve(name))
                .filter(p -> Files.isRegularFile(p) && Files.isExecutable(p))
                .findFirst();
    }
}

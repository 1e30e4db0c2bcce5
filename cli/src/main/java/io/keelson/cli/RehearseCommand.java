package io.keelson.cli;

import io.keelson.cli.cluster.SampleFiles;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.cli.quick.QuickGet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code keelson rehearse}, not for users: runs the client commands against a stand-in for a cluster in this process, and a cluster for a while, so that
 * the JVM can record what they load (JEP 514) and what of it is hot (JEP 515). {@code bin/keelson} calls it once after a build.
 */
final class RehearseCommand implements Command {

    private static final String RECORD = "-XX:AOTCacheOutput=";
    private static final int RECORDING_SECONDS = 300;
    private static final int ROUNDS = 3;
    private static final int TRIES = 60;
    private static final int TRIES_OF_ROLLOUT = 3;
    private static final int PAUSE_MILLIS = 500;

    /** Runs on the process runtime, with a program that every machine has. */
    private static final String APPLICATION = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a}
            data: {a: b}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: a}
            spec:
              selector: {matchLabels: {app: a}}
              template:
                metadata: {labels: {app: a}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: c
                    image: localhost/machine:latest
                    command: [sleep, "60"]
                    readinessProbe: {exec: {command: ["true"]}, periodSeconds: 1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: a}
            spec: {selector: {app: a}, ports: [{port: 80}]}
            """;

    private static final String MANIFEST = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: a, labels: {app: "a"}}
            spec:
              replicas: 1
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: a
            """;

    @Override
    public CommandSpec spec() {
        return Options.command("rehearse", "prepare|client|cluster|serve|get FOLDER [OPTION...]", "Not for users.")
                .addPositional(Options.rest("WHAT", ""));
    }

    /** In two processes: making keys would be recorded, too, and then slow down every command that makes none. */
    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var words = Options.words(parsed);
        if (words.size() < 2) throw Trouble.usage("rehearse prepare FOLDER, then rehearse client FOLDER");
        var files = new SampleFiles(Path.of(words.get(1)));
        try {
            switch (words.getFirst()) {
                case "prepare" -> files.write(words.size() > 2 ? Integer.parseInt(words.get(2)) : 1);
                case "client" -> client(files);
                case "get" -> get(files, words.subList(2, words.size()));
                case "cluster" -> cluster(files, words.subList(2, words.size()));
                case "serve" -> serve(files, words.getLast());
                default -> throw Trouble.usage("rehearse prepare, client, cluster, serve or get");
            }
            return 0;
        } catch (IOException failed) {
            throw Trouble.because(failed, "the rehearsal failed: " + failed.getMessage());
        }
    }

    private static void client(SampleFiles files) throws IOException, InterruptedException {
        try (var _ = StandIn.start(files)) {
            for (int i = 0; i < ROUNDS; i++) commands(files);
            forward(files);
        }
    }

    /** The quick way in a JVM of its own with these options, which records it: nothing else may be in the recording. */
    private static void get(SampleFiles files, List<String> options) throws IOException, InterruptedException {
        try (var _ = StandIn.startAsServersDo(files)) {
            // Whom the full client has met is known to the quick way.
            command(files, "get pods", "");
            var line = new ArrayList<String>();
            line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            line.addAll(options);
            line.addAll(List.of(QuickGet.class.getName(), "get", "pods"));
            var said = files.folder().resolve("said");
            var process = new ProcessBuilder(line);
            process.environment().putAll(environment(files));
            process.environment().put("KEELSON_DEBUG", "yes");
            process.inheritIO().redirectError(said.toFile());
            int code = process.start().waitFor();
            if (code != 0 || Files.readString(said).contains(QuickGet.ASIDE))
                throw Trouble.of("it ended with " + code + ": " + Files.readString(said));
        }
    }

    /** A cluster of servers with these options of the JVM each, of which the first is recorded, and an application on it. */
    private static void cluster(SampleFiles files, List<String> options) throws IOException, InterruptedException {
        var started = new ArrayList<Process>();
        try {
            for (var name : files.servers()) started.add(start(files, name, options));
            int code = Trouble.FAILED;
            for (int i = 0; i < TRIES && code != 0; i++) {
                Thread.sleep(PAUSE_MILLIS);
                code = command(files, "get nodes", "");
            }
            if (code != 0) throw Trouble.of("the servers did not answer");
            command(files, "apply -f -", APPLICATION);
            for (int i = 0;
                    i < TRIES_OF_ROLLOUT && command(files, "rollout status deployment/a --timeout 1", "") != 0;
                    i++) Thread.sleep(PAUSE_MILLIS);
            command(files, "get all", "");
            try (var exercise = new Exercise(files)) {
                exercise.run();
            }
            command(files, "delete deployment/a", "");
            var recorded = started.getFirst();
            recorded.getOutputStream().close();
            if (!recorded.waitFor(RECORDING_SECONDS, TimeUnit.SECONDS))
                throw Trouble.of("the recording takes too long");
        } finally {
            for (var server : started) server.destroyForcibly().waitFor();
        }
    }

    /** The first is recorded; the others should leave it the processors. */
    private static Process start(SampleFiles files, String name, List<String> options) throws IOException {
        boolean first = name.equals(files.servers().getFirst());
        var line = new ArrayList<String>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (var option : options) if (first || !option.startsWith(RECORD)) line.add(option);
        if (!first) line.add("-XX:TieredStopAtLevel=1");
        line.addAll(List.of(
                Main.class.getName(), "rehearse", "serve", files.folder().toString(), name));
        var said = files.folder().resolve(name + ".said").toFile();
        return new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(said)
                .start();
    }

    /** A server, and with the first one a node, in this process, until nobody holds its input open. They are closed when the process ends. */
    private static void serve(SampleFiles files, String name) throws IOException {
        var both = new ArrayList<List<String>>();
        both.add(files.serverArguments(name));
        if (name.equals(files.servers().getFirst())) both.add(files.agentArguments());
        for (var arguments : both) {
            Thread.ofPlatform()
                    .daemon()
                    .name(arguments.getFirst())
                    .start(() -> Cli.run(arguments.toArray(String[]::new), Terminal.ofProcess()));
        }
        System.in.transferTo(OutputStream.nullOutputStream());
    }

    private static int command(SampleFiles files, String line, String input) {
        var out = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        return Cli.run(line.split(" ", -1), new Terminal(out, out, in, true, environment(files)));
    }

    private static Map<String, String> environment(SampleFiles files) {
        var home = files.folder().toString();
        return Map.of("KUBECONFIG", files.kubeconfig().toString(), "HOME", home, "XDG_CACHE_HOME", home);
    }

    /** It would last until somebody ends it. */
    private static void forward(SampleFiles files) throws InterruptedException {
        var forwarding = Thread.ofPlatform().daemon().start(() -> command(files, "port-forward a 0:80", ""));
        Thread.sleep(PAUSE_MILLIS);
        forwarding.interrupt();
        forwarding.join();
    }

    private static void commands(SampleFiles files) {
        for (var line : List.of(
                "get pods",
                "get pods -o wide -A",
                "get pods,deployments",
                "get pod a -o yaml",
                "get pods -o json",
                "get pods -o name",
                "get all",
                "describe pod/a",
                "apply -f -",
                "scale pod/a --replicas=1",
                "logs a",
                "exec a -- true",
                "top pods",
                "top nodes",
                "why pod/a",
                "history pod/a",
                "diff -f -",
                "version",
                "rollout status deployment/a",
                "get nothing",
                "gett")) {
            command(files, line, MANIFEST);
        }
    }
}

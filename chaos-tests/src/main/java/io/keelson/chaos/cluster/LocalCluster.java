package io.keelson.chaos.cluster;

import io.keelson.chaos.workload.Access;
import io.keelson.cli.cluster.Daemon;
import io.keelson.cli.cluster.Plan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A cluster in a directory of its own, without a way out of this machine. Closing it removes every trace. */
public final class LocalCluster implements AutoCloseable {

    private static final long COMMAND_MINUTES = 10;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path repository;
    private final Path directory;

    private LocalCluster(Path repository, Path directory) {
        this.repository = repository;
        this.directory = directory;
    }

    /**
     * Makes a cluster and applies a manifest, as a user would; returns when it runs.
     *
     * @param repository the source tree, with {@code bin/keelson}
     * @param directory where the cluster lives; must not exist
     * @param manifest relative to the source tree
     */
    public static LocalCluster up(Path repository, Path directory, String manifest) throws IOException {
        var cluster = new LocalCluster(repository, directory);
        try {
            cluster.keelson("up", manifest, "--uplink", "none");
            return cluster;
        } catch (IOException | RuntimeException | AssertionError e) {
            if (Files.exists(Plan.file(directory))) {
                cluster.close();
            }
            throw e;
        }
    }

    /** Starts again what is down. */
    public void repair() throws IOException {
        keelson("up");
    }

    /** How to reach it. */
    public Access access() {
        Plan plan = plan();
        return new Access(
                plan.servers().stream()
                        .map(server -> "127.0.0.1:" + server.clientPort())
                        .toList(),
                plan.apiServers(),
                plan.pki().resolve("ca.crt"),
                plan.pki().resolve("admin.crt"),
                plan.pki().resolve("admin.key"));
    }

    /** The names of its servers. */
    public List<String> servers() {
        return plan().servers().stream().map(Plan.Server::name).toList();
    }

    private Plan plan() {
        return Plan.require(directory);
    }

    /** Kills a server's process with SIGKILL and returns when it is gone. */
    public void kill(String server) throws InterruptedException {
        Plan plan = plan();
        Plan.Server row = plan.servers().stream()
                .filter(one -> one.name().equals(server))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no server " + server));
        ProcessHandle process = new Daemon(server, plan.serverDirectory(row))
                .process()
                .orElseThrow(() -> new IllegalStateException("server " + server + " does not run"));
        if (!process.destroyForcibly()) {
            throw new IllegalStateException("server " + server + " cannot be killed");
        }
        while (process.isAlive()) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /**
     * The containers of all pods in namespace default as they are now: one line each with uid, container id and restart count.
     * Equal lists mean that nothing was restarted or replaced.
     */
    public List<String> containers() throws IOException {
        JsonNode list = JSON.readTree(keelson("get", "pods", "-n", "default", "-o", "json"));
        var lines = new ArrayList<String>();
        for (JsonNode pod : list.path("items")) {
            for (JsonNode status : pod.path("status").path("containerStatuses")) {
                lines.add(pod.path("metadata").path("uid").asString() + " "
                        + status.path("containerID").asString() + " restarts "
                        + status.path("restartCount").asInt());
            }
        }
        lines.sort(String::compareTo);
        return lines;
    }

    /** Runs a command of {@code keelson} on this cluster; its standard output. An {@link AssertionError} with all it said if it fails. */
    public String keelson(String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(repository.resolve("bin/keelson").toString());
        command.addAll(List.of(arguments));
        command.add("--dir");
        command.add(directory.toString());
        Path errors = Files.createTempFile("keelson-", ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(repository.toFile())
                    .redirectError(errors.toFile())
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            awaitEnd(process, command);
            if (process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + " ended with " + process.exitValue() + "\n"
                        + output + Files.readString(errors));
            }
            return output;
        } finally {
            Files.delete(errors);
        }
    }

    private static void awaitEnd(Process process, List<String> command) {
        try {
            if (process.waitFor(COMMAND_MINUTES, TimeUnit.MINUTES)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new AssertionError(
                String.join(" ", command) + " has not ended in " + COMMAND_MINUTES + " minutes, or was interrupted");
    }

    @Override
    public void close() throws IOException {
        keelson("down", "--purge");
    }
}

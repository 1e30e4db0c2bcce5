package io.keelson.agent;

import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.containerd.NodeTeardown;
import io.keelson.agent.runtime.process.ProcessRuntime;
import io.keelson.agent.volume.PodTokens;
import io.keelson.agent.volume.PodVolumes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;

/** Ends everything that a node runs, for {@code keelson down}. No agent may run on the directory meanwhile. */
public final class Teardown {
    /** How long containers get to end by themselves. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private Teardown() {}

    /** Stops and removes all pods of a node's directory. Doing it again, or for a directory that does not exist, is fine. */
    public static void run(RuntimeKind kind, Path dir) throws IOException, InterruptedException {
        if (!Files.isDirectory(dir)) {
            return;
        }
        switch (kind) {
            case CONTAINERD -> NodeTeardown.run(dir);
            case PROCESS -> {
                try (var runtime = new ProcessRuntime(dir.resolve("process"), InstantSource.system())) {
                    removeAll(runtime);
                }
            }
        }
        var pods = dir.resolve("pods");
        if (Files.isDirectory(pods)) {
            var volumes = new PodVolumes(pods, PodTokens.NONE);
            try (var homes = Files.list(pods)) {
                for (var home : homes.toList()) {
                    volumes.remove(home.getFileName().toString());
                }
            }
        }
    }

    private static void removeAll(ContainerRuntime runtime) throws InterruptedException {
        var seen = runtime.list();
        var stopping = new ArrayList<Thread>();
        for (var container : seen.containers()) {
            if (container.state() == ObservedContainer.State.RUNNING) {
                stopping.add(stop(runtime, container.id()));
            }
        }
        for (var thread : stopping) {
            thread.join();
        }
        seen.sandboxes().forEach(s -> runtime.stopSandbox(s.id()));
        seen.containers().forEach(c -> runtime.removeContainer(c.id()));
        seen.sandboxes().forEach(s -> runtime.removeSandbox(s.id()));
    }

    private static Thread stop(ContainerRuntime runtime, ContainerId id) {
        // One that cannot be stopped with grace is ended with its sandbox, which then says why not, if so.
        return Thread.ofVirtual().name("stop").start(() -> runtime.stopContainer(id, GRACE));
    }
}

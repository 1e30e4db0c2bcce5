package io.keelson.agent.runtime.containerd;

import io.keelson.agent.runtime.ContainerConfig;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.Resources;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.runtime.SandboxId;
import io.keelson.agent.runtime.Security;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Pods for tests, and waiting for what they do. */
final class TestPods {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private TestPods() {}

    static SandboxConfig sandbox(String name, Path agentDir, String cgroupTop) {
        return sandbox(name, agentDir, cgroupTop, false);
    }

    static SandboxConfig sandbox(String name, Path agentDir, String cgroupTop, boolean sharePid) {
        PodId pod = new PodId("default", name, "uid-" + name);
        return new SandboxConfig(
                pod,
                0,
                name,
                agentDir.resolve("logs").resolve(pod.logDirectoryName()),
                SandboxConfig.Dns.NONE,
                List.of(),
                false,
                false,
                false,
                sharePid,
                cgroupTop + "/kubepods/burstable/pod" + pod.uid(),
                new Resources(512, 50_000, 100_000, 128L << 20, 0),
                Map.of(),
                Security.DEFAULT,
                Map.of("io.kubernetes.pod.name", name),
                Map.of("a/b", "c"));
    }

    static ContainerConfig container(
            ContainerRuntime runtime, String name, Map<String, String> env, long memory, String script) {
        return container(runtime, name, env, memory, script, false, Optional.empty());
    }

    /** One that is talked to, if {@code terminal}, and sees the processes of another. */
    static ContainerConfig container(
            ContainerRuntime runtime,
            String name,
            Map<String, String> env,
            long memory,
            String script,
            boolean terminal,
            Optional<ContainerId> pidTarget) {
        return new ContainerConfig(
                name,
                0,
                runtime.findImage(TestImages.BUSYBOX).orElseThrow(),
                List.of("/bin/sh", "-c", script),
                List.of(),
                "",
                env,
                List.of(),
                new Resources(256, 20_000, 100_000, memory, 900),
                Security.DEFAULT,
                terminal,
                false,
                terminal,
                pidTarget,
                name + "/0.log",
                Map.of(),
                Map.of());
    }

    static ContainerId start(
            ContainerRuntime runtime, SandboxId sandbox, SandboxConfig config, ContainerConfig container) {
        ContainerId id = runtime.createContainer(sandbox, config, container);
        runtime.startContainer(id);
        return id;
    }

    static ObservedContainer observed(ContainerRuntime runtime, ContainerId id) {
        return runtime.list().containers().stream()
                .filter(container -> container.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("container " + id + " is not listed"));
    }

    static ObservedSandbox observed(ContainerRuntime runtime, SandboxId id) {
        return runtime.list().sandboxes().stream()
                .filter(sandbox -> sandbox.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("sandbox " + id + " is not listed"));
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(
                    Duration.ofMillis(20).toNanos());
        }
    }
}

package io.keelson.agent.loop;

import io.keelson.agent.pod.NodeFacts;
import io.keelson.agent.probe.Actions;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.volume.PodVolumes;
import java.nio.file.Path;
import java.time.InstantSource;

/** What the workers of a node share. {@code logs} is the directory of all container logs. */
record WorkerContext(
        DesiredState desired,
        Observations observations,
        ContainerRuntime runtime,
        PodVolumes volumes,
        ServiceAccountTokens tokens,
        Reporter reporter,
        Actions actions,
        NodeFacts facts,
        SandboxConfig.Dns dns,
        Path logs,
        InstantSource clock) {}

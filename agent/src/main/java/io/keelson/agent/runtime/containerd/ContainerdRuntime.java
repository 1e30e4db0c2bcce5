package io.keelson.agent.runtime.containerd;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.keelson.agent.net.CniLeases;
import io.keelson.agent.net.NetworkNamespace;
import io.keelson.agent.runtime.ContainerConfig;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.ContainerStreams;
import io.keelson.agent.runtime.ContainerUsage;
import io.keelson.agent.runtime.ExecResult;
import io.keelson.agent.runtime.Image;
import io.keelson.agent.runtime.ObservedPods;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.RegistryLogin;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.RuntimeInfo;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.runtime.SandboxId;
import io.keelson.proto.cri.AttachRequest;
import io.keelson.proto.cri.CreateContainerRequest;
import io.keelson.proto.cri.ExecRequest;
import io.keelson.proto.cri.ExecSyncRequest;
import io.keelson.proto.cri.ExecSyncResponse;
import io.keelson.proto.cri.ListContainerStatsRequest;
import io.keelson.proto.cri.ListPodSandboxRequest;
import io.keelson.proto.cri.PodSandbox;
import io.keelson.proto.cri.PodSandboxStatusRequest;
import io.keelson.proto.cri.RemoveContainerRequest;
import io.keelson.proto.cri.RemovePodSandboxRequest;
import io.keelson.proto.cri.RunPodSandboxRequest;
import io.keelson.proto.cri.RuntimeCondition;
import io.keelson.proto.cri.RuntimeServiceGrpc;
import io.keelson.proto.cri.StartContainerRequest;
import io.keelson.proto.cri.StatusRequest;
import io.keelson.proto.cri.StopContainerRequest;
import io.keelson.proto.cri.StopPodSandboxRequest;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Containers through the node's own containerd, over CRI. */
public final class ContainerdRuntime implements ContainerRuntime {
    private static final Duration QUESTION = Duration.ofSeconds(20);
    /** Making a sandbox runs the network plugins; making a container unpacks its image the first time. */
    private static final Duration WORK = Duration.ofMinutes(4);

    /** What ending a container may take beyond the grace given to it. */
    private static final Duration KILL = Duration.ofMinutes(2);

    private static final Duration EXEC_MARGIN = Duration.ofSeconds(10);
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final Path agentDir;
    private final NetworkNamespace netns;
    private final ContainerdPaths paths;
    private final ContainerdProcess process;
    private final UnixChannel channel;
    private final ChangeHints hints;
    private final Observations observations;
    private final CriImages images;
    private final boolean mayLowerOomScore;
    private final Set<String> knownCgroups = ConcurrentHashMap.newKeySet();

    private ContainerdRuntime(Path agentDir, NetworkNamespace netns, boolean mayLowerOomScore) {
        this.agentDir = agentDir;
        this.netns = netns;
        this.paths = ContainerdPaths.below(agentDir);
        this.mayLowerOomScore = mayLowerOomScore;
        this.channel = UnixChannel.to(paths.socket());
        this.hints = new ChangeHints(channel.grpc());
        try {
            this.process = ContainerdProcess.start(paths, netns, this::containerdReturned);
        } catch (RuntimeException e) {
            hints.close();
            channel.close();
            throw e;
        }
        this.observations = new Observations(channel.grpc());
        this.images = new CriImages(channel.grpc(), paths.imported());
    }

    /**
     * Starts the node's containerd or takes over the one that runs, and clears away what pods that are gone have left.
     *
     * @param agentDir the agent's directory; containerd gets {@code containerd} below it
     * @param netns where the node lives; normally {@link NetworkNamespace#own()}
     * @throws RuntimeFault.Unavailable saying what is missing
     */
    public static ContainerdRuntime start(Path agentDir, NetworkNamespace netns) {
        try {
            Capabilities capabilities = Capabilities.effective(Files.readString(Path.of("/proc/self/status")));
            ContainerdRuntime runtime = new ContainerdRuntime(agentDir, netns, capabilities.mayLowerOomScore());
            runtime.clearLeftovers();
            return runtime;
        } catch (IOException e) {
            throw new RuntimeFault.Unavailable("containerd cannot be set up: " + e.getMessage(), e);
        }
    }

    private void containerdReturned() {
        // gRPC waits ever longer between its attempts; now is the time.
        channel.grpc().resetConnectBackoff();
        hints.hint();
    }

    /** Addresses and cgroups of pods that ended while nobody looked. */
    private void clearLeftovers() throws IOException {
        Set<String> sandboxes = sandboxes().stream().map(PodSandbox::getId).collect(Collectors.toSet());
        CniLeases.keepOnly(paths.cniLeases(), sandboxes);
        for (String group : CgroupRecord.read(paths.cgroups())) {
            knownCgroups.add(group);
            Cgroups.removeEmpty(group);
        }
    }

    @Override
    public RuntimeInfo info() {
        List<String> limits = mayLowerOomScore
                ? List.of()
                : List.of("containers' OOM scores are never negative: the agent lacks CAP_SYS_RESOURCE");
        return new RuntimeInfo("containerd", process.version(), limits);
    }

    @Override
    public Optional<String> notReadyReason() {
        try {
            return runtime(QUESTION).status(StatusRequest.getDefaultInstance()).getStatus().getConditionsList().stream()
                    .filter(condition -> !condition.getStatus())
                    .map(ContainerdRuntime::sentence)
                    .reduce((a, b) -> a + "; " + b);
        } catch (StatusRuntimeException e) {
            return Optional.of("containerd does not answer: " + Faults.text(e));
        }
    }

    private static String sentence(RuntimeCondition condition) {
        return condition.getType() + " is false: " + condition.getReason() + " " + condition.getMessage();
    }

    @Override
    public Optional<Image> findImage(String image) {
        return images.find(image);
    }

    @Override
    public Image pullImage(String image, Optional<RegistryLogin> login) {
        return images.pull(image, login);
    }

    @Override
    public List<String> importArchive(Path archive) {
        return images.importArchive(archive);
    }

    @Override
    public SandboxId runSandbox(SandboxConfig config) {
        String cgroup = cgroup(config);
        if (!config.hostPorts().isEmpty() && !config.hostNetwork()) {
            throw new RuntimeFault.SandboxFailed(
                    "spec.containers[].ports[].hostPort is not supported by this node: use a Service of type NodePort, or hostNetwork");
        }
        try {
            Files.createDirectories(config.logDirectory());
            recordCgroup(cgroup);
        } catch (IOException e) {
            throw new RuntimeFault.SandboxFailed("pod " + config.pod().path() + ": " + e.getMessage());
        }
        String id;
        try {
            id = runtime(WORK)
                    .runPodSandbox(RunPodSandboxRequest.newBuilder()
                            .setConfig(CriMessages.sandbox(config, cgroup))
                            .build())
                    .getPodSandboxId();
        } catch (StatusRuntimeException e) {
            throw Faults.of(e, message -> new RuntimeFault.SandboxFailed(withAdvice(message)));
        }
        try {
            if (!cgroup.isEmpty()) {
                Cgroups.limit(cgroup, config.resources());
            }
        } catch (IOException e) {
            throw new RuntimeFault.SandboxFailed("limits of pod " + config.pod().path() + ": " + e.getMessage());
        }
        return new SandboxId(id);
    }

    /** Where this pod's processes are counted. */
    String cgroup(SandboxConfig config) {
        return CgroupRecord.scoped(config.cgroupParent(), agentDir);
    }

    private static String withAdvice(String message) {
        return message.contains(ContainerdConfig.PAUSE_IMAGE)
                ? message + " (the pause image was not imported; the agent's images directory must hold it)"
                : message;
    }

    /** So that the groups can be found when nothing else is left. */
    private synchronized void recordCgroup(String parent) throws IOException {
        Optional<String> top = CgroupRecord.top(parent);
        if (top.isPresent() && knownCgroups.add(top.get())) {
            Files.writeString(paths.cgroups(), top.get() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    @Override
    public ContainerId createContainer(SandboxId sandbox, SandboxConfig sandboxConfig, ContainerConfig config) {
        CreateContainerRequest request = CreateContainerRequest.newBuilder()
                .setPodSandboxId(sandbox.value())
                .setConfig(CriMessages.container(sandboxConfig, config, mayLowerOomScore))
                .setSandboxConfig(CriMessages.sandbox(sandboxConfig, cgroup(sandboxConfig)))
                .build();
        try {
            return new ContainerId(runtime(WORK).createContainer(request).getContainerId());
        } catch (StatusRuntimeException e) {
            throw Faults.of(e, RuntimeFault.CreateFailed::new);
        }
    }

    @Override
    public void startContainer(ContainerId container) {
        try {
            runtime(WORK)
                    .startContainer(StartContainerRequest.newBuilder()
                            .setContainerId(container.value())
                            .build());
        } catch (StatusRuntimeException e) {
            throw Faults.of(e, RuntimeFault.StartFailed::new);
        }
    }

    @Override
    public void stopContainer(ContainerId container, Duration grace) {
        unlessGone(() -> runtime(KILL.plus(grace))
                .stopContainer(StopContainerRequest.newBuilder()
                        .setContainerId(container.value())
                        .setTimeout(wholeSeconds(grace))
                        .build()));
    }

    @Override
    public void removeContainer(ContainerId container) {
        unlessGone(() -> runtime(KILL)
                .removeContainer(RemoveContainerRequest.newBuilder()
                        .setContainerId(container.value())
                        .build()));
    }

    @Override
    public void stopSandbox(SandboxId sandbox) {
        unlessGone(() -> runtime(KILL)
                .stopPodSandbox(StopPodSandboxRequest.newBuilder()
                        .setPodSandboxId(sandbox.value())
                        .build()));
    }

    @Override
    public void removeSandbox(SandboxId sandbox) {
        unlessGone(() -> {
            String group = runtime(QUESTION)
                    .podSandboxStatus(PodSandboxStatusRequest.newBuilder()
                            .setPodSandboxId(sandbox.value())
                            .build())
                    .getStatus()
                    .getAnnotationsOrDefault(CriMessages.CGROUP_PARENT, "");
            runtime(KILL)
                    .removePodSandbox(RemovePodSandboxRequest.newBuilder()
                            .setPodSandboxId(sandbox.value())
                            .build());
            if (!group.isEmpty()) {
                removeCgroup(group);
            }
        });
    }

    private static void removeCgroup(String group) {
        try {
            Cgroups.removeEmpty(group);
        } catch (IOException e) {
            throw new RuntimeFault.Failed("cgroup " + group + " cannot be removed: " + e.getMessage(), e);
        }
    }

    @Override
    public ObservedPods list() {
        try {
            return observations.list(QUESTION);
        } catch (StatusRuntimeException e) {
            throw Faults.of(e, RuntimeFault.Failed::new);
        }
    }

    @Override
    public ExecResult exec(ContainerId container, List<String> command, Duration timeout) {
        try {
            ExecSyncResponse answer = runtime(timeout.plus(EXEC_MARGIN))
                    .execSync(ExecSyncRequest.newBuilder()
                            .setContainerId(container.value())
                            .addAllCmd(command)
                            .setTimeout(Math.max(1, wholeSeconds(timeout)))
                            .build());
            return new ExecResult(answer.getExitCode(), cut(answer.getStdout()), cut(answer.getStderr()));
        } catch (StatusRuntimeException e) {
            throw Faults.ofExec(e, String.join(" ", command));
        }
    }

    @Override
    public ContainerStreams exec(ContainerId container, List<String> command, ContainerStreams.Wanted wanted) {
        try {
            String url = runtime(QUESTION)
                    .exec(ExecRequest.newBuilder()
                            .setContainerId(container.value())
                            .addAllCmd(command)
                            .setStdin(wanted.stdin())
                            .setStdout(wanted.stdout())
                            .setStderr(wanted.stderr() && !wanted.terminal())
                            .setTty(wanted.terminal())
                            .build())
                    .getUrl();
            return streams(url, wanted);
        } catch (StatusRuntimeException e) {
            throw Faults.ofExec(e, String.join(" ", command));
        }
    }

    @Override
    public ContainerStreams attach(ContainerId container, ContainerStreams.Wanted wanted) {
        try {
            String url = runtime(QUESTION)
                    .attach(AttachRequest.newBuilder()
                            .setContainerId(container.value())
                            .setStdin(wanted.stdin())
                            .setStdout(wanted.stdout())
                            .setStderr(wanted.stderr() && !wanted.terminal())
                            .setTty(wanted.terminal())
                            .build())
                    .getUrl();
            return streams(url, wanted);
        } catch (StatusRuntimeException e) {
            throw Faults.of(e, RuntimeFault.Failed::new);
        }
    }

    /** Where containerd has told that a program can be talked to. */
    private ContainerStreams streams(String url, ContainerStreams.Wanted wanted) {
        try {
            return CriStreams.open(url, netns, wanted);
        } catch (IOException e) {
            throw new RuntimeFault.Unavailable(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public Socket connect(ObservedSandbox sandbox, int port) throws IOException {
        NetworkNamespace there = sandbox.hostNetwork() || sandbox.pid() == 0
                ? netns
                : NetworkNamespace.at(Path.of("/proc", Long.toString(sandbox.pid()), "ns", "net"));
        try {
            return there.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT);
        } catch (ConnectException nobody) {
            // Some listen at their pod's address only; there requests that are passed on must find them.
            if (sandbox.hostNetwork() || sandbox.ips().isEmpty()) {
                throw nobody;
            }
            return there.connect(new InetSocketAddress(sandbox.ips().getFirst(), port), CONNECT);
        }
    }

    @Override
    public List<ContainerUsage> usage() {
        try {
            return runtime(QUESTION)
                    .listContainerStats(ListContainerStatsRequest.getDefaultInstance())
                    .getStatsList()
                    .stream()
                    .filter(stats -> stats.hasCpu() && stats.hasMemory())
                    .map(CriMessages::usage)
                    .toList();
        } catch (StatusRuntimeException e) {
            throw Faults.of(e, RuntimeFault.Failed::new);
        }
    }

    private static String cut(ByteString output) {
        return output.substring(0, Math.min(output.size(), ExecResult.OUTPUT_BYTES_MAX))
                .toStringUtf8();
    }

    @Override
    public void onChange(Runnable changed) {
        hints.onChange(changed);
    }

    @Override
    public void close() {
        process.close();
        hints.close();
        channel.close();
    }

    /** The daemon's process id, for messages and tests. */
    public long containerdPid() {
        return process.pid();
    }

    List<PodSandbox> sandboxes() {
        try {
            return runtime(QUESTION)
                    .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
                    .getItemsList();
        } catch (StatusRuntimeException e) {
            throw Faults.of(e, RuntimeFault.Failed::new);
        }
    }

    private static void unlessGone(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            if (!Faults.isNotFound(e)) {
                throw Faults.of(e, RuntimeFault.Failed::new);
            }
        }
    }

    /** CRI counts in seconds; a part of one is a whole one, as zero has another meaning. */
    private static long wholeSeconds(Duration duration) {
        return duration.plusNanos(999_999_999).toSeconds();
    }

    private RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime(Duration deadline) {
        return RuntimeServiceGrpc.newBlockingStub(channel.grpc())
                .withWaitForReady()
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }
}

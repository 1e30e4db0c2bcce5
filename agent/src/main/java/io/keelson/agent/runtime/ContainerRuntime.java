package io.keelson.agent.runtime;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What runs the containers of one node.
 *
 * <p>All calls block and are made from virtual threads; calls for different pods come concurrently, calls for one pod one after another.
 * Failures are {@link RuntimeFault}s, nothing else. Stopping or removing what is not there is a success: an agent that starts again does
 * not know how far its predecessor came.
 */
public interface ContainerRuntime extends AutoCloseable {
    /** Name, version and honest limits of the runtime. Cheap; does not talk to it if that can be avoided. */
    RuntimeInfo info();

    /** Empty when pods can be run now; else the reason in one sentence, for the node's Ready condition. */
    Optional<String> notReadyReason();

    /** The image if it is on this node. {@code image} is the name as written in the pod, e.g. {@code busybox}, {@code localhost/pause:1}. */
    Optional<Image> findImage(String image);

    /** Fetches the image from its registry. Throws {@link RuntimeFault.ImagePullFailed}. */
    Image pullImage(String image, Optional<RegistryLogin> login);

    /** Imports an image archive (docker save or OCI layout, in a tar) and returns the names it brought. */
    List<String> importArchive(Path archive);

    /** Makes and starts the sandbox of a pod attempt: network, address, shared namespaces. */
    SandboxId runSandbox(SandboxConfig config);

    /** Creates a container in a sandbox; its log goes to {@code sandbox.logDirectory / config.logPath} in CRI log format. */
    ContainerId createContainer(SandboxId sandbox, SandboxConfig sandboxConfig, ContainerConfig config);

    /** Starts a created container. Throws {@link RuntimeFault.StartFailed} when its command cannot be run. */
    void startContainer(ContainerId container);

    /** SIGTERM, up to {@code grace} for it to end, then SIGKILL; zero kills at once. Returns when it has ended. */
    void stopContainer(ContainerId container, Duration grace);

    /** Removes a container that has ended. Its log file stays. */
    void removeContainer(ContainerId container);

    /** Ends everything in the sandbox by force and gives its network back. The sandbox is still listed, not ready. */
    void stopSandbox(SandboxId sandbox);

    /** Removes a stopped sandbox and what it still holds. */
    void removeSandbox(SandboxId sandbox);

    /** All sandboxes and containers of Keelson's pods on this node, the ended ones too. */
    ObservedPods list();

    /**
     * Runs a command in a running container and waits. Output beyond {@link ExecResult#OUTPUT_BYTES_MAX} per stream is dropped. Throws
     * {@link RuntimeFault.ExecTimeout}, {@link RuntimeFault.ExecFailed} (no such command) or {@link RuntimeFault.NotFound}.
     */
    ExecResult exec(ContainerId container, List<String> command, Duration timeout);

    /**
     * Starts a command in a running container with its streams open. Throws {@link RuntimeFault.ExecFailed} (no such command) or
     * {@link RuntimeFault.NotFound}.
     */
    ContainerStreams exec(ContainerId container, List<String> command, ContainerStreams.Wanted wanted);

    /** Joins the streams of a running container's own program, from now on. Throws {@link RuntimeFault.NotFound}. */
    ContainerStreams attach(ContainerId container, ContainerStreams.Wanted wanted);

    /**
     * Connects to a port of a pod, as a program in it would: at the loopback address, and if nobody listens there at the pod's.
     *
     * @throws IOException if nobody listens there
     */
    Socket connect(ObservedSandbox sandbox, int port) throws IOException;

    /** What the running containers have used until now. */
    List<ContainerUsage> usage();

    /** Sets the one listener that hears that something may have changed. A hint to call {@link #list()}; events may be lost. */
    void onChange(Runnable changed);

    /** Lets go of the runtime. Pods keep running. */
    @Override
    void close();
}

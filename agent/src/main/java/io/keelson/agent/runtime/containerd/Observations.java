package io.keelson.agent.runtime.containerd;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedPods;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.SandboxId;
import io.keelson.proto.cri.Container;
import io.keelson.proto.cri.ContainerState;
import io.keelson.proto.cri.ContainerStatusRequest;
import io.keelson.proto.cri.ContainerStatusResponse;
import io.keelson.proto.cri.ListContainersRequest;
import io.keelson.proto.cri.ListPodSandboxRequest;
import io.keelson.proto.cri.PodSandbox;
import io.keelson.proto.cri.PodSandboxState;
import io.keelson.proto.cri.PodSandboxStatusRequest;
import io.keelson.proto.cri.PodSandboxStatusResponse;
import io.keelson.proto.cri.RuntimeServiceGrpc;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What runs, in full. CRI's lists say little, so each sandbox and container is asked for once in each state; what cannot change in a state is
 * remembered. The memory holds what the last list held and no more.
 */
final class Observations {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** Whether the OOM killer ended a container becomes known a moment after the end itself; until then it is asked for again. */
    private static final Duration SETTLED = Duration.ofSeconds(3);

    private final ManagedChannel channel;
    private Map<String, Seen<PodSandboxState, ObservedSandbox>> sandboxes = new HashMap<>();
    private Map<String, Seen<ContainerState, ObservedContainer>> containers = new HashMap<>();

    private record Seen<S, T>(S state, T observed) {}

    Observations(ManagedChannel channel) {
        this.channel = channel;
    }

    /** Throws {@link StatusRuntimeException}. */
    synchronized ObservedPods list(Duration deadline) {
        RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime = RuntimeServiceGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
        // Containers first: each one's sandbox is then in the second list, or both have gone.
        List<Container> listedContainers = runtime.listContainers(ListContainersRequest.getDefaultInstance())
                .getContainersList();
        Map<String, Seen<PodSandboxState, ObservedSandbox>> newSandboxes = new HashMap<>();
        Map<String, Seen<ContainerState, ObservedContainer>> newContainers = new HashMap<>();
        List<ObservedSandbox> foundSandboxes = new ArrayList<>();
        List<ObservedContainer> foundContainers = new ArrayList<>();
        for (PodSandbox sandbox : runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
                .getItemsList()) {
            observe(runtime, sandbox).ifPresent(observed -> {
                foundSandboxes.add(observed);
                newSandboxes.put(sandbox.getId(), new Seen<>(sandbox.getState(), observed));
            });
        }
        for (Container container : listedContainers) {
            @Nullable Seen<PodSandboxState, ObservedSandbox> sandbox = newSandboxes.get(container.getPodSandboxId());
            if (sandbox != null) {
                observe(runtime, container, sandbox.observed().pod()).ifPresent(observed -> {
                    foundContainers.add(observed);
                    if (mayBeRemembered(observed)) {
                        newContainers.put(container.getId(), new Seen<>(container.getState(), observed));
                    }
                });
            }
        }
        sandboxes = newSandboxes;
        containers = newContainers;
        return new ObservedPods(foundSandboxes, foundContainers);
    }

    private static boolean mayBeRemembered(ObservedContainer container) {
        return switch (container.state()) {
            case CREATED, RUNNING -> true;
            case UNKNOWN -> false;
            case EXITED ->
                container
                        .finishedAt()
                        .filter(end -> end.plus(SETTLED).isBefore(Instant.now()))
                        .isPresent();
        };
    }

    private Optional<ObservedSandbox> observe(
            RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime, PodSandbox sandbox) {
        @Nullable Seen<PodSandboxState, ObservedSandbox> seen = sandboxes.get(sandbox.getId());
        if (seen != null && seen.state() == sandbox.getState()) {
            return Optional.of(seen.observed());
        }
        try {
            PodSandboxStatusResponse answer = runtime.podSandboxStatus(PodSandboxStatusRequest.newBuilder()
                    .setPodSandboxId(sandbox.getId())
                    .setVerbose(true)
                    .build());
            return Optional.of(CriMessages.observed(answer.getStatus(), pid(answer.getInfoMap())));
        } catch (StatusRuntimeException e) {
            return ifStillThere(e);
        }
    }

    private Optional<ObservedContainer> observe(
            RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime, Container container, PodId pod) {
        @Nullable Seen<ContainerState, ObservedContainer> seen = containers.get(container.getId());
        if (seen != null && seen.state() == container.getState()) {
            return Optional.of(seen.observed());
        }
        try {
            ContainerStatusResponse answer = runtime.containerStatus(ContainerStatusRequest.newBuilder()
                    .setContainerId(container.getId())
                    .setVerbose(true)
                    .build());
            return Optional.of(CriMessages.observed(
                    answer.getStatus(), new SandboxId(container.getPodSandboxId()), pod, pid(answer.getInfoMap())));
        } catch (StatusRuntimeException e) {
            return ifStillThere(e);
        }
    }

    /** What was removed between the list and the question is simply not there. */
    private static <T> Optional<T> ifStillThere(StatusRuntimeException e) {
        if (Faults.isNotFound(e)) {
            return Optional.empty();
        }
        throw e;
    }

    private static long pid(Map<String, String> info) {
        @Nullable String json = info.get("info");
        if (json == null) {
            return 0;
        }
        JsonNode pid = JSON.readTree(json).path("pid");
        return pid.isIntegralNumber() ? pid.asLong() : 0;
    }
}

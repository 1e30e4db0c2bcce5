package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HostIP;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedSandbox;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/** The status that the agent reports for a pod: computed anew from what is seen, never patched. */
public final class PodStatuses {
    /** The scheme of container ids where containers are plain processes. */
    static final String PROCESSES = "process";

    private static final String RESIZE_PENDING = "PodResizePending";

    private final DesiredPod pod;
    private final PodObservation seen;
    private final Probes probes;
    private final Instant now;
    private final PodStatus previous;
    private final List<ContainerStatus> init;
    private final List<ContainerStatus> main;
    private final List<ContainerStatus> ephemeral;
    private final PodOutcome outcome;

    private PodStatuses(
            DesiredPod pod,
            PodObservation seen,
            Setbacks setbacks,
            Probes probes,
            PodStatus previous,
            String runtime,
            Instant now) {
        this.pod = pod;
        this.seen = seen;
        this.probes = probes;
        this.now = now;
        this.previous = previous;
        this.outcome = PodOutcome.of(pod, seen, now);
        var of = new ContainerStatuses(pod, seen, setbacks, probes, runtime, outcome, now);
        this.init = pod.initContainers().stream().map(of::status).toList();
        this.main = pod.containers().stream().map(of::status).toList();
        this.ephemeral = pod.ephemeralContainers().stream().map(of::ephemeral).toList();
    }

    /**
     * The pod's status now.
     *
     * @param previous what was reported before: times of conditions that did not change, and what others wrote, come from there
     * @param runtime scheme of container ids
     * @param hostIp the node's address
     */
    public static PodStatus status(
            DesiredPod pod,
            PodObservation seen,
            Setbacks setbacks,
            Probes probes,
            PodStatus previous,
            String runtime,
            String hostIp,
            Instant now) {
        return new PodStatuses(pod, seen, setbacks, probes, previous, runtime, now).build(hostIp);
    }

    private PodStatus build(String hostIp) {
        var status = new PodStatus();
        status.setPhase(phase());
        if (!outcome.reason().isEmpty()) {
            status.setReason(outcome.reason());
        }
        if (!outcome.message().isEmpty()) {
            status.setMessage(outcome.message());
        }
        status.setHostIP(hostIp);
        status.setHostIPs(List.of(new HostIP(hostIp)));
        var ips = ips(hostIp);
        if (!ips.isEmpty()) {
            status.setPodIP(ips.getFirst());
            status.setPodIPs(ips.stream().map(PodIP::new).toList());
        }
        status.setStartTime(time(pod.startTime(seen)
                .orElseGet(() -> previous.getStartTime() == null ? now : Instant.parse(previous.getStartTime()))));
        status.setQosClass(QosClass.of(pod).word());
        status.setConditions(conditions());
        if (!init.isEmpty()) {
            status.setInitContainerStatuses(init);
        }
        status.setContainerStatuses(main);
        if (!ephemeral.isEmpty()) {
            status.setEphemeralContainerStatuses(ephemeral);
        }
        var generation = pod.pod().getMetadata().getGeneration();
        if (generation != null) {
            status.setObservedGeneration(generation);
        }
        return status;
    }

    private List<String> ips(String hostIp) {
        var sandbox = seen.newestSandbox();
        if (pod.hostNetwork()) {
            return sandbox.isPresent() ? List.of(hostIp) : List.of();
        }
        var now = sandbox.map(ObservedSandbox::ips).orElse(List.of());
        if (!now.isEmpty() || !outcome.over() || previous.getPodIP() == null) {
            return now;
        }
        // An ended pod keeps showing the address it had.
        return List.of(previous.getPodIP());
    }

    /** The kubelet's rules: init failures first, then by what the containers are. */
    private String phase() {
        if (outcome.over()) {
            boolean running = seen.running().findAny().isPresent();
            // It is over when everything has ended; until then, others must not believe that its resources are free.
            if (!running) {
                return outcome.failed() ? "Failed" : "Succeeded";
            }
            return "Running";
        }
        if (pod.deleted() && !seen.isEmpty() && seen.running().findAny().isEmpty() && mainEnded()) {
            return allSucceeded() ? "Succeeded" : "Failed";
        }
        if (!initialized()) {
            return "Pending";
        }
        boolean everStarted = main.stream()
                .allMatch(s -> s.getState().getWaiting() == null
                        || (s.getLastState() != null && s.getLastState().getTerminated() != null));
        return everStarted ? "Running" : "Pending";
    }

    private boolean mainEnded() {
        return pod.containers().stream()
                .allMatch(c ->
                        seen.latest(c.getName()).filter(PodObservation::ended).isPresent());
    }

    private boolean allSucceeded() {
        return pod.containers().stream()
                .allMatch(c ->
                        seen.latest(c.getName()).filter(PodOutcome::succeeded).isPresent());
    }

    private boolean initialized() {
        var sandbox = seen.newestSandbox();
        if (sandbox.isPresent()
                && PodOutcome.mainHasStarted(pod, seen, sandbox.get().id())) {
            return true;
        }
        return incompleteInit().isEmpty();
    }

    private List<String> incompleteInit() {
        return pod.initContainers().stream()
                .filter(Predicate.not(this::initDone))
                .map(Container::getName)
                .toList();
    }

    private boolean initDone(Container container) {
        var latest = seen.newestSandbox()
                .flatMap(s -> seen.latestIn(s.id(), container.getName()))
                .or(() -> outcome.over() ? seen.latest(container.getName()) : Optional.empty());
        return DesiredPod.isSidecar(container)
                ? latest.filter(c -> outcome.over() || probes.started(container, c))
                        .isPresent()
                : latest.filter(PodOutcome::succeeded).isPresent();
    }

    private List<PodCondition> conditions() {
        boolean succeeded = "Succeeded".equals(phase());
        var conditions = new ArrayList<PodCondition>();
        var network = seen.readySandbox()
                .filter(s -> s.hostNetwork() || !s.ips().isEmpty())
                .isPresent();
        conditions.add(condition("PodReadyToStartContainers", network, "", ""));

        var incomplete = initialized() ? List.<String>of() : incompleteInit();
        if (succeeded) {
            conditions.add(condition("Initialized", true, "PodCompleted", ""));
        } else if (incomplete.isEmpty()) {
            conditions.add(condition("Initialized", true, "", ""));
        } else {
            conditions.add(condition(
                    "Initialized",
                    false,
                    "ContainersNotInitialized",
                    "containers with incomplete status: " + words(incomplete)));
        }

        var containersReady = containersReady(succeeded);
        var gates = DesiredPod.list(pod.spec().getReadinessGates()).stream()
                .map(g -> g.getConditionType())
                .filter(type -> DesiredPod.list(pod.reported().getConditions()).stream()
                        .noneMatch(c -> type.equals(c.getType()) && "True".equals(c.getStatus())))
                .toList();
        if ("True".equals(containersReady.getStatus()) && !gates.isEmpty()) {
            conditions.add(condition(
                    "Ready",
                    false,
                    "ReadinessGatesNotReady",
                    "the status of pod readiness gate " + words(gates) + " is not \"True\""));
        } else {
            conditions.add(condition(
                    "Ready",
                    "True".equals(containersReady.getStatus()),
                    Objects.requireNonNullElse(containersReady.getReason(), ""),
                    Objects.requireNonNullElse(containersReady.getMessage(), "")));
        }
        conditions.add(containersReady);
        conditions.add(condition("PodScheduled", true, "", ""));
        unresized().ifPresent(conditions::add);
        // What others wrote (readiness gates, DisruptionTarget) stays.
        var own = conditions.stream().map(PodCondition::getType).toList();
        DesiredPod.list(pod.reported().getConditions()).stream()
                .filter(c -> !own.contains(c.getType()) && !RESIZE_PENDING.equals(c.getType()))
                .forEach(conditions::add);
        return conditions;
    }

    /** That the pod is to have other resources than it has got, which this node does not give to a pod that runs. */
    private Optional<PodCondition> unresized() {
        var pending = !outcome.over()
                && seen.readySandbox()
                        .filter(sandbox -> pod.allContainers().stream().anyMatch(c -> Allocated.differs(c, sandbox)))
                        .isPresent();
        if (!pending) {
            return Optional.empty();
        }
        var condition = condition(
                RESIZE_PENDING,
                true,
                "Infeasible",
                "This node does not change the resources of a pod that runs: its containers keep what they have, also when they are started again");
        condition.setObservedGeneration(pod.pod().getMetadata().getGeneration());
        return Optional.of(condition);
    }

    private PodCondition containersReady(boolean succeeded) {
        if (succeeded) {
            return condition("ContainersReady", false, "PodCompleted", "");
        }
        if (outcome.over()) {
            return condition("ContainersReady", false, "PodFailed", "");
        }
        var unready = new ArrayList<String>();
        for (int i = 0; i < init.size(); i++) {
            if (DesiredPod.isSidecar(pod.initContainers().get(i))
                    && !init.get(i).getReady()) {
                unready.add(init.get(i).getName());
            }
        }
        main.stream().filter(s -> !s.getReady()).map(ContainerStatus::getName).forEach(unready::add);
        return unready.isEmpty()
                ? condition("ContainersReady", true, "", "")
                : condition(
                        "ContainersReady",
                        false,
                        "ContainersNotReady",
                        "containers with unready status: " + words(unready));
    }

    private PodCondition condition(String type, boolean isTrue, String reason, String message) {
        var condition = new PodCondition();
        condition.setType(type);
        condition.setStatus(isTrue ? "True" : "False");
        if (!reason.isEmpty()) {
            condition.setReason(reason);
        }
        if (!message.isEmpty()) {
            condition.setMessage(message);
        }
        var before = DesiredPod.list(previous.getConditions()).stream()
                .filter(c -> type.equals(c.getType()) && condition.getStatus().equals(c.getStatus()))
                .findFirst();
        condition.setLastTransitionTime(before.map(PodCondition::getLastTransitionTime)
                .filter(Objects::nonNull)
                .orElseGet(() -> time(now)));
        return condition;
    }

    private static String words(List<String> names) {
        return "[" + String.join(" ", names) + "]";
    }

    /** Kubernetes' Time has whole seconds. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static Optional<ObservedContainer> endedBefore(PodObservation seen, ObservedContainer container) {
        return seen.history(container.name()).stream()
                .filter(c -> c.attempt() < container.attempt() && PodObservation.ended(c))
                .findFirst();
    }
}

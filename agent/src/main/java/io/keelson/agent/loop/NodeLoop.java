package io.keelson.agent.loop;

import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.keelson.agent.loop.ControlPlane.NodeEvent;
import io.keelson.agent.net.NodeNetwork;
import io.keelson.agent.pod.DesiredPod;
import io.keelson.agent.probe.Actions;
import io.keelson.agent.proxy.ServiceRouter;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.ObservedContainer.State;
import io.keelson.agent.runtime.ObservedPods;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.volume.PodVolumes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * One node. Its {@link Membership} registers it and keeps its lease; what it should do it hears here, and passes on: pods to their
 * {@link PodWorkers}, services and other nodes to its {@link NetworkKeeper}.
 */
public final class NodeLoop implements AutoCloseable {
    private static final Duration IMAGES_EVERY = Duration.ofSeconds(2);

    private final Settings settings;
    private final ControlPlane control;
    private final ContainerRuntime runtime;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final DesiredState desired = new DesiredState();
    private final Observations observations;
    private final Reporter reporter;
    private final PodWorkers workers;
    private final NetworkKeeper network;
    private final Membership membership;
    private final NodeObjects.Constants constants;
    private final NodeMeasure measure;
    private final ImageImporter importer;
    private final List<Thread> threads = new ArrayList<>();

    /**
     * What the loop needs to know.
     *
     * @param name the node's
     * @param address the node's own, where NodePorts answer
     * @param directory {@code pods/} and {@code logs/} are made in it
     * @param images where archives to import are put
     * @param version of Keelson, for the node's info
     */
    public record Settings(
            String name, String address, Path directory, Path images, Map<String, String> labels, String version) {
        /** Where the logs of all containers are. */
        public Path logs() {
            return directory.resolve("logs").toAbsolutePath();
        }
    }

    /** Makes the node's service router once it is known which addresses pods and services have. */
    public interface Routers {
        ServiceRouter open(String clusterCidr, String serviceCidr);
    }

    /** Nothing happens before {@link #start}. */
    public NodeLoop(
            Settings settings,
            ControlPlane control,
            ContainerRuntime runtime,
            Routers routers,
            NodeNetwork network,
            InstantSource clock,
            RandomGenerator random)
            throws IOException {
        this.settings = settings;
        this.control = control;
        this.runtime = runtime;
        this.clock = clock;
        this.random = random;
        Files.createDirectories(settings.directory().resolve("pods"));
        Files.createDirectories(settings.logs());
        this.measure = new NodeMeasure(settings.directory());
        var facts = measure.facts(settings.name(), settings.address());
        this.constants = new NodeObjects.Constants(
                facts,
                measure.memoryBytes(),
                measure.diskBytes(),
                runtime.info(),
                settings.version(),
                NodeMeasure.kernel(),
                NodeMeasure.osImage(),
                NodeMeasure.machineId(),
                NodeMeasure.bootId(),
                settings.labels());
        this.importer = new ImageImporter(settings.images(), runtime);
        this.observations = new Observations(runtime, this::observed);
        this.reporter = new Reporter(control, random, pod -> wake(Set.of(pod.uid())));
        var tokens = new ServiceAccountTokens(control, clock);
        this.workers = new PodWorkers(new WorkerContext(
                desired,
                observations,
                runtime,
                new PodVolumes(settings.directory().resolve("pods"), tokens),
                tokens,
                reporter,
                new Actions(runtime),
                facts,
                SandboxConfig.Dns.NONE,
                settings.logs(),
                clock));
        this.network = new NetworkKeeper(
                settings.name(), desired, network, routers, message -> nodeEvent("NetworkNotReady", message));
        this.membership =
                new Membership(control, constants, this::status, this.network::registered, this::repeatReports, clock);
    }

    /** Begins, and returns at once. */
    public void start() {
        observations.start();
        reporter.start();
        spawn("heartbeat", () -> {
            importer(true);
            membership.keep(new Retry(random));
        });
        spawn("watch", this::watch);
        spawn("network", () -> network.keep(new Retry(random)));
        spawn("images", this::keepImages);
    }

    private interface Task {
        void run() throws InterruptedException;
    }

    private void spawn(String name, Task task) {
        threads.add(Thread.ofVirtual().name(name).start(() -> {
            try {
                task.run();
            } catch (InterruptedException e) {
                // Closed.
                Thread.currentThread().interrupt();
            }
        }));
    }

    /** Empty once the node is registered; else why not, for who waits. */
    public Optional<String> registrationProblem() {
        return membership.problem();
    }

    /** Whether a container in this attempt runs, by the last look. */
    public boolean runs(String podUid, String container, int attempt) {
        return observations.latest().containers().stream()
                .anyMatch(c -> c.pod().uid().equals(podUid)
                        && c.name().equals(container)
                        && c.attempt() == attempt
                        && (c.state() == State.RUNNING || c.state() == State.CREATED));
    }

    /** Why a container waits, by the status that the control plane holds; empty if it does not wait. */
    public Optional<String> waitingReason(String podUid, String container) {
        return desired.pods().stream()
                .filter(pod -> pod.id().uid().equals(podUid))
                .findFirst()
                .flatMap(pod -> pod.waitingReason(container));
    }

    /** The pods that the control plane wants here. */
    public List<PodId> pods() {
        return desired.pods().stream().map(DesiredPod::id).toList();
    }

    /** The same as a PodList in JSON, with the status that the control plane holds. */
    public byte[] podList() {
        return JsonMapper.shared()
                .writeValueAsBytes(new PodListBuilder()
                        .withNewMetadata()
                        .endMetadata()
                        .withItems(desired.pods().stream().map(DesiredPod::pod).toList())
                        .build());
    }

    private void repeatReports() {
        reporter.repeat();
        workers.wakeAll();
    }

    private NodeStatus status(List<NodeCondition> before) {
        return NodeObjects.status(
                constants, pressure(), network.problem().or(runtime::notReadyReason), before, clock.instant());
    }

    private NodeMeasure.Pressure pressure() {
        try {
            return measure.pressure();
        } catch (IOException e) {
            // A disk that cannot even be asked is pressure enough.
            return new NodeMeasure.Pressure(false, true, false);
        }
    }

    private void watch() throws InterruptedException {
        membership.awaitRegistered();
        var retry = new Retry(random);
        while (!Thread.currentThread().isInterrupted()) {
            desired.watchBegins();
            try {
                control.watch(change -> {
                    retry.success();
                    touched(desired.apply(change));
                });
                return;
            } catch (ControlPlane.Unreachable | ControlPlane.Refused e) {
                Thread.sleep(retry.failure());
            }
        }
    }

    private void touched(DesiredState.Touched touched) {
        network.changed(touched.services(), touched.nodes());
        wake(touched.podUids());
        if (touched.synced()) {
            // Now, and not before, it is known what is running here without being wanted.
            workers.adopt(observations.latest());
            observations.look();
        }
    }

    private void wake(Set<String> uids) {
        workers.wake(uids);
    }

    private void observed(ObservedPods before, ObservedPods now) {
        workers.observed(before, now);
    }

    private void keepImages() throws InterruptedException {
        while (true) {
            Thread.sleep(IMAGES_EVERY);
            importer(false);
        }
    }

    private synchronized void importer(boolean atOnce) {
        try {
            importer.scan(atOnce, message -> nodeEvent("BadImageArchive", message));
        } catch (IOException | RuntimeFault e) {
            // Seen again in two seconds; a pod that needs the image says so meanwhile.
            System.getLogger(NodeLoop.class.getName()).log(System.Logger.Level.WARNING, "images: " + e.getMessage());
        }
    }

    private void nodeEvent(String reason, String message) {
        System.getLogger(NodeLoop.class.getName()).log(System.Logger.Level.WARNING, reason + ": " + message);
        reporter.event(new NodeEvent("Node", "", settings.name(), settings.name(), "Warning", reason, message, ""));
    }

    /** Stops caring; pods keep running. The ports given to the constructor are closed by their owner. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        observations.close();
        reporter.close();
        workers.close();
        network.close();
    }
}

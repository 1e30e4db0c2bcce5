package io.keelson.agent.loop;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.keelson.agent.loop.ControlPlane.NodeEvent;
import io.keelson.agent.loop.ControlPlane.Registration;
import io.keelson.agent.net.NodeNetwork;
import io.keelson.agent.pod.DesiredPod;
import io.keelson.agent.probe.Actions;
import io.keelson.agent.proxy.ServiceRouter;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedContainer.State;
import io.keelson.agent.runtime.ObservedPods;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.volume.PodVolumes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** One node: registers it, keeps its lease, hears what it should do, and has a {@link PodWorker} for each of its pods. */
public final class NodeLoop implements AutoCloseable {
    private static final Duration TICK = Duration.ofSeconds(1);
    /** So many heartbeats late, and everything is reported again: well before a node counts as lost, which is after four. */
    private static final int SILENCE_BEATS = 2;

    /** An unchanged status is still reported this often, so that its heartbeat times say something. */
    private static final Duration STATUS_EVERY = Duration.ofMinutes(5);

    private final Settings settings;
    private final ControlPlane control;
    private final ContainerRuntime runtime;
    private final Routers routers;
    private final NodeNetwork network;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final DesiredState desired = new DesiredState();
    private final Observations observations;
    private final Reporter reporter;
    private final WorkerContext context;
    private final NodeObjects.Constants constants;
    private final NodeMeasure measure;
    private final ImageImporter importer;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, PodWorker> workers = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private Optional<Registration> registration = Optional.empty();
    private Optional<ServiceRouter> router = Optional.empty();
    private boolean servicesChanged;
    private boolean nodesChanged;
    private Optional<String> networkProblem = Optional.of("the node's network is not set up yet");
    private volatile Optional<String> registrationProblem = Optional.of("not registered yet");

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
        this.routers = routers;
        this.network = network;
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
        this.context = new WorkerContext(
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
                clock);
    }

    /** Begins, and returns at once. */
    public void start() {
        observations.start();
        reporter.start();
        spawn("heartbeat", this::beat);
        spawn("watch", this::watch);
        spawn("network", this::keepNetwork);
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
        return registrationProblem;
    }

    /** Whether a container in this attempt runs, by the last look. */
    public boolean runs(String podUid, String container, int attempt) {
        return observations.latest().containers().stream()
                .anyMatch(c -> c.pod().uid().equals(podUid)
                        && c.name().equals(container)
                        && c.attempt() == attempt
                        && (c.state() == State.RUNNING || c.state() == State.CREATED));
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
        lock.lock();
        try {
            workers.values().forEach(worker -> worker.wake(false));
        } finally {
            lock.unlock();
        }
    }

    private void beat() throws InterruptedException {
        importer(true);
        var retry = new Retry(random);
        List<NodeCondition> conditions = List.of();
        Optional<NodeStatus> reported = Optional.empty();
        Instant lastBeat = Instant.MIN;
        Instant lastStatus = Instant.MIN;
        while (true) {
            var status = NodeObjects.status(constants, pressure(), notReady(), conditions, clock.instant());
            conditions = status.getConditions();
            try {
                var known = registered();
                var now = clock.instant();
                if (known.isEmpty()) {
                    register(NodeObjects.node(constants, status));
                    reported = Optional.of(status);
                    lastBeat = now;
                    lastStatus = now;
                } else {
                    // After a silence the control plane may have marked the node and its pods as lost: tell it all
                    // again.
                    boolean silence = lastBeat.plus(known.get().heartbeat().multipliedBy(SILENCE_BEATS))
                            .isBefore(now);
                    boolean news = silence
                            || reported.filter(r -> NodeObjects.same(r, status)).isEmpty()
                            || lastStatus.plus(STATUS_EVERY).isBefore(now);
                    if (news || !lastBeat.plus(known.get().heartbeat()).isAfter(now)) {
                        control.heartbeat(news ? Optional.of(status) : Optional.empty());
                        lastBeat = now;
                        if (news) {
                            reported = Optional.of(status);
                            lastStatus = now;
                        }
                        if (silence) {
                            repeatReports();
                        }
                    }
                }
                retry.success();
                Thread.sleep(TICK);
            } catch (ControlPlane.Unreachable e) {
                trouble(e);
                Thread.sleep(retry.failure());
            } catch (ControlPlane.Refused e) {
                // The Node may have been deleted: registering makes it anew. If that is refused, too, the reason is
                // shown.
                trouble(e);
                forgetRegistration();
                Thread.sleep(retry.failure());
            }
        }
    }

    private void trouble(RuntimeException e) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("closed");
        }
        if (registered().isEmpty() && !registrationProblem.equals(Optional.ofNullable(e.getMessage()))) {
            System.getLogger(NodeLoop.class.getName())
                    .log(System.Logger.Level.WARNING, "not registered: " + e.getMessage());
        }
        if (registered().isEmpty()) {
            registrationProblem = Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void register(Node node) {
        var answer = control.register(node);
        lock.lock();
        try {
            registration = Optional.of(answer);
            nodesChanged = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
        registrationProblem = Optional.empty();
    }

    private Optional<Registration> registered() {
        lock.lock();
        try {
            return registration;
        } finally {
            lock.unlock();
        }
    }

    private void forgetRegistration() {
        lock.lock();
        try {
            registration = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private NodeMeasure.Pressure pressure() {
        try {
            return measure.pressure();
        } catch (IOException e) {
            // A disk that cannot even be asked is pressure enough.
            return new NodeMeasure.Pressure(false, true, false);
        }
    }

    private Optional<String> notReady() {
        lock.lock();
        try {
            if (networkProblem.isPresent()) {
                return networkProblem;
            }
        } finally {
            lock.unlock();
        }
        return runtime.notReadyReason();
    }

    private void watch() throws InterruptedException {
        lock.lock();
        try {
            while (registration.isEmpty()) {
                news.await();
            }
        } finally {
            lock.unlock();
        }
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
        lock.lock();
        try {
            servicesChanged |= touched.services();
            nodesChanged |= touched.nodes();
            if (touched.services() || touched.nodes()) {
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
        wake(touched.podUids());
        if (touched.synced()) {
            // Now, and not before, it is known what is running here without being wanted.
            adopt(observations.latest());
            observations.look();
        }
    }

    private void wake(Set<String> uids) {
        for (var uid : uids) {
            var pod = desired.pod(uid);
            lock.lock();
            try {
                var worker = Optional.ofNullable(workers.get(uid));
                worker.ifPresentOrElse(w -> w.wake(true), () -> pod.ifPresent(p -> care(p.id())));
            } finally {
                lock.unlock();
            }
        }
    }

    /** Runs under the lock. */
    private void care(PodId pod) {
        var worker = new PodWorker(context, pod, this::retire);
        workers.put(pod.uid(), worker);
        worker.start();
    }

    /** A worker with nothing left may go, unless it was woken meanwhile. */
    private boolean retire(PodWorker worker) {
        lock.lock();
        try {
            if (worker.isWoken()) {
                return false;
            }
            workers.remove(worker.id().uid());
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void observed(ObservedPods before, ObservedPods now) {
        var changed = new HashSet<String>();
        pods(before, now).forEach(pod -> {
            if (!before.of(pod).equals(now.of(pod))) {
                changed.add(pod.uid());
            }
        });
        lock.lock();
        try {
            changed.forEach(uid -> Optional.ofNullable(workers.get(uid)).ifPresent(w -> w.wake(false)));
        } finally {
            lock.unlock();
        }
        if (desired.synced()) {
            adopt(now);
        }
    }

    /** Whatever is there has a worker, wanted or not. */
    private void adopt(ObservedPods seen) {
        lock.lock();
        try {
            pods(seen, ObservedPods.NONE)
                    .filter(pod -> !workers.containsKey(pod.uid()))
                    .forEach(pod -> {
                        if (!workers.containsKey(pod.uid())) {
                            care(pod);
                        }
                    });
        } finally {
            lock.unlock();
        }
    }

    private static Stream<PodId> pods(ObservedPods a, ObservedPods b) {
        return Stream.of(a, b)
                .flatMap(o -> Stream.concat(
                        o.sandboxes().stream().map(ObservedSandbox::pod),
                        o.containers().stream().map(ObservedContainer::pod)))
                .distinct();
    }

    /** Routes and service rules: whenever services, endpoints or nodes have changed, all of it, gathered for a moment. */
    private void keepNetwork() throws InterruptedException {
        var retry = new Retry(random);
        var applied = new HashMap<String, String>();
        while (true) {
            boolean services;
            boolean nodes;
            Registration known;
            lock.lock();
            try {
                while (registration.isEmpty() || (!servicesChanged && !nodesChanged)) {
                    news.await();
                }
                services = servicesChanged;
                nodes = nodesChanged;
                servicesChanged = false;
                nodesChanged = false;
                known = registration.orElseThrow();
            } finally {
                lock.unlock();
            }
            try {
                // The first complete picture touches both; before it, what an earlier agent set up is better than half
                // of one.
                if (nodes && desired.synced()) {
                    configure(known);
                }
                if (services && desired.synced()) {
                    router(known).apply(desired.serviceTable(settings.name()));
                }
                applied.clear();
                retry.success();
                // Endpoints change in flocks.
                Thread.sleep(Duration.ofMillis(100));
            } catch (IllegalStateException e) {
                var message = String.valueOf(e.getMessage());
                if (!message.equals(applied.put("problem", message))) {
                    nodeEvent("NetworkNotReady", message);
                }
                again(services, nodes, message);
                Thread.sleep(retry.failure());
            }
        }
    }

    private void again(boolean services, boolean nodes, String message) {
        lock.lock();
        try {
            servicesChanged |= services;
            nodesChanged |= nodes;
            if (nodes) {
                networkProblem = Optional.of("network: " + message);
            }
        } finally {
            lock.unlock();
        }
    }

    private ServiceRouter router(Registration known) {
        lock.lock();
        try {
            var open = router.orElseGet(() -> routers.open(known.clusterCidr(), known.serviceCidr()));
            router = Optional.of(open);
            return open;
        } finally {
            lock.unlock();
        }
    }

    private void configure(Registration known) {
        var spec = known.node().getSpec();
        var podCidr = spec == null || spec.getPodCIDR() == null ? "" : spec.getPodCIDR();
        if (podCidr.isEmpty() && !network.equals(NodeNetwork.NONE)) {
            throw new IllegalStateException("the control plane gave this node no podCIDR");
        }
        network.configure(podCidr, known.clusterCidr(), known.serviceCidr(), peers());
        lock.lock();
        try {
            networkProblem = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private Map<String, NodeNetwork.Peer> peers() {
        var peers = new HashMap<String, NodeNetwork.Peer>();
        for (var node : desired.nodes()) {
            var name = node.getMetadata().getName();
            var range = node.getSpec() == null ? null : node.getSpec().getPodCIDR();
            var addresses = node.getStatus() == null || node.getStatus().getAddresses() == null
                    ? List.<NodeAddress>of()
                    : node.getStatus().getAddresses();
            if (range != null && !name.equals(settings.name())) {
                addresses.stream()
                        .filter(a -> "InternalIP".equals(a.getType()))
                        .findFirst()
                        .ifPresent(a -> peers.put(name, new NodeNetwork.Peer(a.getAddress(), range)));
            }
        }
        return peers;
    }

    private void keepImages() throws InterruptedException {
        while (true) {
            Thread.sleep(Duration.ofSeconds(2));
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
        lock.lock();
        try {
            workers.values().forEach(PodWorker::close);
            router.ifPresent(ServiceRouter::close);
        } finally {
            lock.unlock();
        }
    }
}

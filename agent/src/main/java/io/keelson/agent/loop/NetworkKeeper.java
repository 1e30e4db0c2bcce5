package io.keelson.agent.loop;

import io.fabric8.kubernetes.api.model.NodeAddress;
import io.keelson.agent.loop.ControlPlane.Registration;
import io.keelson.agent.net.NodeNetwork;
import io.keelson.agent.proxy.ServiceRouter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Routes and service rules: whenever services, endpoints or nodes have changed, all of it, gathered for a moment. */
final class NetworkKeeper implements AutoCloseable {
    /** Endpoints change in flocks. */
    private static final Duration GATHERING = Duration.ofMillis(100);

    private final String node;
    private final DesiredState desired;
    private final NodeNetwork network;
    private final NodeLoop.Routers routers;
    private final Consumer<String> trouble;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private Optional<Registration> registration = Optional.empty();
    private Optional<ServiceRouter> router = Optional.empty();
    private boolean servicesChanged;
    private boolean nodesChanged;
    private Optional<String> problem = Optional.of("the node's network is not set up yet");

    /** {@code trouble} hears what failed, once until it has succeeded again. */
    NetworkKeeper(
            String node,
            DesiredState desired,
            NodeNetwork network,
            NodeLoop.Routers routers,
            Consumer<String> trouble) {
        this.node = node;
        this.desired = desired;
        this.network = network;
        this.routers = routers;
        this.trouble = trouble;
    }

    /** What the control plane gave this node; empty: it does not know the node any more. */
    void registered(Optional<Registration> now) {
        lock.lock();
        try {
            registration = now;
            nodesChanged |= now.isPresent();
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void changed(boolean services, boolean nodes) {
        lock.lock();
        try {
            servicesChanged |= services;
            nodesChanged |= nodes;
            if (services || nodes) {
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Why pods have no network; empty if they have. */
    Optional<String> problem() {
        lock.lock();
        try {
            return problem;
        } finally {
            lock.unlock();
        }
    }

    /** What is to be done in one go. */
    private record Work(Registration registration, boolean services, boolean nodes) {}

    /** Goes on until its thread is interrupted. */
    void keep(Retry retry) throws InterruptedException {
        var told = Optional.<String>empty();
        while (true) {
            var work = next();
            try {
                // The first complete picture touches both; before it, what an earlier agent set up is better than half
                // of one.
                if (work.nodes() && desired.synced()) {
                    configure(work.registration());
                }
                if (work.services() && desired.synced()) {
                    router(work.registration()).apply(desired.serviceTable(node));
                }
                told = Optional.empty();
                retry.success();
                Thread.sleep(GATHERING);
            } catch (IllegalStateException e) {
                var message = String.valueOf(e.getMessage());
                if (!told.equals(Optional.of(message))) {
                    trouble.accept(message);
                }
                told = Optional.of(message);
                again(work, message);
                Thread.sleep(retry.failure());
            }
        }
    }

    private Work next() throws InterruptedException {
        lock.lock();
        try {
            while (registration.isEmpty() || (!servicesChanged && !nodesChanged)) {
                news.await();
            }
            var work = new Work(registration.get(), servicesChanged, nodesChanged);
            servicesChanged = false;
            nodesChanged = false;
            return work;
        } finally {
            lock.unlock();
        }
    }

    private void again(Work failed, String message) {
        lock.lock();
        try {
            servicesChanged |= failed.services();
            nodesChanged |= failed.nodes();
            if (failed.nodes()) {
                problem = Optional.of("network: " + message);
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
            problem = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private Map<String, NodeNetwork.Peer> peers() {
        var peers = new HashMap<String, NodeNetwork.Peer>();
        for (var other : desired.nodes()) {
            var name = other.getMetadata().getName();
            var range = other.getSpec() == null ? null : other.getSpec().getPodCIDR();
            var addresses = other.getStatus() == null || other.getStatus().getAddresses() == null
                    ? List.<NodeAddress>of()
                    : other.getStatus().getAddresses();
            if (range != null && !name.equals(node)) {
                addresses.stream()
                        .filter(a -> "InternalIP".equals(a.getType()))
                        .findFirst()
                        .ifPresent(a -> peers.put(name, new NodeNetwork.Peer(a.getAddress(), range)));
            }
        }
        return peers;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            router.ifPresent(ServiceRouter::close);
        } finally {
            lock.unlock();
        }
    }
}

package io.keelson.orchestrator.loop;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.control.ClusterRoleAggregationController;
import io.keelson.orchestrator.control.Controller;
import io.keelson.orchestrator.control.DefinitionController;
import io.keelson.orchestrator.control.DeploymentController;
import io.keelson.orchestrator.control.DisruptionController;
import io.keelson.orchestrator.control.EndpointSliceController;
import io.keelson.orchestrator.control.EndpointsController;
import io.keelson.orchestrator.control.FlowSchemaController;
import io.keelson.orchestrator.control.GarbageCollector;
import io.keelson.orchestrator.control.NamespaceController;
import io.keelson.orchestrator.control.NodeLifecycleController;
import io.keelson.orchestrator.control.PodGarbageController;
import io.keelson.orchestrator.control.ReplicaSetController;
import io.keelson.orchestrator.control.ResourceQuotaController;
import io.keelson.orchestrator.control.RootCaController;
import io.keelson.orchestrator.control.ServiceAccountController;
import io.keelson.orchestrator.control.StorageProtectionController;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.schedule.SchedulingController;
import io.keelson.store.Kv;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All controllers and the scheduler, on whichever server leads. Every server runs one of these; those that do not lead wait to.
 */
public final class ControlLoop implements AutoCloseable {

    private final String name;
    private final Kv kv;
    private final Supplier<Kinds> kinds;
    private final Api api;
    private final String authorities;
    private final InstantSource clock;
    private volatile Optional<Leadership> leadership = Optional.empty();

    /**
     * A loop that does nothing yet.
     *
     * @param name of this server, to be found as the leader's name
     * @param kv the store: leader's key, list and watch
     * @param kinds gives the present table of kinds
     * @param api how actions are performed
     * @param authorities certificates, PEM, of who signs those of the servers; for pods
     * @param clock what time it is
     */
    public ControlLoop(String name, Kv kv, Supplier<Kinds> kinds, Api api, String authorities, InstantSource clock) {
        this.name = name;
        this.kv = kv;
        this.kinds = kinds;
        this.api = api;
        this.authorities = authorities;
        this.clock = clock;
    }

    /** Every controller, in the order in which they look at a change; see the constructor for the parameter. */
    public static List<Controller> controllers(String authorities) {
        return List.of(
                new DeploymentController(),
                new ReplicaSetController(),
                new SchedulingController(),
                new EndpointSliceController(),
                new EndpointsController(),
                new NodeLifecycleController(),
                new PodGarbageController(),
                new DisruptionController(),
                new ClusterRoleAggregationController(),
                new FlowSchemaController(),
                new NamespaceController(),
                new DefinitionController(),
                new ServiceAccountController(),
                new RootCaController(authorities),
                new ResourceQuotaController(),
                new StorageProtectionController(),
                new GarbageCollector());
    }

    /** Begins to campaign. Returns at once. */
    public synchronized void start() {
        if (leadership.isEmpty()) {
            leadership = Optional.of(new Leadership(
                    name, kv, clock, epoch -> new Term(epoch, kv, kinds, api, controllers(authorities), clock)));
        }
    }

    /** The name of the server that leads, as far as is known here. */
    public Optional<String> leader() {
        return leadership.flatMap(Leadership::leader);
    }

    /** Stops, and lets another lead at once. Blocks until the last look is over, for some seconds at most. */
    @Override
    public synchronized void close() {
        leadership.ifPresent(Leadership::close);
        leadership = Optional.empty();
    }
}

package io.keelson.orchestrator;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.keelson.orchestrator.access.Gate;
import io.keelson.orchestrator.access.Grants;
import io.keelson.orchestrator.access.Questions;
import io.keelson.orchestrator.access.ToldKv;
import io.keelson.orchestrator.admission.Admissions;
import io.keelson.orchestrator.admit.Plugins;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.LiveKinds;
import io.keelson.orchestrator.api.Metrics;
import io.keelson.orchestrator.api.PodLogs;
import io.keelson.orchestrator.api.PodStreams;
import io.keelson.orchestrator.api.ProxyTargets;
import io.keelson.orchestrator.audit.Auditing;
import io.keelson.orchestrator.flow.Turnstile;
import io.keelson.orchestrator.http.FlowMetrics;
import io.keelson.orchestrator.http.Listener;
import io.keelson.orchestrator.http.Reception;
import io.keelson.orchestrator.http.Rest;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.loop.ControlLoop;
import io.keelson.orchestrator.measure.RequestMetrics;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.registry.Cidr;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.rpc.Callers;
import io.keelson.orchestrator.rpc.NothingAfterEnd;
import io.keelson.orchestrator.rpc.Services;
import io.keelson.orchestrator.rpc.Tunnels;
import io.keelson.orchestrator.webhook.AdmissionCaller;
import io.keelson.orchestrator.webhook.ConversionWebhooks;
import io.keelson.orchestrator.webhook.ServiceAddresses;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.v1.ServerStatusResponse;
import io.keelson.store.HostPort;
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** One control-plane server over a store: API, controllers, scheduler, housekeeping. */
public final class Orchestrator implements AutoCloseable {

    /** What clients are told: the version of Kubernetes whose API this is. */
    public static final String VERSION = "v1.36.0+keelson";

    private static final System.Logger LOG = System.getLogger(Orchestrator.class.getName());

    private static final Duration BOOTSTRAP_RETRY = Duration.ofMillis(500);

    /** So often somebody looks whether keys are old. */
    private static final Duration UPKEEP = Duration.ofSeconds(10);

    /** So often somebody reads the history that waits. */
    private static final Duration KEEP_UP = Duration.ofMillis(200);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<Integer> ports = new ArrayList<>();
    private final Api api;

    private Orchestrator(Api api) {
        this.api = api;
    }

    /**
     * Starts a server. Returns when its ports are open; objects that every cluster has are made as soon as the store takes writes.
     *
     * @throws IllegalArgumentException if a file or a range of addresses cannot be used; the message names it and the way out
     * @throws IllegalStateException if a port is taken; the message names it
     */
    public static Orchestrator start(OrchestratorConfig config, Kv kv, Supplier<StoreStatus> store) {
        InstantSource clock = InstantSource.system();
        Instant started = clock.instant();
        Addresses addresses = new Addresses(Cidr.parse(config.serviceCidr()), Cidr.parse(config.clusterCidr()));
        String authorities = text(config.trustedCa());
        ToldKv told = new ToldKv(kv);
        Gate gate = new Gate(told, config.access(), clock, new SecureRandom());
        AtomicReference<Optional<Api>> self = new AtomicReference<>(Optional.empty());
        LiveKinds kinds = new LiveKinds(
                kv, new ConversionWebhooks(service -> self.get().flatMap(api -> ServiceAddresses.of(api, service))));
        Admissions admissions = new Admissions(
                told,
                kinds,
                new AdmissionCaller(service -> self.get().flatMap(api -> ServiceAddresses.of(api, service))),
                gate::decide,
                config.access().plugins());
        Api api = new Api(
                told,
                kinds,
                addresses,
                clock,
                new SecureRandom(),
                grants(gate, kinds, config.access().plugins()),
                admissions,
                config.watches());
        self.set(Optional.of(api));
        Orchestrator orchestrator = new Orchestrator(api);
        try {
            // Closed last: requests end while all else is closed, and are told of.
            Auditing auditing = new Auditing(config.access().audit(), clock);
            orchestrator.open.push(auditing);
            kinds.start();
            orchestrator.open.push(kinds);
            Tunnels tunnels = new Tunnels();
            PodLogs logs = new PodLogs(api, tunnels);
            PodStreams streams = new PodStreams(api, tunnels);
            Questions questions =
                    new Questions(gate, api, clock, () -> UUID.randomUUID().toString());
            Turnstile turnstile = new Turnstile(told, config.access().seats());
            Metrics metrics = new Metrics(api, tunnels);
            RequestMetrics measures = measures(api, turnstile);
            Rest rest = new Rest(
                    api,
                    new Reception(gate, turnstile, auditing, config.access().bodies()),
                    questions,
                    logs,
                    streams,
                    new ProxyTargets(api, tunnels, new SecureRandom()),
                    metrics,
                    measures,
                    clock,
                    version(),
                    () -> notReady(kv));
            ControlLoop control = new ControlLoop(config.name(), kv, kinds, api, authorities, clock);
            Supplier<ServerStatusResponse> status =
                    () -> status(config.name(), store.get(), control.leader(), started, clock.instant());
            List<BindableService> services =
                    Services.all(api, questions, tunnels, logs, streams, metrics, status, clock);
            for (HostPort at : config.listen()) {
                Listener listener = Listener.open(
                        at,
                        config.certificate(),
                        config.key(),
                        config.trustedCa(),
                        started,
                        rest,
                        services,
                        List.of(new NothingAfterEnd(), new Callers(gate, turnstile, auditing, measures)));
                orchestrator.open.push(listener);
                orchestrator.ports.add(listener.port());
            }
            orchestrator.bootstrap(new Bootstrap(api, config.apiEndpoints()));
            control.start();
            orchestrator.open.push(control);
            orchestrator.every(UPKEEP, "access-upkeep", gate::upkeep);
            orchestrator.every(KEEP_UP, "access-keep-up", () -> {
                gate.keepUp();
                turnstile.keepUp();
            });
            Compaction compaction = new Compaction(
                    kv,
                    () -> control.leader().equals(Optional.of(config.name())),
                    () -> store.get().revision(),
                    clock);
            compaction.start();
            orchestrator.open.push(compaction);
            return orchestrator;
        } catch (RuntimeException e) {
            orchestrator.close();
            throw e;
        }
    }

    private static RequestMetrics measures(Api api, Turnstile turnstile) {
        var page = new io.keelson.store.metrics.Metrics();
        FlowMetrics.show(page, turnstile);
        return new RequestMetrics(api::kinds, page);
    }

    private static Grants grants(Gate gate, LiveKinds kinds, Plugins plugins) {
        return new Grants(gate, plugins.on(Plugins.OWNERS) ? Optional.of(kinds) : Optional.empty());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e, e);
        }
    }

    private static ObjectNode version() {
        return Json.object()
                .put("major", "1")
                .put("minor", "36")
                .put("gitVersion", VERSION)
                .put("gitCommit", "")
                .put("gitTreeState", "clean")
                .put("buildDate", "2026-01-01T00:00:00Z")
                .put("goVersion", "go0.0.0")
                .put("compiler", "javac")
                .put("platform", "linux/amd64");
    }

    /** Why not; asks the store, and so its leader. */
    private static Optional<String> notReady(Kv kv) {
        try {
            kv.range(RangeRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("/registry/core/namespaces/default"))
                    .setKeysOnly(true)
                    .build());
            return Optional.empty();
        } catch (KvException e) {
            return Optional.of("the store does not answer: " + e.getMessage());
        }
    }

    private static ServerStatusResponse status(
            String name, StoreStatus store, Optional<String> controlLeader, Instant started, Instant now) {
        return ServerStatusResponse.newBuilder()
                .setName(name)
                .setVersion(VERSION)
                .setStoreLeader(store.leader().orElse(""))
                .setControlLeader(controlLeader.orElse(""))
                .setRevision(store.revision())
                .setUptimeMillis(Duration.between(started, now).toMillis())
                .build();
    }

    /** Beside everything else, for a store without a leader may take long, and the ports should say so meanwhile. */
    private void bootstrap(Bootstrap bootstrap) {
        Thread thread = Thread.ofVirtual().name("bootstrap").start(() -> {
            try {
                while (true) {
                    try {
                        bootstrap.run();
                        return;
                    } catch (ApiException e) {
                        boolean passing = e.reason() == Reason.SERVICE_UNAVAILABLE
                                || e.reason() == Reason.TIMEOUT
                                || e.reason() == Reason.TOO_MANY_REQUESTS
                                || e.reason() == Reason.CONFLICT;
                        if (!passing) {
                            LOG.log(Level.ERROR, "the objects that every cluster has cannot be made", e);
                            return;
                        }
                        Thread.sleep(BOOTSTRAP_RETRY);
                    }
                }
            } catch (InterruptedException e) {
                // Closed before the store had a leader.
                Thread.currentThread().interrupt();
            }
        });
        open.push(thread::interrupt);
    }

    /** Beside everything else; what fails now is done the next time. */
    private void every(Duration pause, String name, Runnable work) {
        Thread thread = Thread.ofVirtual().name(name).start(() -> {
            try {
                while (true) {
                    Thread.sleep(pause);
                    try {
                        work.run();
                    } catch (ApiException e) {
                        LOG.log(Level.DEBUG, () -> name + " failed: " + e.getMessage());
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        open.push(thread::interrupt);
    }

    /** The ports in the order of the configuration. */
    public List<Integer> ports() {
        return List.copyOf(ports);
    }

    /** The API within this process. */
    public Api api() {
        return api;
    }

    /** Closes everything in reverse. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            AutoCloseable next = open.pop();
            try {
                next.close();
            } catch (Exception e) {
                throw new IllegalStateException("cannot stop " + next.getClass().getSimpleName(), e);
            }
        }
    }
}

package io.keelson.store.rpc;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.keelson.store.Door;
import io.keelson.store.StoreConfig;
import io.keelson.store.StoreOptions;
import io.keelson.store.StoreOptions.Limits;
import io.keelson.store.Tls;
import io.keelson.store.metrics.Metrics;
import io.keelson.store.node.Replica;
import io.keelson.store.rpc.http.Gateway;
import io.keelson.store.rpc.http.HttpConnection;
import io.keelson.store.rpc.http.Page;
import io.keelson.store.rpc.http.Site;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Serves etcd's API for one replica on its client addresses until closed. */
public final class StoreServer implements AutoCloseable {

    /** The version of etcd whose API this is. */
    public static final String ETCD_VERSION = MaintenanceService.VERSION;

    /** A message may be so much larger than the largest request: what is only a little too large is refused by name. */
    private static final int INBOUND_MARGIN_BYTES = 512 << 10;

    /** A request that comes as JSON has its bytes in base64, a third longer, and so much of names around them. */
    private static final int BODY_MARGIN_BYTES = 64 << 10;

    private static final int EVENT_LOOPS = 2;

    /** Threads that read the store and make answers; more than two even on a small machine, as a read may wait for a disk. */
    private static final int WORKERS = Math.clamp(Runtime.getRuntime().availableProcessors() * 2L, 4, 16);

    private static final Duration GRACE = Duration.ofSeconds(2);

    /**
     * What takes time.
     *
     * @param progress how often an idle watch that wants it is told its progress
     * @param leaderless how long a stream that requires a leader outlives it; etcd: three election timeouts
     * @param minLeaseTtlSeconds the shortest lease; etcd: one and a half election timeouts
     */
    record Timing(Duration progress, Duration leaderless, long minLeaseTtlSeconds) {

        static final Timing ETCD = of(StoreOptions.DEFAULTS.timing());

        static Timing of(StoreOptions.Timing options) {
            return new Timing(options.progressNotify(), options.leaderPatience(), options.minLeaseTtlSeconds());
        }

        private long tickMillis() {
            return Math.max(1, leaderless.toMillis() / 6);
        }
    }

    private final List<Server> servers = new ArrayList<>();
    private final Transport transport = Transport.best();
    private final EventLoopGroup eventLoops =
            new MultiThreadIoEventLoopGroup(EVENT_LOOPS, threads("store-io"), transport.handlers());
    /**
     * Its queue is bounded by what can be put there: {@link Calls#MAX_UNDER_WAY} calls, one turn of each open stream, and one request of
     * each HTTP/1.1 connection.
     */
    private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            threads("store-worker"),
            // Only after close, when there is nobody left to answer.
            new ThreadPoolExecutor.DiscardPolicy());

    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, threads("store-clock"));
    private final HealthStatusManager health = new HealthStatusManager();
    private final Streams streams;
    private final ChannelGroup httpConnections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<ServerServiceDefinition> services;
    private final List<ServerInterceptor> interceptors;
    private final ManagedChannel within;
    private final Site pages;
    private final Site site;
    private final int maxInboundBytes;
    private final KvHash kvHash;

    private final CallMetrics callMetrics;

    private StoreServer(Replica replica, StoreConfig config, Timing timing, Metrics metrics) {
        Limits limits = config.options().limits();
        kvHash = new KvHash(replica);
        maxInboundBytes = limits.maxRequestBytes() + INBOUND_MARGIN_BYTES;
        workers.allowCoreThreadTimeOut(true);
        clock.setRemoveOnCancelPolicy(true);
        streams = new Streams(replica, timing.leaderless, System::nanoTime);
        var guard = new Guard(replica);
        services = services(replica, guard, limits, timing);
        interceptors = List.of(
                new AuthGate(guard, config.clientTls()),
                new LeaderGate(replica),
                new LearnerGate(replica),
                new RequestIdGate(),
                new NotBuilt());
        callMetrics = new CallMetrics(metrics, services);
        within = startWithin();
        Map<String, Site.Handler> handlers =
                pages(replica, metrics, config.options().limits().quota());
        pages = new Site(handlers, Optional.empty());
        site = new Site(handlers, Optional.of(new Gateway(services, within, workers)));
        var _ = clock.scheduleWithFixedDelay(
                streams::tick, timing.tickMillis(), timing.tickMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Starts to serve clients on the doors of a configuration.
     *
     * @throws IllegalStateException if an address cannot be listened on or a file of its TLS not be read; the message names it
     */
    public static StoreServer start(Replica replica, StoreConfig config) {
        return start(replica, config, new Metrics());
    }

    /**
     * As {@link #start(Replica, StoreConfig)}.
     *
     * @param metrics what the replica measures of itself; what the server measures is added, and all of it shown at {@code /metrics}
     */
    public static StoreServer start(Replica replica, StoreConfig config, Metrics metrics) {
        return start(replica, config, Timing.of(config.options().timing()), metrics);
    }

    static StoreServer start(Replica replica, StoreConfig config, Timing timing, Metrics metrics) {
        var server = new StoreServer(replica, config, timing, metrics);
        try {
            Optional<FrontDoor.Secure> context = config.clientTls().map(StoreServer::context);
            for (Door door : config.doors()) {
                server.listen(
                        door,
                        door.wire() == Door.Wire.TLS ? context : Optional.empty(),
                        config.options().connections());
            }
            return server;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private List<ServerServiceDefinition> services(Replica replica, Guard guard, Limits limits, Timing timing) {
        var calls = new Calls(workers);
        var headers = new Headers(replica, System::nanoTime);
        var random = new SecureRandom();
        var line = new Line(replica, guard, streams, workers, clock, random);
        return Stream.of(
                        new KvService(replica, calls, headers, guard, limits, streams, workers),
                        new WatchService(
                                replica,
                                headers,
                                streams,
                                workers,
                                clock,
                                timing.progress,
                                random,
                                guard,
                                limits.maxRequestBytes()),
                        new LeaseService(
                                replica, calls, headers, streams, workers, random, guard, timing.minLeaseTtlSeconds),
                        new ClusterService(replica, calls, headers),
                        new MaintenanceService(replica, calls, headers, guard, limits, kvHash),
                        new AuthService(replica, calls, headers, guard),
                        new LockService(replica, calls, headers, guard, line),
                        new ElectionService(replica, calls, headers, line, streams, workers),
                        health.getHealthService(),
                        ProtoReflectionServiceV1.newInstance(),
                        reflectionV1Alpha())
                .map(BindableService::bindService)
                .toList();
    }

    private Map<String, Site.Handler> pages(Replica replica, Metrics metrics, long quotaBytes) {
        var healthPages = new HealthPages(replica, workers);
        ServerMetrics.register(metrics, replica, streams, healthPages, quotaBytes);
        Map<String, Site.Handler> handlers = new HashMap<>(healthPages.pages());
        handlers.put(
                "/metrics", Site.on(workers, exchange -> exchange.answer(Page.of(Metrics.MEDIA_TYPE, metrics.page()))));
        handlers.put("/debug/vars", Site.on(workers, exchange -> exchange.answer(DebugVars.page(replica.standing()))));
        return handlers;
    }

    /** What every server has, whichever way a call comes. */
    private <B extends ServerBuilder<B>> B furnish(B builder) {
        // Nothing blocks there: what may, goes to the workers.
        builder.directExecutor();
        builder.addStreamTracerFactory(callMetrics);
        interceptors.forEach(builder::intercept);
        // The last one is asked first.
        builder.intercept(new Unreadable());
        services.stream().map(Unreadable::marked).forEach(builder::addService);
        return builder;
    }

    /** A server without an address, for calls that come as JSON. */
    private ManagedChannel startWithin() {
        String name = InProcessServerBuilder.generateName();
        try {
            servers.add(furnish(InProcessServerBuilder.forName(name)).build().start());
        } catch (IOException e) {
            throw new IllegalStateException("the gateway cannot start", e);
        }
        return InProcessChannelBuilder.forName(name).executor(workers).build();
    }

    private static FrontDoor.Secure context(Tls tls) {
        try {
            return FrontDoor.tls(tls);
        } catch (SSLException | IllegalArgumentException | IllegalStateException e) {
            throw new IllegalStateException("TLS for clients: " + e.getMessage(), e);
        }
    }

    private void listen(Door door, Optional<FrontDoor.Secure> tls, StoreOptions.Connections connections) {
        Site behind = door.serves() == Door.Serves.METRICS ? pages : site;
        var address =
                new InetSocketAddress(door.address().host(), door.address().port());
        var builder = furnish(NettyServerBuilder.forAddress(address))
                .channelType(transport.channel())
                .bossEventLoopGroup(eventLoops)
                .workerEventLoopGroup(eventLoops)
                .protocolNegotiator(new FrontDoor(tls, door.serves(), () -> httpConnection(behind)))
                .maxInboundMessageSize(maxInboundBytes)
                .permitKeepAliveTime(connections.minPing().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxConcurrentCallsPerConnection(connections.maxStreams());
        if (!connections.ping().isZero()) {
            builder.keepAliveTime(connections.ping().toMillis(), TimeUnit.MILLISECONDS)
                    .keepAliveTimeout(Math.max(1, connections.pingTimeout().toMillis()), TimeUnit.MILLISECONDS);
        }
        try {
            servers.add(builder.build().start());
        } catch (IOException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(
                    "cannot listen for clients of the store on " + door.address() + ": " + cause.getMessage()
                            + "; stop what listens there, or give this member another client address",
                    e);
        }
    }

    int openStreams() {
        return streams.count();
    }

    /** Bytes that wait for slow clients of HTTP/1.1. */
    long unsentHttpBytes() {
        return httpConnections.stream()
                .mapToLong(each -> each.unsafe().outboundBuffer() == null
                        ? 0
                        : each.unsafe().outboundBuffer().totalPendingWriteBytes())
                .sum();
    }

    private HttpConnection httpConnection(Site behind) {
        return new HttpConnection(behind, maxInboundBytes / 3 * 4 + BODY_MARGIN_BYTES, httpConnections);
    }

    /** grpcurl and others still ask for the old name. */
    @SuppressWarnings("deprecation")
    private static BindableService reflectionV1Alpha() {
        return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
    }

    private static ThreadFactory threads(String name) {
        return new DefaultThreadFactory(name, true);
    }

    /** Ends the streams, waits shortly for calls under way, and stops to listen. The replica stays as it is. */
    @Override
    public void close() {
        servers.forEach(Server::shutdown);
        streams.endAll(Failures.STOPPED);
        within.shutdown();
        settled(within);
        httpConnections.close().awaitUninterruptibly(GRACE.toMillis());
        for (Server server : servers) {
            if (!terminated(server)) {
                terminated(server.shutdownNow());
            }
        }
        clock.shutdownNow();
        workers.shutdown();
        kvHash.close();
        eventLoops
                .shutdownGracefully(0, GRACE.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(GRACE.toMillis());
    }

    /** Calls that came as JSON get the time to be answered. */
    private static void settled(ManagedChannel channel) {
        try {
            if (!channel.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                channel.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @CanIgnoreReturnValue
    private static boolean terminated(Server server) {
        try {
            return server.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

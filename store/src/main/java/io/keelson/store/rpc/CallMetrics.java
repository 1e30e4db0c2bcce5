package io.keelson.store.rpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.keelson.store.metrics.Buckets;
import io.keelson.store.metrics.Count;
import io.keelson.store.metrics.Labelled;
import io.keelson.store.metrics.Metrics;
import io.keelson.store.metrics.Timing;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts calls, whichever way they come, under the names that gRPC servers with Prometheus have. A call that nobody here knows is counted
 * as "unknown": its name is the client's, and must not become a label.
 */
final class CallMetrics extends ServerStreamTracer.Factory {

    private static final Metadata.Key<String> API_VERSION =
            Metadata.Key.of("client-api-version", Metadata.ASCII_STRING_MARSHALLER);

    /** Versions that clients say they have; more are counted as "other". */
    private static final int MAX_VERSIONS = 32;

    private static final String RANGE = "etcdserverpb.KV/Range";

    private static final Buckets RANGES = Buckets.doubling(0.0001, 20);

    /** What is counted of a call, looked up once. */
    private record Method(
            String type,
            Labelled<Count> handledWith,
            Map<Status.Code, Count> handled,
            Count started,
            Count received,
            Count sent,
            Timing handling,
            LongAdder begun,
            LongAdder ended) {

        void handled(Status.Code code) {
            Count count = handled.get(code);
            if (count == null) {
                count = handled.computeIfAbsent(code, each -> handledWith.of(words(each)));
            }
            count.increment();
        }
    }

    private final Map<String, Method> methods = new HashMap<>();
    private final Method unknown;
    private final Count receivedBytes;
    private final Count sentBytes;
    private final Labelled<Count> requests;
    private final Map<String, Count> unaryByVersion = new ConcurrentHashMap<>();
    private final Map<String, Count> streamsByVersion = new ConcurrentHashMap<>();

    CallMetrics(Metrics metrics, List<ServerServiceDefinition> services) {
        String[] labels = {"grpc_type", "grpc_service", "grpc_method"};
        String[] withCode = {"grpc_type", "grpc_service", "grpc_method", "grpc_code"};
        Labelled<Count> started =
                metrics.counts("grpc_server_started_total", "Total number of RPCs started on the server.", labels);
        Labelled<Count> handled = metrics.counts(
                "grpc_server_handled_total",
                "Total number of RPCs completed on the server, regardless of success or failure.",
                withCode);
        Labelled<Count> received = metrics.counts(
                "grpc_server_msg_received_total",
                "Total number of RPC stream messages received on the server.",
                labels);
        Labelled<Count> sent = metrics.counts(
                "grpc_server_msg_sent_total", "Total number of gRPC stream messages sent by the server.", labels);
        Labelled<Timing> handling = metrics.timings(
                "grpc_server_handling_seconds",
                "Histogram of response latency (seconds) of gRPC that had been application-level handled by the"
                        + " server.",
                Buckets.CALLS,
                labels);
        receivedBytes = metrics.count(
                "etcd_network_client_grpc_received_bytes_total",
                "The total number of bytes received from grpc clients.");
        sentBytes = metrics.count(
                "etcd_network_client_grpc_sent_bytes_total", "The total number of bytes sent to grpc clients.");
        requests = metrics.counts(
                "etcd_server_client_requests_total",
                "The total number of client requests per client version.",
                "type",
                "client_api_version");
        Timing ranges = metrics.timing(
                "etcd_server_range_duration_seconds", "The latency distributions of a client's Range.", RANGES);
        for (ServerServiceDefinition service : services) {
            for (ServerMethodDefinition<?, ?> definition : service.getMethods()) {
                MethodDescriptor<?, ?> method = definition.getMethodDescriptor();
                String[] values = {
                    type(method.getType()), service.getServiceDescriptor().getName(), bareName(method)
                };
                Timing time = handling.of(values);
                boolean range = method.getFullMethodName().equals(RANGE);
                methods.put(
                        method.getFullMethodName(),
                        new Method(
                                values[0],
                                code -> handled.of(values[0], values[1], values[2], code[0]),
                                new ConcurrentHashMap<>(),
                                started.of(values),
                                received.of(values),
                                sent.of(values),
                                range
                                        ? nanos -> {
                                            time.record(nanos);
                                            ranges.record(nanos);
                                        }
                                        : time,
                                new LongAdder(),
                                new LongAdder()));
            }
        }
        String[] none = {"unknown", "unknown", "unknown"};
        unknown = new Method(
                "unknown",
                code -> handled.of(none[0], none[1], none[2], code[0]),
                new ConcurrentHashMap<>(),
                started.of(none),
                received.of(none),
                sent.of(none),
                handling.of(none),
                new LongAdder(),
                new LongAdder());
        metrics.gauge(
                "etcd_disk_defrag_inflight",
                "Whether or not defrag is active on the member. 1 means active, 0 means not.",
                () -> isUnderWay(method("etcdserverpb.Maintenance/Defragment")) ? 1 : 0);
        metrics.countFrom(
                "etcd_debugging_mvcc_range_total",
                "Total number of ranges seen by this member.",
                () -> method(RANGE).begun.sum());
        metrics.countFrom(
                "etcd_mvcc_range_total",
                "Total number of ranges seen by this member.",
                () -> method(RANGE).begun.sum());
    }

    private static String bareName(MethodDescriptor<?, ?> method) {
        String name = method.getBareMethodName();
        return name == null ? method.getFullMethodName() : name;
    }

    private static String type(MethodType type) {
        return switch (type) {
            case UNARY -> "unary";
            case CLIENT_STREAMING -> "client_stream";
            case SERVER_STREAMING -> "server_stream";
            case BIDI_STREAMING -> "bidi_stream";
            case UNKNOWN -> "unknown";
        };
    }

    /** As Go writes them: {@code NOT_FOUND} is {@code NotFound}, and OK stays. */
    private static String words(Status.Code code) {
        if (code == Status.Code.OK) {
            return "OK";
        }
        if (code == Status.Code.CANCELLED) {
            return "Canceled";
        }
        var name = new StringBuilder();
        for (String word : code.name().split("_", -1)) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }

    private Method method(String name) {
        return methods.getOrDefault(name, unknown);
    }

    /** The end is read first: what ends in between must not make a difference below 0. */
    private static boolean isUnderWay(Method method) {
        long ended = method.ended.sum();
        return method.begun.sum() > ended;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String name, Metadata headers) {
        Method method = method(name);
        method.started.increment();
        method.begun.increment();
        requested(method.type, headers);
        return new Call(method);
    }

    private void requested(String type, Metadata headers) {
        boolean unary = type.equals("unary");
        String said = headers.get(API_VERSION);
        String version = said == null ? "unknown" : said;
        Map<String, Count> known = unary ? unaryByVersion : streamsByVersion;
        Count count = known.get(version);
        if (count == null) {
            String label = known.size() < MAX_VERSIONS ? version : "other";
            count = known.computeIfAbsent(label, each -> requests.of(unary ? "unary" : "stream", each));
        }
        count.increment();
    }

    /** One call. */
    private final class Call extends ServerStreamTracer {

        private final Method method;
        private final long startNanos = System.nanoTime();

        Call(Method method) {
            this.method = method;
        }

        @Override
        public void inboundMessage(int number) {
            method.received.increment();
        }

        @Override
        public void outboundMessage(int number) {
            method.sent.increment();
        }

        @Override
        public void inboundWireSize(long bytes) {
            receivedBytes.add(bytes);
        }

        @Override
        public void outboundWireSize(long bytes) {
            sentBytes.add(bytes);
        }

        @Override
        public void streamClosed(Status status) {
            method.ended.increment();
            method.handled(status.getCode());
            method.handling.record(System.nanoTime() - startNanos);
        }
    }
}

package io.keelson.agent.rpc;

import com.google.protobuf.ByteString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.keelson.agent.loop.ControlPlane;
import io.keelson.agent.runtime.PodId;
import io.keelson.proto.v1.CreateRequest;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.HeartbeatRequest;
import io.keelson.proto.v1.NodeWatchEvent;
import io.keelson.proto.v1.NodeWatchRequest;
import io.keelson.proto.v1.NodesGrpc;
import io.keelson.proto.v1.PodEndedRequest;
import io.keelson.proto.v1.RecordEventRequest;
import io.keelson.proto.v1.RegisterRequest;
import io.keelson.proto.v1.ReportPodRequest;
import io.keelson.proto.v1.ResourcesGrpc;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** The control plane over gRPC: one server at a time, the next when it fails. */
public final class GrpcControlPlane implements ControlPlane {
    private static final long CALL_SECONDS = 5;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Servers servers;
    private final String node;
    private final AtomicInteger current = new AtomicInteger();
    private final AtomicReference<Context.CancellableContext> watching =
            new AtomicReference<>(Context.ROOT.withCancellation());
    private volatile boolean closed;

    public GrpcControlPlane(Servers servers, String node) {
        this.servers = servers;
        this.node = node;
    }

    @Override
    public Registration register(Node object) {
        var request = RegisterRequest.newBuilder().setNode(json(object)).build();
        var response = call("register", stub -> stub.register(request));
        return new Registration(
                JSON.readValue(response.getNode().toByteArray(), Node.class),
                Duration.ofSeconds(Math.max(1, response.getHeartbeatSeconds())),
                Duration.ofSeconds(Math.max(1, response.getLeaseSeconds())),
                response.getClusterCidr(),
                response.getServiceCidr());
    }

    @Override
    public void heartbeat(Optional<NodeStatus> status) {
        var request = HeartbeatRequest.newBuilder().setNode(node);
        status.ifPresent(s -> request.setStatus(json(s)));
        call("heartbeat", stub -> stub.heartbeat(request.build()));
    }

    @Override
    public void watch(Consumer<Change> changes) {
        int server = current.get();
        var context = Context.ROOT.withCancellation();
        watching.set(context);
        if (closed) {
            return;
        }
        var before = context.attach();
        try {
            // The blocking iterator asks for one message after the other, so a slow agent slows the server's sending,
            // not its memory.
            var events = NodesGrpc.newBlockingStub(servers.channel(server))
                    .watch(NodeWatchRequest.newBuilder().setNode(node).build());
            events.forEachRemaining(event -> changes.accept(change(event)));
            current.compareAndSet(server, server + 1);
            throw new Unreachable(
                    "watch: " + servers.address(server) + " ended the stream", Status.UNAVAILABLE.asException());
        } catch (StatusRuntimeException e) {
            current.compareAndSet(server, server + 1);
            if (!closed) {
                throw failure("watch", server, e);
            }
        } finally {
            context.detach(before);
            context.cancel(null);
        }
    }

    private static Change change(NodeWatchEvent event) {
        return switch (event.getType()) {
            case SET ->
                new Change.Set(
                        event.getResource(),
                        event.getNamespace(),
                        event.getName(),
                        event.getObject().toStringUtf8(),
                        event.getRevision());
            case GONE ->
                new Change.Gone(event.getResource(), event.getNamespace(), event.getName(), event.getRevision());
            case SYNCED -> new Change.Synced(event.getRevision());
            case BOOKMARK, UNRECOGNIZED -> new Change.Bookmark(event.getRevision());
        };
    }

    @Override
    public Token token(PodId pod, String account, Optional<String> audience, long seconds) {
        var object = JSON.createObjectNode();
        object.put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
        object.putObject("metadata").put("name", account).put("namespace", pod.namespace());
        var spec = object.putObject("spec").put("expirationSeconds", seconds);
        audience.ifPresent(a -> spec.putArray("audiences").add(a));
        spec.putObject("boundObjectRef")
                .put("apiVersion", "v1")
                .put("kind", "Pod")
                .put("name", pod.name())
                .put("uid", pod.uid());
        var request = CreateRequest.newBuilder()
                .setObject(io.keelson.proto.v1.Object.newBuilder().setJson(json(object)))
                .setEncoding(Encoding.ENCODING_JSON)
                .build();
        var answer = callAt(
                "token of " + pod.namespace() + "/" + account,
                channel -> ResourcesGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                        .create(request));
        var status = JSON.readTree(answer.getObject().getJson().toByteArray()).path("status");
        return new Token(
                status.path("token").asString(),
                Instant.parse(status.path("expirationTimestamp").asString()));
    }

    @Override
    public Reported reportPod(PodId pod, PodStatus status) {
        var request = ReportPodRequest.newBuilder()
                .setNamespace(pod.namespace())
                .setName(pod.name())
                .setUid(pod.uid())
                .setStatus(json(status))
                .build();
        try {
            call("report of pod " + pod.path(), stub -> stub.reportPod(request));
            return Reported.TAKEN;
        } catch (Refused e) {
            return gone(e);
        }
    }

    @Override
    public void podEnded(PodId pod, PodStatus last) {
        var request = PodEndedRequest.newBuilder()
                .setNamespace(pod.namespace())
                .setName(pod.name())
                .setUid(pod.uid())
                .setStatus(json(last))
                .build();
        try {
            call("end of pod " + pod.path(), stub -> stub.podEnded(request));
        } catch (Refused e) {
            // Gone already is what we wanted; anything else is thrown again.
            gone(e);
        }
    }

    private static Reported gone(Refused refused) {
        if (refused.getCause() instanceof StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return Reported.GONE;
            }
            if (e.getStatus().getCode() == Status.Code.ABORTED) {
                return Reported.OTHER;
            }
        }
        throw refused;
    }

    @Override
    public void recordEvent(NodeEvent event) {
        var request = RecordEventRequest.newBuilder()
                .setNode(node)
                .setApiVersion("v1")
                .setKind(event.kind())
                .setNamespace(event.namespace())
                .setName(event.name())
                .setUid(event.uid())
                .setType(event.type())
                .setReason(event.reason())
                .setMessage(event.message())
                .setFieldPath(event.fieldPath())
                .build();
        call("event", stub -> stub.recordEvent(request));
    }

    private <T> T call(String what, Function<NodesGrpc.NodesBlockingStub, T> call) {
        return callAt(
                what,
                channel -> call.apply(
                        NodesGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)));
    }

    /** Every server is asked once at most, beginning with the one that answered last. */
    private <T> T callAt(String what, Function<Channel, T> call) {
        int first = current.get();
        for (int i = 0; ; i++) {
            int server = first + i;
            try {
                var answer = call.apply(servers.channel(server));
                if (i > 0) {
                    current.compareAndSet(first, server);
                }
                return answer;
            } catch (StatusRuntimeException e) {
                var failure = failure(what, server, e);
                if (failure instanceof Refused || i + 1 >= servers.count() || closed) {
                    throw failure;
                }
            }
        }
    }

    private RuntimeException failure(String what, int server, StatusRuntimeException e) {
        var message =
                what + ": " + servers.address(server) + ": " + e.getStatus().getCode()
                        + (e.getStatus().getDescription() == null
                                ? ""
                                : ": " + e.getStatus().getDescription())
                        + (e.getStatus().getCause() == null
                                ? ""
                                : " (" + e.getStatus().getCause().getMessage() + ")");
        return switch (e.getStatus().getCode()) {
            case UNAVAILABLE,
                    DEADLINE_EXCEEDED,
                    CANCELLED,
                    UNKNOWN,
                    INTERNAL,
                    RESOURCE_EXHAUSTED,
                    DATA_LOSS,
                    OK,
                    UNIMPLEMENTED -> new Unreachable(message, e);
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNAUTHENTICATED -> new Refused(message, e);
        };
    }

    private static ByteString json(java.lang.Object object) {
        return ByteString.copyFrom(JSON.writeValueAsBytes(object));
    }

    /** Ends the watch and lets calls fail; the servers' channels are closed by their owner. */
    @Override
    public void close() {
        closed = true;
        watching.get().cancel(null);
    }
}

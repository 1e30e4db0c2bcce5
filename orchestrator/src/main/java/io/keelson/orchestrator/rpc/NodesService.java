package io.keelson.orchestrator.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.access.Renewal;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.api.Listing;
import io.keelson.orchestrator.api.PatchType;
import io.keelson.orchestrator.api.RegistryChange;
import io.keelson.orchestrator.api.RegistryWatch;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.select.FieldSelector;
import io.keelson.proto.v1.HeartbeatRequest;
import io.keelson.proto.v1.HeartbeatResponse;
import io.keelson.proto.v1.NodeWatchEvent;
import io.keelson.proto.v1.NodeWatchRequest;
import io.keelson.proto.v1.NodesGrpc;
import io.keelson.proto.v1.PodEndedRequest;
import io.keelson.proto.v1.PodEndedResponse;
import io.keelson.proto.v1.RecordEventRequest;
import io.keelson.proto.v1.RecordEventResponse;
import io.keelson.proto.v1.RegisterRequest;
import io.keelson.proto.v1.RegisterResponse;
import io.keelson.proto.v1.ReportPodRequest;
import io.keelson.proto.v1.ReportPodResponse;
import io.keelson.proto.v1.TunnelAnswer;
import io.keelson.proto.v1.TunnelQuestion;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What agents say and hear. Each may speak for its own node only. */
public final class NodesService extends NodesGrpc.NodesImplBase {

    /** Where the Leases of nodes are. */
    public static final String LEASE_NAMESPACE = "kube-node-lease";

    private static final int HEARTBEAT_SECONDS = 10;
    private static final int LEASE_SECONDS = 40;
    private static final Duration BOOKMARK = Duration.ofSeconds(10);

    /** With exactly six digits after the point, as Kubernetes' MicroTime. */
    private static final DateTimeFormatter MICRO_TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Api api;
    private final Tunnels tunnels;
    private final InstantSource clock;

    /** Over an API; tunnels are put where others find them. */
    public NodesService(Api api, Tunnels tunnels, InstantSource clock) {
        this.api = api;
        this.tunnels = tunnels;
        this.clock = clock;
    }

    // The node

    @Override
    public void register(RegisterRequest request, StreamObserver<RegisterResponse> out) {
        Calls.answer(out, () -> {
            ObjectNode sent = Forms.decoded(request.getNode()).object();
            String name = Json.string(sent, "metadata", "name").orElse("");
            if (name.isEmpty()) {
                throw ApiException.badRequest("metadata.name: Required value: the node has no name");
            }
            User user = Calls.authorized(new Access.ForNode("register", name));
            sent.put("apiVersion", Kinds.NODE.apiVersion()).put("kind", Kinds.NODE.kind());
            Stored node = register(new Ref(Kinds.NODE, "", name), sent, user);
            return RegisterResponse.newBuilder()
                    .setNode(ByteString.copyFrom(Json.write(node.object())))
                    .setHeartbeatSeconds(HEARTBEAT_SECONDS)
                    .setLeaseSeconds(LEASE_SECONDS)
                    .setClusterCidr(api.addresses().pods().toString())
                    .setServiceCidr(api.addresses().services().toString())
                    .build();
        });
    }

    private Stored register(Ref ref, ObjectNode sent, User user) {
        if (api.find(ref).isEmpty()) {
            ObjectNode fresh = sent.deepCopy();
            ObjectNode spec = Json.object();
            Json.at(sent, "spec", "taints").ifPresent(taints -> spec.set("taints", taints.deepCopy()));
            fresh.set("spec", spec);
            try {
                return api.create(Kinds.NODE, "", fresh, options(user));
            } catch (ApiException e) {
                // Created by somebody else since: then it is there now.
                if (e.reason() != Reason.ALREADY_EXISTS) {
                    throw e;
                }
            }
        }
        ObjectNode patch = Json.object();
        for (String field : List.of("labels", "annotations")) {
            Json.at(sent, "metadata", field)
                    .ifPresent(value -> Json.child(patch, "metadata").set(field, value.deepCopy()));
        }
        Stored patched = api.patch(ref, "", PatchType.MERGE, patch, options(user));
        return Json.at(sent, "status").isPresent() ? status(ref, "", sent.get("status"), user) : patched;
    }

    private static WriteOptions options(User user) {
        return new WriteOptions(user, "keelson-agent", false, FieldValidation.IGNORE, List.of());
    }

    /** Replaces the status of an object; with a uid only if it is still that one. */
    private Stored status(Ref ref, String uid, JsonNode status, User user) {
        ObjectNode object = Json.object()
                .put("apiVersion", ref.kind().apiVersion())
                .put("kind", ref.kind().kind());
        ObjectNode metadata = Json.child(object, "metadata").put("name", ref.name());
        if (!uid.isEmpty()) {
            metadata.put("uid", uid);
        }
        object.set("status", status);
        return api.update(ref, "status", object, options(user));
    }

    @Override
    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> out) {
        Calls.answer(out, () -> {
            String name = request.getNode();
            User user = Calls.authorized(new Access.ForNode("heartbeat", name));
            if (name.isEmpty()) {
                throw ApiException.badRequest("the name of the node is missing");
            }
            Ref node = new Ref(Kinds.NODE, "", name);
            api.get(node);
            renewLease(name, user);
            if (!request.getStatus().isEmpty()) {
                status(node, "", Forms.decoded(request.getStatus()).object(), user);
            }
            return HeartbeatResponse.getDefaultInstance();
        });
    }

    private void renewLease(String node, User user) {
        Ref ref = new Ref(Kinds.LEASE, LEASE_NAMESPACE, node);
        ObjectNode lease =
                Json.object().put("apiVersion", Kinds.LEASE.apiVersion()).put("kind", Kinds.LEASE.kind());
        Json.child(lease, "metadata").put("name", node);
        Json.child(lease, "spec")
                .put("holderIdentity", node)
                .put("leaseDurationSeconds", LEASE_SECONDS)
                .put("renewTime", MICRO_TIME.format(clock.instant()));
        try {
            api.patch(ref, "", PatchType.MERGE, lease, options(user));
        } catch (ApiException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            api.create(Kinds.LEASE, LEASE_NAMESPACE, lease, options(user));
        }
    }

    // What the node must know

    @Override
    public void watch(NodeWatchRequest request, StreamObserver<NodeWatchEvent> out) {
        Calls.stream(out, sink -> {
            String node = request.getNode();
            User user = Calls.authorized(new Access.ForNode("watch", node));
            Callers.goesOn();
            Renewal right = new Renewal(() -> Calls.authorized(new Access.ForNode("watch", node)), System::nanoTime);
            NodeFeed feed = new NodeFeed(node, ref -> api.find(ref).map(Stored::object));
            long revision = snapshot(node, feed, sink);
            sink.send(NodeWatchEvent.newBuilder()
                    .setType(NodeWatchEvent.Type.SYNCED)
                    .setRevision(revision)
                    .build());
            try (RegistryWatch watch = api.changes(NodeFeed.KINDS, revision, user)) {
                long told = System.nanoTime();
                while (true) {
                    right.ifDue();
                    boolean sent = false;
                    for (RegistryChange change : watch.next(BOOKMARK)) {
                        for (NodeWatchEvent event : feed.changed(change)) {
                            sink.send(event);
                            sent = true;
                        }
                    }
                    // Also while only others' objects change, so that a node that has gone is noticed.
                    if (sent) {
                        told = System.nanoTime();
                    } else if (System.nanoTime() - told >= BOOKMARK.toNanos()) {
                        told = System.nanoTime();
                        sink.send(NodeWatchEvent.newBuilder()
                                .setType(NodeWatchEvent.Type.BOOKMARK)
                                .setRevision(watch.progress())
                                .build());
                    }
                }
            }
        });
    }

    /** Tells everything that is, all as it was at one revision. */
    private long snapshot(String node, NodeFeed feed, Calls.Sink<NodeWatchEvent> sink) {
        FieldSelector onNode = FieldSelector.parse(Kinds.POD, "spec.nodeName=" + node);
        Listing pods = api.list(ListQuery.all(Kinds.POD).withFields(onNode));
        long revision = pods.revision();
        tell(pods, Kinds.POD, feed, sink);
        for (Kind kind : List.of(Kinds.SERVICE, Kinds.ENDPOINT_SLICE, Kinds.NODE)) {
            tell(
                    api.list(ListQuery.all(kind)
                            .withResourceVersion(Long.toString(revision), ListQuery.VersionMatch.EXACT)),
                    kind,
                    feed,
                    sink);
        }
        return revision;
    }

    private static void tell(Listing listing, Kind kind, NodeFeed feed, Calls.Sink<NodeWatchEvent> sink) {
        for (ObjectNode object : listing.items()) {
            Ref ref = new Ref(
                    kind,
                    Json.string(object, "metadata", "namespace").orElse(""),
                    Json.string(object, "metadata", "name").orElseThrow());
            long revision = Long.parseLong(
                    Json.string(object, "metadata", "resourceVersion").orElseThrow());
            feed.changed(RegistryChange.of(ref, object, revision)).forEach(sink::send);
        }
    }

    // Pods

    @Override
    public void reportPod(ReportPodRequest request, StreamObserver<ReportPodResponse> out) {
        Calls.answer(out, () -> {
            Ref ref = pod(request.getNamespace(), request.getName());
            Stored pod = api.get(ref);
            User user = authorizedFor(pod);
            Stored stored = report(ref, pod, request.getUid(), request.getStatus(), user);
            return ReportPodResponse.newBuilder().setRevision(stored.revision()).build();
        });
    }

    /** A node knows both of each pod: nothing is meant by nothing. */
    private static Ref pod(String namespace, String name) {
        if (namespace.isEmpty() || name.isEmpty()) {
            throw ApiException.badRequest("the " + (name.isEmpty() ? "name" : "namespace") + " of the pod is missing");
        }
        return new Ref(Kinds.POD, namespace, name);
    }

    private static User authorizedFor(Stored pod) {
        String node = Json.string(pod.object(), "spec", "nodeName").orElse("");
        return Calls.authorized(new Access.ForNode("report pods of", node));
    }

    private Stored report(Ref ref, Stored pod, String uid, ByteString status, User user) {
        ObjectNode reported = Forms.decoded(status).object();
        keepScheduled(pod.object(), reported);
        return status(ref, uid, reported, user);
    }

    /** The condition PodScheduled is the scheduler's, not the node's. */
    private static void keepScheduled(ObjectNode live, ObjectNode status) {
        ArrayNode conditions =
                status.get("conditions") instanceof ArrayNode list ? list : status.putArray("conditions");
        for (JsonNode condition : conditions) {
            if (Json.string(condition, "type").orElse("").equals("PodScheduled")) {
                return;
            }
        }
        Json.items(live, "status", "conditions").stream()
                .filter(condition -> Json.string(condition, "type").orElse("").equals("PodScheduled"))
                .forEach(condition -> conditions.add(condition.deepCopy()));
    }

    @Override
    public void podEnded(PodEndedRequest request, StreamObserver<PodEndedResponse> out) {
        Calls.answer(out, () -> {
            Ref ref = pod(request.getNamespace(), request.getName());
            Optional<Stored> pod = api.find(ref)
                    .filter(stored -> Json.string(stored.object(), "metadata", "uid")
                            .orElse("")
                            .equals(request.getUid()));
            if (pod.isPresent()) {
                ended(ref, pod.get(), request);
            }
            return PodEndedResponse.getDefaultInstance();
        });
    }

    private void ended(Ref ref, Stored pod, PodEndedRequest request) {
        User user = authorizedFor(pod);
        try {
            if (!request.getStatus().isEmpty()) {
                report(ref, pod, request.getUid(), request.getStatus(), user);
            }
            if (Json.at(pod.object(), "metadata", "deletionTimestamp").isPresent()) {
                api.delete(
                        ref, DeleteOptions.guarded(request.getUid(), List.of()).withGracePeriodSeconds(0));
            }
        } catch (ApiException e) {
            // Gone by now, or another of the same name is there: that is all the node wants.
            if (e.reason() != Reason.NOT_FOUND && e.reason() != Reason.CONFLICT) {
                throw e;
            }
        }
    }

    // Events

    @Override
    public void recordEvent(RecordEventRequest request, StreamObserver<RecordEventResponse> out) {
        Calls.answer(out, () -> {
            User user = Calls.authorized(new Access.ForNode("record events of", request.getNode()));
            String namespace = request.getNamespace().isEmpty() ? "default" : request.getNamespace();
            Ref ref = new Ref(Kinds.EVENT, namespace, eventName(request));
            String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
            Optional<Stored> before = api.find(ref);
            if (before.isPresent()) {
                ObjectNode again = Json.object()
                        .put(
                                "count",
                                Json.number(before.get().object(), "count").orElse(1L) + 1)
                        .put("lastTimestamp", now);
                api.patch(ref, "", PatchType.MERGE, again, options(user));
            } else {
                api.create(Kinds.EVENT, namespace, event(ref, request, now), options(user));
            }
            return RecordEventResponse.getDefaultInstance();
        });
    }

    /** Equal events have equal names, and so are counted together. */
    private static String eventName(RecordEventRequest request) {
        long hash = 0;
        for (String part : List.of(
                request.getKind(),
                request.getUid(),
                request.getType(),
                request.getReason(),
                request.getMessage(),
                request.getFieldPath(),
                request.getNode())) {
            hash = hash * 1_000_003 + part.hashCode();
        }
        return request.getName() + "." + HexFormat.of().toHexDigits(hash);
    }

    private static ObjectNode event(Ref ref, RecordEventRequest request, String now) {
        ObjectNode event = Json.object().put("apiVersion", "v1").put("kind", "Event");
        Json.child(event, "metadata").put("name", ref.name()).put("namespace", ref.namespace());
        ObjectNode about = Json.child(event, "involvedObject");
        about.put("apiVersion", request.getApiVersion())
                .put("kind", request.getKind())
                .put("name", request.getName())
                .put("uid", request.getUid());
        if (!request.getNamespace().isEmpty()) {
            about.put("namespace", request.getNamespace());
        }
        if (!request.getFieldPath().isEmpty()) {
            about.put("fieldPath", request.getFieldPath());
        }
        event.put("type", request.getType())
                .put("reason", request.getReason())
                .put("message", request.getMessage())
                .put("count", 1)
                .put("firstTimestamp", now)
                .put("lastTimestamp", now)
                .put("reportingComponent", "kubelet")
                .put("reportingInstance", request.getNode());
        Json.child(event, "source").put("component", "kubelet").put("host", request.getNode());
        return event;
    }

    // The way back

    @Override
    public StreamObserver<TunnelAnswer> tunnel(StreamObserver<TunnelQuestion> down) {
        return new TunnelEnd(new Tunnel(down), down);
    }

    /** The server's end of a tunnel; its first message says for which node it is. */
    private final class TunnelEnd implements StreamObserver<TunnelAnswer> {

        private final Tunnel tunnel;
        private final StreamObserver<TunnelQuestion> down;
        private Optional<String> node = Optional.empty();

        TunnelEnd(Tunnel tunnel, StreamObserver<TunnelQuestion> down) {
            this.tunnel = tunnel;
            this.down = down;
        }

        @Override
        public void onNext(TunnelAnswer answer) {
            try {
                if (answer.hasHello() && node.isPresent()) {
                    throw ApiException.badRequest("hello was said already");
                } else if (answer.hasHello()) {
                    String name = answer.getHello().getNode();
                    Calls.authorized(new Access.ForNode("open a tunnel for", name));
                    Callers.goesOn();
                    node = Optional.of(name);
                    tunnels.opened(name, tunnel);
                } else if (node.isPresent()) {
                    tunnel.answered(answer);
                } else {
                    throw ApiException.badRequest("the first message of a tunnel must be hello");
                }
            } catch (ApiException e) {
                close();
                Callers.fails(e.code());
                down.onError(Calls.failure(e));
            }
        }

        @Override
        public void onError(Throwable lost) {
            close();
        }

        @Override
        public void onCompleted() {
            close();
            down.onCompleted();
        }

        private void close() {
            node.ifPresent(name -> tunnels.closed(name, tunnel));
        }
    }
}

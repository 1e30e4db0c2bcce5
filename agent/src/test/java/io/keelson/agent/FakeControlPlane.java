package io.keelson.agent;

import com.google.protobuf.ByteString;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.grpc.Grpc;
import io.grpc.Server;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.tunnel.SendWindow;
import io.keelson.proto.v1.Credit;
import io.keelson.proto.v1.HeartbeatRequest;
import io.keelson.proto.v1.HeartbeatResponse;
import io.keelson.proto.v1.LogsQuestion;
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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Just enough of a control plane for one agent: objects by hand, everything heard is kept. */
final class FakeControlPlane extends NodesGrpc.NodesImplBase implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Server server;
    private final Map<String, ObjectNode> objects = new LinkedHashMap<>();
    private final Map<String, PodStatus> statuses = new LinkedHashMap<>();
    private final List<String> events = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final Map<Long, StringBuilder> answers = new LinkedHashMap<>();
    private final List<ServerCallStreamObserver<NodeWatchEvent>> watchers = new ArrayList<>();
    private Optional<StreamObserver<TunnelQuestion>> tunnel = Optional.empty();
    private String node = "";
    private int heartbeats;
    private boolean deaf;
    private long revision = 1;
    private long questions;

    FakeControlPlane(TestCertificates tls, int port) throws IOException {
        var credentials = TlsServerCredentials.newBuilder()
                .keyManager(tls.certificate().toFile(), tls.key().toFile())
                .trustManager(tls.certificate().toFile())
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build();
        server = Grpc.newServerBuilderForPort(port, credentials)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .addService(this)
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    // What the test does.

    synchronized void put(String resource, String json) {
        put(resource, (ObjectNode) JSON.readTree(json));
    }

    private synchronized void put(String resource, ObjectNode object) {
        var key = key(resource, object);
        ((ObjectNode) object.path("metadata")).put("resourceVersion", Long.toString(++revision));
        objects.put(key, object);
        watchers.forEach(w -> w.onNext(set(key, object)));
    }

    synchronized void delete(String resource, String namespace, String name) {
        objects.remove(resource + "/" + namespace + "/" + name);
        watchers.forEach(w -> w.onNext(NodeWatchEvent.newBuilder()
                .setType(NodeWatchEvent.Type.GONE)
                .setResource(resource)
                .setNamespace(namespace)
                .setName(name)
                .setRevision(++revision)
                .build()));
    }

    /** What the API server does when somebody deletes a pod. */
    synchronized void requestDeletion(String namespace, String name, int graceSeconds) {
        var pod = objects.get("pods/" + namespace + "/" + name);
        if (pod == null) {
            throw new AssertionError("no pod " + name);
        }
        ((ObjectNode) pod.path("metadata"))
                .put("deletionTimestamp", "2026-01-01T00:00:00Z")
                .put("deletionGracePeriodSeconds", graceSeconds);
        put("pods", pod);
    }

    synchronized long ask(LogsQuestion question) {
        long id = ++questions;
        answers.put(id, new StringBuilder());
        tunnel.orElseThrow()
                .onNext(TunnelQuestion.newBuilder().setId(id).setLogs(question).build());
        return id;
    }

    synchronized String answer(long id) {
        return String.valueOf(answers.get(id));
    }

    synchronized boolean hasTunnel() {
        return tunnel.isPresent();
    }

    /** Hears no heartbeats, and forgets what was reported, as when a node is given up; then hears them again. */
    synchronized void deaf(boolean now) {
        deaf = now;
        if (now) {
            node = "";
            statuses.clear();
        }
    }

    synchronized Optional<PodStatus> status(String pod) {
        return Optional.ofNullable(statuses.get(pod));
    }

    synchronized List<String> events() {
        return List.copyOf(events);
    }

    synchronized List<String> ended() {
        return List.copyOf(ended);
    }

    synchronized String node() {
        return node;
    }

    synchronized int heartbeats() {
        return heartbeats;
    }

    /** Waits for something that is heard from the agent. */
    void await(String what, Supplier<Boolean> condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        synchronized (this) {
            while (!condition.get()) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("waited in vain for: " + what + "\nstatuses: " + statuses + "\nevents: "
                            + events + "\nended: " + ended + "\nanswers: " + answers);
                }
                wait(50);
            }
        }
    }

    // What the agent calls.

    @Override
    public synchronized void register(RegisterRequest request, StreamObserver<RegisterResponse> response) {
        node = request.getNode().toStringUtf8();
        var object = (ObjectNode) JSON.readTree(node);
        object.withObject("/spec").put("podCIDR", "10.244.7.0/24");
        put("nodes", object);
        response.onNext(RegisterResponse.newBuilder()
                .setNode(ByteString.copyFrom(JSON.writeValueAsBytes(object)))
                .setHeartbeatSeconds(1)
                .setLeaseSeconds(40)
                .setClusterCidr("10.244.0.0/16")
                .setServiceCidr("10.96.0.0/16")
                .build());
        response.onCompleted();
        notifyAll();
    }

    @Override
    public synchronized void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> response) {
        if (deaf) {
            response.onError(io.grpc.Status.UNAVAILABLE.asRuntimeException());
            return;
        }
        heartbeats++;
        if (!request.getStatus().isEmpty()) {
            node = request.getStatus().toStringUtf8();
        }
        response.onNext(HeartbeatResponse.getDefaultInstance());
        response.onCompleted();
        notifyAll();
    }

    @Override
    public synchronized void watch(NodeWatchRequest request, StreamObserver<NodeWatchEvent> response) {
        var watcher = (ServerCallStreamObserver<NodeWatchEvent>) response;
        watcher.setOnCancelHandler(() -> forget(watcher));
        objects.forEach((key, object) -> watcher.onNext(set(key, object)));
        watcher.onNext(NodeWatchEvent.newBuilder()
                .setType(NodeWatchEvent.Type.SYNCED)
                .setRevision(revision)
                .build());
        watchers.add(watcher);
    }

    private synchronized void forget(ServerCallStreamObserver<NodeWatchEvent> watcher) {
        watchers.remove(watcher);
    }

    @Override
    public synchronized void reportPod(ReportPodRequest request, StreamObserver<ReportPodResponse> response) {
        var status = JSON.readValue(request.getStatus().toByteArray(), PodStatus.class);
        statuses.put(request.getName(), status);
        var pod = objects.get("pods/" + request.getNamespace() + "/" + request.getName());
        if (pod == null) {
            response.onError(io.grpc.Status.NOT_FOUND.asRuntimeException());
            return;
        }
        pod.set("status", JSON.readTree(request.getStatus().toByteArray()));
        put("pods", pod);
        response.onNext(ReportPodResponse.newBuilder().setRevision(revision).build());
        response.onCompleted();
        notifyAll();
    }

    @Override
    public synchronized void podEnded(PodEndedRequest request, StreamObserver<PodEndedResponse> response) {
        ended.add(request.getName());
        statuses.put(request.getName(), JSON.readValue(request.getStatus().toByteArray(), PodStatus.class));
        delete("pods", request.getNamespace(), request.getName());
        response.onNext(PodEndedResponse.getDefaultInstance());
        response.onCompleted();
        notifyAll();
    }

    @Override
    public synchronized void recordEvent(RecordEventRequest request, StreamObserver<RecordEventResponse> response) {
        events.add(request.getReason() + " " + request.getName() + " " + request.getFieldPath() + ": "
                + request.getMessage());
        response.onNext(RecordEventResponse.getDefaultInstance());
        response.onCompleted();
        notifyAll();
    }

    @Override
    public synchronized StreamObserver<TunnelAnswer> tunnel(StreamObserver<TunnelQuestion> questions) {
        return new StreamObserver<>() {
            @Override
            public void onNext(TunnelAnswer answer) {
                synchronized (FakeControlPlane.this) {
                    switch (answer.getAnswerCase()) {
                        case HELLO -> tunnel = Optional.of(questions);
                        case DATA -> {
                            answerTo(answer).append(answer.getData().toStringUtf8());
                            questions.onNext(TunnelQuestion.newBuilder()
                                    .setId(answer.getId())
                                    .setCredit(Credit.newBuilder()
                                            .setBytes(SendWindow.cost(
                                                    answer.getData().size())))
                                    .build());
                        }
                        case DONE -> answerTo(answer).append("<done>");
                        case FAILURE ->
                            answerTo(answer)
                                    .append("<failure ")
                                    .append(answer.getFailure().getCode())
                                    .append(' ')
                                    .append(answer.getFailure().getMessage())
                                    .append('>');
                        case ERRORS, STARTED, EXITED, CREDIT, ANSWER_NOT_SET -> throw new AssertionError(answer);
                    }
                    FakeControlPlane.this.notifyAll();
                }
            }

            @Override
            public void onError(Throwable failure) {
                synchronized (FakeControlPlane.this) {
                    tunnel = Optional.empty();
                }
            }

            @Override
            public void onCompleted() {
                questions.onCompleted();
            }
        };
    }

    private StringBuilder answerTo(TunnelAnswer answer) {
        return answers.computeIfAbsent(answer.getId(), id -> new StringBuilder());
    }

    private static NodeWatchEvent set(String key, ObjectNode object) {
        var parts = key.split("/", -1);
        return NodeWatchEvent.newBuilder()
                .setType(NodeWatchEvent.Type.SET)
                .setResource(parts[0])
                .setNamespace(parts[1])
                .setName(parts[2])
                .setObject(ByteString.copyFrom(object.toString().getBytes(StandardCharsets.UTF_8)))
                .setRevision(object.path("metadata").path("resourceVersion").asLong(0))
                .build();
    }

    private static String key(String resource, ObjectNode object) {
        return resource + "/" + object.path("metadata").path("namespace").asString("") + "/"
                + object.path("metadata").path("name").asString();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}

package io.keelson.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.AdminGrpc;
import io.keelson.proto.v1.ApplyRequest;
import io.keelson.proto.v1.ApplyResponse;
import io.keelson.proto.v1.CreateRequest;
import io.keelson.proto.v1.DeleteRequest;
import io.keelson.proto.v1.DeleteResponse;
import io.keelson.proto.v1.Done;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.ExecRequest;
import io.keelson.proto.v1.ExecStart;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.HeartbeatRequest;
import io.keelson.proto.v1.Hello;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.KindsRequest;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.LogsChunk;
import io.keelson.proto.v1.LogsRequest;
import io.keelson.proto.v1.NodeWatchEvent;
import io.keelson.proto.v1.NodeWatchRequest;
import io.keelson.proto.v1.NodesGrpc;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ObjectRef;
import io.keelson.proto.v1.PodEndedRequest;
import io.keelson.proto.v1.RecordEventRequest;
import io.keelson.proto.v1.RegisterRequest;
import io.keelson.proto.v1.RegisterResponse;
import io.keelson.proto.v1.ReportPodRequest;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.ServerStatusRequest;
import io.keelson.proto.v1.Started;
import io.keelson.proto.v1.StreamsGrpc;
import io.keelson.proto.v1.TunnelAnswer;
import io.keelson.proto.v1.TunnelQuestion;
import io.keelson.proto.v1.WatchEvent;
import io.keelson.proto.v1.WatchRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** The gRPC services through a real client over TLS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServicesTest {

    private TestServer server;
    private ManagedChannel admin;
    private ManagedChannel node;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
        admin = server.channel(server.authority().client("admin", "CN=admin,O=system:masters"));
        node = server.channel(server.authority().client("n1", "CN=system:node:n1,O=system:nodes"));
    }

    @AfterAll
    void stop() {
        admin.shutdownNow();
        node.shutdownNow();
        server.close();
    }

    private ResourcesGrpc.ResourcesBlockingStub resources() {
        return ResourcesGrpc.newBlockingStub(admin).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private NodesGrpc.NodesBlockingStub nodes() {
        return NodesGrpc.newBlockingStub(node).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private static Object json(String text) {
        return Object.newBuilder().setJson(ByteString.copyFromUtf8(text)).build();
    }

    private static ObjectNode tree(Object object) {
        return Json.parse(object.getJson().toByteArray());
    }

    private static String configMap(String name, String value) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\"},\"data\":{\"k\":\"" + value + "\"}}";
    }

    private static ObjectRef ref(String resource, String name) {
        return ObjectRef.newBuilder()
                .setKind(KindRef.newBuilder().setResource(resource))
                .setName(name)
                .build();
    }

    private static StatusRuntimeException failure(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }

    // Resources

    @Test
    void anObjectIsAppliedReadListedAndDeleted() {
        ApplyRequest apply = ApplyRequest.newBuilder()
                .setObject(json(configMap("life", "1")))
                .setEncoding(Encoding.ENCODING_JSON)
                .build();
        assertThat(resources().apply(apply).getOutcome()).isEqualTo(ApplyResponse.Outcome.CREATED);
        assertThat(resources().apply(apply).getOutcome()).isEqualTo(ApplyResponse.Outcome.UNCHANGED);
        ApplyRequest changed =
                apply.toBuilder().setObject(json(configMap("life", "2"))).build();
        assertThat(resources().apply(changed).getOutcome()).isEqualTo(ApplyResponse.Outcome.CONFIGURED);
        GetRequest get = GetRequest.newBuilder()
                .setRef(ref("cm", "life"))
                .setEncoding(Encoding.ENCODING_JSON)
                .build();
        assertThat(Json.string(tree(resources().get(get).getObject()), "data", "k"))
                .contains("2");
        assertThat(resources()
                        .list(ListRequest.newBuilder()
                                .setKind(KindRef.newBuilder().setResource("ConfigMaps"))
                                .setFieldSelector("metadata.name=life")
                                .build())
                        .getItemsList())
                .singleElement()
                .satisfies(item -> assertThat(
                                item.getStruct().getFieldsOrThrow("kind").getStringValue())
                        .isEqualTo("ConfigMap"));
        DeleteResponse deleted = resources()
                .delete(DeleteRequest.newBuilder()
                        .setRef(ref("configmap", "life"))
                        .build());
        assertThat(deleted.getGone()).isTrue();
        StatusRuntimeException missing = failure(() -> resources().get(get));
        assertThat(missing.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(missing.getStatus().getDescription()).isEqualTo("configmaps \"life\" not found");
    }

    @Test
    void failuresCarryTheKubernetesStatus() throws InvalidProtocolBufferException {
        StatusRuntimeException refused = failure(() -> resources()
                .create(CreateRequest.newBuilder()
                        .setObject(json(
                                "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\"}}"))
                        .build()));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        String status = Optional.ofNullable(StatusProto.fromThrowable(refused))
                .orElseThrow()
                .getDetails(0)
                .unpack(StringValue.class)
                .getValue();
        assertThat(Json.parse(status).get("reason").asString()).isEqualTo("Invalid");
        assertThat(Json.items(Json.parse(status), "details", "causes")).isNotEmpty();
    }

    @Test
    void badInputIsNamedWithTheWayOut() {
        assertThat(createFailure("{\"apiVersion\":\"v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\"}}"))
                .isEqualTo("no matches for kind \"Deployment\" in version \"v1\"; Deployment is in apps/v1");
        assertThat(createFailure("{\"kind\":\"Pod\"}")).contains("'apiVersion' is missing");
        assertThat(createFailure(configMap("x", "1").replace("data", "dta"))).contains("unknown field \"dta\"");
        assertThat(createFailure("{")).contains("is not JSON");
        assertThat(createFailure(configMap("x", "1").replace("\"k\"", "\"k\":\"0\",\"k\"")))
                .contains("duplicate field \"data.k\"");
    }

    private String createFailure(String object) {
        StatusRuntimeException failure = failure(() -> resources()
                .create(CreateRequest.newBuilder().setObject(json(object)).build()));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        return String.valueOf(failure.getStatus().getDescription());
    }

    @Test
    void aWatchBeginsWithWhatExistsAndGoesOn() {
        apply(configMap("watched", "1"));
        Iterator<WatchEvent> events = resources()
                .watch(WatchRequest.newBuilder()
                        .setKind(KindRef.newBuilder().setApiVersion("v1").setKind("ConfigMap"))
                        .setFieldSelector("metadata.name=watched")
                        .setEncoding(Encoding.ENCODING_JSON)
                        .build());
        assertThat(events.next().getType()).isEqualTo(WatchEvent.Type.ADDED);
        apply(configMap("watched", "2"));
        WatchEvent modified = events.next();
        assertThat(modified.getType()).isEqualTo(WatchEvent.Type.MODIFIED);
        assertThat(Json.string(tree(modified.getObject()), "data", "k")).contains("2");
    }

    private void apply(String object) {
        assertThat(resources()
                        .apply(ApplyRequest.newBuilder().setObject(json(object)).build())
                        .getRevision())
                .isPositive();
    }

    @Test
    void kindsHealthReflectionAndStatusAnswer() throws InterruptedException {
        assertThat(resources().kinds(KindsRequest.getDefaultInstance()).getKindsList())
                .anySatisfy(kind -> assertThat(kind.getShortNamesList()).contains("deploy"));
        assertThat(HealthGrpc.newBlockingStub(admin)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
        assertThat(AdminGrpc.newBlockingStub(admin)
                        .status(ServerStatusRequest.getDefaultInstance())
                        .getName())
                .isEqualTo("s1");
        BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
        StreamObserver<ServerReflectionRequest> ask =
                ServerReflectionGrpc.newStub(admin).serverReflectionInfo(into(answers));
        ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        ServerReflectionResponse listed = answers.poll(30, TimeUnit.SECONDS);
        assertThat(listed).isNotNull();
        assertThat(listed.getListServicesResponse().getServiceList())
                .extracting(service -> service.getName())
                .contains("keelson.v1.Resources", "keelson.v1.Nodes", "keelson.v1.Streams", "keelson.v1.Admin");
        ask.onCompleted();
    }

    private static <T> StreamObserver<T> into(BlockingQueue<T> queue) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T value) {
                queue.add(value);
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {}
        };
    }

    // Nodes

    private RegisterResponse register() {
        return nodes().register(RegisterRequest.newBuilder()
                .setNode(ByteString.copyFromUtf8(
                        "{\"metadata\":{\"name\":\"n1\",\"labels\":{\"zone\":\"a\"}},\"status\":"
                                + "{\"capacity\":{\"cpu\":\"4\",\"memory\":\"8Gi\",\"pods\":\"110\"},\"conditions\":[{\"type\":\"Ready\","
                                + "\"status\":\"True\"}]}}"))
                .build());
    }

    @Test
    void aNodeRegistersItselfAndKeepsItsRange() {
        ObjectNode first = Json.parse(register().getNode().toByteArray());
        assertThat(Json.string(first, "spec", "podCIDR").orElseThrow()).matches("10\\.244\\.\\d+\\.0/24");
        ObjectNode second = Json.parse(register().getNode().toByteArray());
        assertThat(Json.string(second, "spec", "podCIDR")).isEqualTo(Json.string(first, "spec", "podCIDR"));
        assertThat(Json.string(second, "metadata", "uid")).isEqualTo(Json.string(first, "metadata", "uid"));
        assertThat(register().getServiceCidr()).isEqualTo("10.96.0.0/16");
    }

    @Test
    void aNodeMayNotSpeakForAnotherNorReadObjects() {
        StatusRuntimeException other = failure(() ->
                nodes().heartbeat(HeartbeatRequest.newBuilder().setNode("n2").build()));
        assertThat(other.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        StatusRuntimeException read = failure(() -> ResourcesGrpc.newBlockingStub(node)
                .get(GetRequest.newBuilder().setRef(ref("secret", "x")).build()));
        assertThat(read.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(read.getStatus().getDescription()).contains("system:node:n1");
    }

    @Test
    void heartbeatsRenewTheLease() {
        register();
        HeartbeatRequest beat = HeartbeatRequest.newBuilder().setNode("n1").build();
        assertThat(nodes().heartbeat(beat)).isNotNull();
        Ref lease = new Ref(Kinds.LEASE, NodesService.LEASE_NAMESPACE, "n1");
        String first = Json.string(server.api().get(lease).object(), "spec", "renewTime")
                .orElseThrow();
        assertThat(first).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        nodes().heartbeat(beat);
        assertThat(Json.string(server.api().get(lease).object(), "spec", "renewTime")
                        .orElseThrow())
                .isGreaterThan(first);
    }

    private String podOnNode(String name, String config) {
        apply("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name
                + "\"},\"spec\":{\"nodeName\":\"n1\",\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"envFrom\":[{"
                + "\"configMapRef\":{\"name\":\"" + config + "\"}}]}]}}");
        return Json.string(server.api().get(new Ref(Kinds.POD, "default", name)).object(), "metadata", "uid")
                .orElseThrow();
    }

    private static String line(NodeWatchEvent event) {
        return event.getType() + " " + event.getResource() + " " + event.getName();
    }

    private static List<String> until(Iterator<NodeWatchEvent> events, String last) {
        List<String> lines = new ArrayList<>();
        while (lines.isEmpty() || !lines.getLast().equals(last)) {
            lines.add(line(events.next()));
        }
        return lines;
    }

    @Test
    void aNodeHearsOfItsPodsAndOfWhatTheyName() {
        register();
        apply(configMap("named", "1"));
        apply(configMap("unnamed", "1"));
        Iterator<NodeWatchEvent> events =
                nodes().watch(NodeWatchRequest.newBuilder().setNode("n1").build());
        List<String> snapshot = until(events, "SYNCED  ");
        assertThat(snapshot).contains("SET services kubernetes", "SET nodes n1", "SET endpointslices kubernetes");
        String uid = podOnNode("fed", "named");
        List<String> pod = until(events, "SET pods fed");
        assertThat(pod).contains("SET configmaps named").doesNotContain("SET configmaps unnamed");
        apply(configMap("unnamed", "2"));
        apply(configMap("named", "2"));
        assertThat(until(events, "SET configmaps named")).doesNotContain("SET configmaps unnamed");
        resources().delete(DeleteRequest.newBuilder().setRef(ref("pod", "fed")).build());
        nodes().podEnded(PodEndedRequest.newBuilder()
                .setNamespace("default")
                .setName("fed")
                .setUid(uid)
                .build());
        assertThat(until(events, "GONE configmaps named")).contains("GONE pods fed");
    }

    @Test
    void aPodsStatusIsTakenOnlyForTheSamePod() {
        register();
        String uid = podOnNode("reported", "none");
        ReportPodRequest report = ReportPodRequest.newBuilder()
                .setNamespace("default")
                .setName("reported")
                .setUid(uid)
                .setStatus(ByteString.copyFromUtf8("{\"phase\":\"Running\",\"podIP\":\"10.244.0.2\"}"))
                .build();
        assertThat(nodes().reportPod(report).getRevision()).isPositive();
        Ref ref = new Ref(Kinds.POD, "default", "reported");
        assertThat(Json.string(server.api().get(ref).object(), "status", "phase"))
                .contains("Running");
        StatusRuntimeException other = failure(
                () -> nodes().reportPod(report.toBuilder().setUid("another").build()));
        assertThat(other.getStatus().getCode()).isEqualTo(Status.Code.ABORTED);
    }

    @Test
    void equalEventsAreCounted() {
        RecordEventRequest event = RecordEventRequest.newBuilder()
                .setNode("n1")
                .setApiVersion("v1")
                .setKind("Pod")
                .setNamespace("default")
                .setName("counted")
                .setUid("u")
                .setType("Normal")
                .setReason("Pulled")
                .setMessage("Image pulled")
                .build();
        for (int i = 0; i < 3; i++) {
            assertThat(nodes().recordEvent(event)).isNotNull();
        }
        assertThat(resources()
                        .list(ListRequest.newBuilder()
                                .setKind(KindRef.newBuilder().setResource("events"))
                                .setFieldSelector("involvedObject.name=counted")
                                .setEncoding(Encoding.ENCODING_JSON)
                                .build())
                        .getItemsList())
                .singleElement()
                .satisfies(item -> assertThat(Json.number(tree(item), "count")).contains(3L));
    }

    // Logs

    @Test
    void logsTravelThroughTheNodesTunnel() throws InterruptedException {
        register();
        String uid = podOnNode("logged", "none");
        BlockingQueue<TunnelQuestion> questions = new LinkedBlockingQueue<>();
        StreamObserver<TunnelAnswer> up = NodesGrpc.newStub(node).tunnel(into(questions));
        up.onNext(TunnelAnswer.newBuilder()
                .setHello(Hello.newBuilder().setNode("n1"))
                .build());
        LogsRequest request =
                LogsRequest.newBuilder().setPod("logged").setTailLines(5).build();
        TestServer.await("the tunnel", () -> failsOtherwiseThanUnavailable(request, questions));
        questions.clear();
        BlockingQueue<LogsChunk> chunks = new LinkedBlockingQueue<>();
        StreamsGrpc.newStub(admin).logs(request, into(chunks));
        TunnelQuestion question = questions.poll(30, TimeUnit.SECONDS);
        assertThat(question).isNotNull();
        assertThat(question.getLogs().getUid()).isEqualTo(uid);
        assertThat(question.getLogs().getContainer()).isEqualTo("c");
        assertThat(question.getLogs().getTailLines()).isEqualTo(5);
        up.onNext(TunnelAnswer.newBuilder()
                .setId(question.getId())
                .setData(ByteString.copyFromUtf8("hello\n"))
                .build());
        LogsChunk chunk = chunks.poll(30, TimeUnit.SECONDS);
        assertThat(chunk).isNotNull();
        assertThat(chunk.getData().toStringUtf8()).isEqualTo("hello\n");
        up.onNext(TunnelAnswer.newBuilder()
                .setId(question.getId())
                .setDone(Done.getDefaultInstance())
                .build());
        up.onCompleted();
    }

    @Test
    void theEndOfACancelledCallDoesNotHarmTheOthersOnItsConnection() throws InterruptedException {
        register();
        podOnNode("cancelled", "none");
        BlockingQueue<TunnelQuestion> questions = new LinkedBlockingQueue<>();
        StreamObserver<TunnelAnswer> up = NodesGrpc.newStub(node).tunnel(into(questions));
        up.onNext(TunnelAnswer.newBuilder()
                .setHello(Hello.newBuilder().setNode("n1"))
                .build());
        LogsRequest request = LogsRequest.newBuilder().setPod("cancelled").build();
        // Its caller gives up after a second; the server goes on to wait for the node.
        TestServer.await("the tunnel", () -> failsOtherwiseThanUnavailable(request, questions));
        BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
        ResourcesGrpc.newStub(admin)
                .watch(
                        WatchRequest.newBuilder()
                                .setKind(KindRef.newBuilder().setResource("ns"))
                                .build(),
                        into(events));
        assertThat(events.poll(30, TimeUnit.SECONDS)).isNotNull();
        up.onCompleted();
        events.clear();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < end) {
            apply(configMap("alive", "1"));
        }
        apply("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"still-here\"}}");
        WatchEvent event = events.poll(30, TimeUnit.SECONDS);
        assertThat(event).as("the watch that was open all the time").isNotNull();
    }

    /** Asks once, and gives up as soon as the question has come through. */
    @Test
    void aCommandAndALogEndWhenTheRightToThemEnds() throws InterruptedException {
        register();
        podOnNode("watched", "none");
        BlockingQueue<TunnelQuestion> questions = new LinkedBlockingQueue<>();
        StreamObserver<TunnelAnswer> up = NodesGrpc.newStub(node).tunnel(into(questions));
        up.onNext(TunnelAnswer.newBuilder()
                .setHello(Hello.newBuilder().setNode("n1"))
                .build());
        LogsRequest request =
                LogsRequest.newBuilder().setPod("watched").setFollow(true).build();
        TestServer.await("the tunnel", () -> failsOtherwiseThanUnavailable(request, questions));
        questions.clear();
        let("ann");
        ManagedChannel ann = server.channel(server.authority().client("ann", "CN=ann"));
        BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();
        StreamsGrpc.newStub(ann).logs(request, endInto(ends));
        answerTo(questions, up, TunnelAnswer.newBuilder().setData(ByteString.copyFromUtf8("line")));
        StreamObserver<ExecRequest> program = StreamsGrpc.newStub(ann).exec(endInto(ends));
        program.onNext(ExecRequest.newBuilder()
                .setStart(ExecStart.newBuilder()
                        .setPod("watched")
                        .addCommand("sleep")
                        .setIo(io.keelson.proto.v1.ContainerIo.newBuilder().setStdout(true)))
                .build());
        answerTo(questions, up, TunnelAnswer.newBuilder().setStarted(Started.getDefaultInstance()));
        server.api()
                .delete(
                        new Ref(
                                server.api()
                                        .kinds()
                                        .named("clusterrolebindings")
                                        .orElseThrow(),
                                "",
                                "ann"),
                        DeleteOptions.by(User.CONTROL_PLANE));
        for (int i = 0; i < 2; i++) {
            Throwable end = ends.poll(30, TimeUnit.SECONDS);
            assertThat(end).isInstanceOf(StatusRuntimeException.class);
            assertThat(((StatusRuntimeException) end).getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        }
        // Room for more may be told before.
        for (int cancels = 0; cancels < 2; ) {
            TunnelQuestion told = questions.poll(30, TimeUnit.SECONDS);
            assertThat(told).as("the node is told, after %d cancels", cancels).isNotNull();
            cancels += told.hasCancel() ? 1 : 0;
        }
        ann.shutdownNow();
        up.onCompleted();
    }

    private static void answerTo(
            BlockingQueue<TunnelQuestion> questions, StreamObserver<TunnelAnswer> up, TunnelAnswer.Builder answer)
            throws InterruptedException {
        TunnelQuestion question = questions.poll(30, TimeUnit.SECONDS);
        assertThat(question).isNotNull();
        up.onNext(answer.setId(question.getId()).build());
        if (answer.hasData()) {
            // That what it sent was read.
            assertThat(questions.poll(30, TimeUnit.SECONDS)).matches(TunnelQuestion::hasCredit);
        }
    }

    private static <T> StreamObserver<T> endInto(BlockingQueue<Throwable> ends) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T answer) {}

            @Override
            public void onError(Throwable failure) {
                ends.add(failure);
            }

            @Override
            public void onCompleted() {
                ends.add(new AssertionError("it ended by itself"));
            }
        };
    }

    /** Lets a user look into pods and run commands there. */
    private void let(String user) {
        for (String object : List.of(
                "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'ClusterRole','metadata':{'name':'" + user
                        + "'},'rules':[{'apiGroups':[''],'resources':['pods/exec','pods/log'],'verbs':['create','get']}]}",
                "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'ClusterRoleBinding','metadata':{'name':'" + user
                        + "'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole','name':'" + user
                        + "'},'subjects':[{'apiGroup':'rbac.authorization.k8s.io','kind':'User','name':'" + user
                        + "'}]}")) {
            ResourcesGrpc.newBlockingStub(admin)
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .create(CreateRequest.newBuilder()
                            .setObject(Object.newBuilder().setJson(ByteString.copyFromUtf8(object.replace('\'', '"'))))
                            .build());
        }
    }

    private boolean failsOtherwiseThanUnavailable(LogsRequest request, BlockingQueue<TunnelQuestion> questions) {
        StatusRuntimeException failure = failure(() -> StreamsGrpc.newBlockingStub(admin)
                .withDeadlineAfter(1, TimeUnit.SECONDS)
                .logs(request)
                .hasNext());
        return failure.getStatus().getCode() != Status.Code.UNAVAILABLE || !questions.isEmpty();
    }

    @Test
    void aKindThatIsDefinedAtRunTimeIsKnownByItsNames() {
        resources()
                .create(CreateRequest.newBuilder()
                        .setEncoding(Encoding.ENCODING_JSON)
                        .setObject(json("""
                {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                 "metadata": {"name": "backups.rpc.example.com"},
                 "spec": {"group": "rpc.example.com", "scope": "Namespaced",
                  "names": {"plural": "backups", "kind": "Backup", "shortNames": ["bkp"]},
                  "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object",
                    "properties": {"spec": {"type": "object", "properties": {"keep": {"type": "integer", "default": 3}}}}}}}]}}"""))
                        .build());
        TestServer.await(
                "the definition is established",
                () -> resources()
                        .get(GetRequest.newBuilder()
                                .setEncoding(Encoding.ENCODING_JSON)
                                .setRef(ref("crd", "backups.rpc.example.com"))
                                .build())
                        .getObject()
                        .getJson()
                        .toStringUtf8()
                        .contains("the initial names have been accepted"));
        ObjectNode made = tree(resources()
                .create(CreateRequest.newBuilder()
                        .setEncoding(Encoding.ENCODING_JSON)
                        .setObject(json("""
                        {"apiVersion": "rpc.example.com/v1", "kind": "Backup", "metadata": {"name": "b", "namespace": "default"},
                         "spec": {}}"""))
                        .build())
                .getObject());
        assertThat(made.path("spec").path("keep").asInt()).isEqualTo(3);
        assertThat(tree(resources()
                        .get(GetRequest.newBuilder()
                                .setEncoding(Encoding.ENCODING_JSON)
                                .setRef(ref("bkp", "b"))
                                .build())
                        .getObject()))
                .isEqualTo(made);
    }
}

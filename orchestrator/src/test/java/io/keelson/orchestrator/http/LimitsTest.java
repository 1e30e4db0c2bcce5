package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.RawHttp;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.ApplySetRequest;
import io.keelson.proto.v1.ApplySetResponse;
import io.keelson.proto.v1.CreateRequest;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ObjectResponse;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.SetsGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Every limit of {@code docs/limits.md} that a request can meet, met from outside. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsTest {

    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String FREE = "/apis/limits.example.com/v1/namespaces/default/frees";
    private static final String JSON = "application/json";

    private TestServer server;
    private HttpClient admin;
    private ManagedChannel channel;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        server = TestServer.start(directory);
        admin = server.admin();
        channel = server.channel(server.authority().client("grpc", "CN=admin,O=system:masters"));
        String free = "{\"type\":\"object\",\"x-kubernetes-preserve-unknown-fields\":true}";
        assertThat(define("frees", "Free", free).statusCode()).isEqualTo(201);
        TestServer.await(
                "the kind is served", () -> server.api().kinds().named("frees").isPresent());
    }

    @AfterAll
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    private HttpResponse<String> define(String plural, String kind, String spec)
            throws IOException, InterruptedException {
        return send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", JSON, """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"%s.limits.example.com"},
             "spec":{"group":"limits.example.com","scope":"Namespaced","names":{"plural":"%s","kind":"%s"},"versions":[
              {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":%s}}}}]}}""".formatted(
                        plural, plural, kind, spec));
    }

    private HttpResponse<String> send(String method, String path, String type, String body)
            throws IOException, InterruptedException {
        return server.send(admin, method, path, type, body);
    }

    private static void refused(HttpResponse<String> answer, int code, String reason, String message) {
        ObjectNode status = Json.parse(answer.body());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(code);
        assertThat(status.path("code").asInt(0)).isEqualTo(code);
        assertThat(status.path("reason").asString("")).isEqualTo(reason);
        assertThat(status.path("message").asString("")).contains(message);
    }

    private static String map(String name, String data) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\"},\"data\":{\"k\":\"" + data + "\"}}";
    }

    private static String free(String name, String spec) {
        return "{\"apiVersion\":\"limits.example.com/v1\",\"kind\":\"Free\",\"metadata\":{\"name\":\"" + name
                + "\"},\"spec\":" + spec + "}";
    }

    private static String nested(int depth) {
        return "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
    }

    @Test
    void aBodyOfMoreThanThreeMebibytesIsTooLarge() throws IOException, InterruptedException {
        String large = map("large", "x".repeat(3 * 1024 * 1024));
        refused(
                send("POST", MAPS, JSON, large),
                413,
                "RequestEntityTooLarge",
                "Request entity too large: limit is 3145728");
        refused(
                send("POST", MAPS, JSON, map("large", "x".repeat(30 * 1024 * 1024))),
                413,
                "RequestEntityTooLarge",
                "Request entity too large: limit is 3145728");
        try (RawHttp http = RawHttp.connect(admin.sslContext(), server.port())) {
            assertThat(http.send("POST", MAPS, List.of("Content-Type: " + JSON), large.getBytes(StandardCharsets.UTF_8))
                            .code())
                    .isEqualTo(413);
        }
    }

    @Test
    void whatIsNestedTooDeepIsRefusedAndNeverStored() throws IOException, InterruptedException {
        refused(
                send("POST", FREE, JSON, free("deep", nested(300))),
                400,
                "BadRequest",
                "the body is nested deeper than 256");
        refused(
                send("POST", FREE, "application/yaml", "a: " + "[".repeat(300) + "]".repeat(300)),
                400,
                "BadRequest",
                "nested deeper than 256");
        refused(
                send("POST", FREE, JSON, free("deep", nested(254))),
                400,
                "BadRequest",
                "frees.limits.example.com \"deep\", with its metadata.managedFields, is nested deeper than 256");
        assertThat(send("POST", FREE, JSON, free("deep", nested(100))).statusCode())
                .isEqualTo(201);
        String deeper = "[{\"op\":\"add\",\"path\":\"/spec" + "/a".repeat(99) + "\",\"value\":" + nested(200) + "}]";
        refused(
                send("PATCH", FREE + "/deep", "application/json-patch+json", deeper),
                400,
                "BadRequest",
                "nested deeper");
        assertThat(server.get(admin, FREE).statusCode()).isEqualTo(200);
    }

    @Test
    void aTextOfTooManyValuesIsRefused() throws IOException, InterruptedException {
        String many = "[" + "1,".repeat(400_000) + "1]";
        refused(send("POST", FREE, JSON, free("many", many)), 400, "BadRequest", "has more than 400000 values");
        refused(
                send("POST", FREE, "application/yaml", free("many", many)),
                400,
                "BadRequest",
                "has more than 400000 values");
    }

    @Test
    void aPatchHasTenThousandOperationsAtMost() throws IOException, InterruptedException {
        assertThat(send("POST", MAPS, JSON, map("patched", "x")).statusCode()).isEqualTo(201);
        String operation = "{\"op\":\"test\",\"path\":\"/kind\",\"value\":\"ConfigMap\"}";
        refused(
                send(
                        "PATCH",
                        MAPS + "/patched",
                        "application/json-patch+json",
                        "[" + (operation + ",").repeat(10_000) + operation + "]"),
                413,
                "RequestEntityTooLarge",
                "The allowed maximum operations in a JSON patch is 10000, got 10001");
        String copies = String.join(
                ",",
                IntStream.range(0, 40)
                        .mapToObj(i -> "{\"op\":\"copy\",\"from\":\"/data\",\"path\":\"/data/%s\"}".formatted("c" + i))
                        .toList());
        refused(
                send("PATCH", MAPS + "/patched", "application/json-patch+json", "[" + copies + "]"),
                413,
                "RequestEntityTooLarge",
                "Unable to complete the copy, the accumulated size increase of copy is");
    }

    @Test
    void anObjectFitsInARequestOfTheStore() throws IOException, InterruptedException {
        refused(
                send("POST", FREE, JSON, free("big", "{\"a\":\"" + "x".repeat(1_600_000) + "\"}")),
                413,
                "RequestEntityTooLarge",
                "etcdserver: request is too large: frees.limits.example.com \"big\" has 16");
        assertThat(send("POST", FREE, JSON, free("fits", "{\"a\":\"" + "x".repeat(1_500_000) + "\"}"))
                        .statusCode())
                .isEqualTo(201);
        refused(
                send("POST", MAPS, JSON, map("data", "x".repeat(1_048_577))),
                422,
                "Invalid",
                "Too long: may not be more than 1048576 bytes");
    }

    @Test
    void annotationsTogetherHaveTheirBound() throws IOException, InterruptedException {
        String annotated =
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"noted\",\"annotations\":{\"a\":\""
                        + "x".repeat(200_000) + "\",\"b\":\"" + "x".repeat(70_000) + "\"}}}";
        refused(
                send("POST", MAPS, JSON, annotated),
                422,
                "Invalid",
                "metadata.annotations: Too long: may not be more than 262144 bytes");
    }

    @Test
    void aLongSelectorIsServedAndAnEndlessOneRefused() throws IOException, InterruptedException {
        String values = String.join(
                ",", IntStream.range(0, 4_000).mapToObj(i -> "v" + i).toList());
        assertThat(server.get(admin, MAPS + "?labelSelector=a%20in%20(" + values + ")")
                        .statusCode())
                .as("HTTP/2")
                .isEqualTo(200);
        for (int bytes : new int[] {50_000, 100_000}) {
            longRequest(bytes, MAPS + "?x=" + "y".repeat(bytes), List.of());
            longRequest(bytes, MAPS, List.of("X-Long: " + "y".repeat(bytes)));
        }
    }

    private void longRequest(int bytes, String path, List<String> headers) throws IOException {
        boolean served = bytes < 65_536;
        try (RawHttp http = RawHttp.connect(admin.sslContext(), server.port())) {
            RawHttp.Answer answer = http.send("GET", path, headers, new byte[0]);
            assertThat(served ? List.of(200) : List.of(400, 414, 431))
                    .as(bytes + ": " + answer.text())
                    .contains(answer.code());
            assertThat(Json.parse(answer.body()).has("kind")).isTrue();
        } catch (SocketException e) {
            // The server closes before it has read all, and what it said then may be lost on the way.
            assertThat(served).as(bytes + ": " + e).isFalse();
        }
    }

    @Test
    void anExpressionMustBeCheapEnough() throws IOException, InterruptedException {
        String costly =
                "{\"type\":\"object\",\"properties\":{\"l\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
                        + "\"x-kubernetes-validations\":[{\"rule\":\"self.l.all(x, self.l.all(y, self.l.all(z, x == y || y == z)))\"}]}";
        HttpResponse<String> answer = define("costlies", "Costly", costly);
        refused(answer, 422, "Invalid", "estimated rule cost exceeds budget");
        String longRule = "{\"type\":\"object\",\"x-kubernetes-validations\":[{\"rule\":\"" + "true && ".repeat(3_000)
                + "true\"}]}";
        assertThat(define("longs", "Long", longRule).statusCode()).isEqualTo(422);
    }

    @Test
    void whatRulesCostOfOneObjectIsBounded() throws IOException, InterruptedException {
        String rule = "self.l.all(x, self.l.all(y, x == y || x != y))";
        String rules =
                "{\"type\":\"object\",\"properties\":{\"l\":{\"type\":\"array\",\"maxItems\":1000,\"items\":{\"type\":\"string\",\"maxLength\":5}}},"
                        + "\"x-kubernetes-validations\":["
                        + String.join(
                                ",",
                                IntStream.range(0, 10)
                                        .mapToObj(_ -> "{\"rule\":\"" + rule + "\"}")
                                        .toList()) + "]}";
        HttpResponse<String> defined = define("heavies", "Heavy", rules);
        if (defined.statusCode() == 201) {
            TestServer.await(
                    "the kind is served",
                    () -> server.api().kinds().named("heavies").isPresent());
            String items = String.join(
                    ",",
                    IntStream.range(0, 1_000).mapToObj(i -> "\"" + i + "\"").toList());
            HttpResponse<String> answer = send(
                    "POST",
                    "/apis/limits.example.com/v1/namespaces/default/heavies",
                    JSON,
                    free("h", "{\"l\":[" + items + "]}").replace("\"Free\"", "\"Heavy\""));
            refused(answer, 422, "Invalid", "cost");
        } else {
            refused(defined, 422, "Invalid", "cost exceeds budget");
        }
    }

    @Test
    void aNumberHasAThousandDigitsAtMost() throws IOException, InterruptedException {
        HttpResponse<String> answer = send("POST", FREE, JSON, free("digits", "{\"a\":" + "1".repeat(1_001) + "}"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    }

    @Test
    void ofManyErrorsInOneObjectAHundredAreInTheMessage() throws IOException, InterruptedException {
        String containers = String.join(
                ",",
                IntStream.range(0, 150)
                        .mapToObj(i -> "{\"name\":\"WRONG" + i + "\",\"image\":\"i\"}")
                        .toList());
        HttpResponse<String> answer = send(
                "POST",
                "/api/v1/namespaces/default/pods",
                JSON,
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":["
                        + containers + "]}}");
        refused(answer, 422, "Invalid", "spec.containers[0].name");
        assertThat(Json.parse(answer.body()).at("/details/causes").size()).isEqualTo(150);
        assertThat(Json.parse(answer.body()).path("message").asString(""))
                .contains("spec.containers[99].name")
                .doesNotContain("spec.containers[100].name");
    }

    @Test
    void tenManagersOfUpdatesAreKeptApart() throws IOException, InterruptedException {
        assertThat(send("POST", MAPS, JSON, map("managed", "x")).statusCode()).isEqualTo(201);
        for (int i = 0; i < 15; i++) {
            String patch = "{\"data\":{\"k" + i + "\":\"v\"}}";
            assertThat(send("PATCH", MAPS + "/managed?fieldManager=m" + i, "application/merge-patch+json", patch)
                            .statusCode())
                    .isEqualTo(200);
        }
        List<String> managers = Json.parse(server.get(admin, MAPS + "/managed").body())
                .at("/metadata/managedFields")
                .valueStream()
                .map(entry -> entry.path("manager").asString(""))
                .toList();
        assertThat(managers).hasSize(10).contains("ancient-changes", "m14").doesNotContain("m0");
    }

    @Test
    void aSchemaIsNestedSixtyFourDeepAtMost() throws IOException, InterruptedException {
        String deep =
                "{\"type\":\"object\",\"properties\":{\"a\":".repeat(80) + "{\"type\":\"string\"}" + "}}".repeat(80);
        HttpResponse<String> answer = define("deeps", "Deep", deep);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    }

    @Test
    void aTokenIsNotReadWithoutEnd() throws IOException {
        try (RawHttp http = RawHttp.connect(server.http(Optional.empty()).sslContext(), server.port())) {
            RawHttp.Answer answer =
                    http.send("GET", MAPS, List.of("Authorization: Bearer " + "e30.".repeat(10_000)), new byte[0]);
            assertThat(answer.code()).as(answer.text()).isEqualTo(401);
        }
    }

    // gRPC

    private static Object object(String json) {
        return Object.newBuilder().setJson(ByteString.copyFromUtf8(json)).build();
    }

    @Test
    void overGrpcAnObjectHasTheSameBound() {
        assertTooLargeOverGrpc("grpc");
    }

    private void assertTooLargeOverGrpc(String name) {
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> ResourcesGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(30, TimeUnit.SECONDS)
                        .create(CreateRequest.newBuilder()
                                .setObject(object(free(name, "{\"a\":\"" + "x".repeat(1_600_000) + "\"}")))
                                .build()));
        assertThat(refused.getStatus().getDescription()).contains("etcdserver: request is too large");
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    private ApplySetResponse apply(int count, String prefix) {
        ApplySetRequest.Builder request =
                ApplySetRequest.newBuilder().setNamespace("default").setEncoding(Encoding.ENCODING_JSON);
        for (int i = 0; i < count; i++) {
            request.addObjects(object(map(prefix + i, "x".repeat(300))));
        }
        return SetsGrpc.newBlockingStub(channel)
                .withMaxInboundMessageSize(64 << 20)
                .withDeadlineAfter(120, TimeUnit.SECONDS)
                .apply(request.build());
    }

    @Test
    void twoThousandObjectsAreOneTransactionAndTenThousandAreTold() {
        ApplySetResponse applied = apply(2_000, "m");
        assertThat(applied.getItemsList().stream()
                        .map(item -> Json.string(
                                        Json.parse(item.getObject().getJson().toByteArray()),
                                        "metadata",
                                        "resourceVersion")
                                .orElse(""))
                        .distinct())
                .hasSize(1);
        assertThat(applied.getItemsCount()).isEqualTo(2_000);
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> apply(10_000, "n"));
        assertThat(refused.getStatus().getDescription())
                .contains("the set is too large for one transaction")
                .contains("nothing was stored");
    }

    @Test
    void aLargerMessageIsRefusedAtOnceAndTheConnectionStays() {
        for (int mebibytes : new int[] {10, 40}) {
            StatusRuntimeException refused = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> ResourcesGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(60, TimeUnit.SECONDS)
                            .create(CreateRequest.newBuilder()
                                    .setObject(object("x".repeat(mebibytes << 20)))
                                    .build()));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(refused.getStatus().getDescription()).isEqualTo("gRPC message exceeds maximum size 9437184");
        }
        assertTooLargeOverGrpc("grpc-later");
    }

    @Test
    void aMessageThatIsNoneIsRefusedAtOnce() {
        MethodDescriptor<CreateRequest, ObjectResponse> create = ResourcesGrpc.getCreateMethod();
        MethodDescriptor<byte[], ObjectResponse> raw = create.toBuilder(
                        new MethodDescriptor.Marshaller<byte[]>() {
                            @Override
                            public InputStream stream(byte[] value) {
                                return new ByteArrayInputStream(value);
                            }

                            @Override
                            public byte[] parse(InputStream stream) {
                                return new byte[0];
                            }
                        },
                        create.getResponseMarshaller())
                .build();
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(
                        channel, raw, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS), new byte[] {
                            (byte) 0xff, (byte) 0xff, (byte) 0xff
                        }));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(refused.getStatus().getDescription()).isEqualTo("Invalid protobuf byte sequence");
    }
}

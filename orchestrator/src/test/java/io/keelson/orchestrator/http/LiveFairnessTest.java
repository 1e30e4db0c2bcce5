package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.keelson.orchestrator.testing.RawHttp;
import io.keelson.orchestrator.testing.TestAuthority;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.ResourcesGrpc;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for whom is changed while a server runs. */
class LiveFairnessTest {

    private static final String FLOWS = "/apis/flowcontrol.apiserver.k8s.io/v1/";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";

    private static final String LEVEL = """
            {"apiVersion":"flowcontrol.apiserver.k8s.io/v1","kind":"PriorityLevelConfiguration","metadata":{"name":"noisy"},
            "spec":{"type":"Limited","limited":{"nominalConcurrencyShares":%d,"borrowingLimitPercent":0,
            "limitResponse":{"type":"Reject"}}}}""";

    private static final String SCHEMA = """
            {"apiVersion":"flowcontrol.apiserver.k8s.io/v1","kind":"FlowSchema","metadata":{"name":"noisy"},
            "spec":{"matchingPrecedence":50,"priorityLevelConfiguration":{"name":"noisy"},"rules":[{
            "subjects":[{"kind":"User","user":{"name":"ann"}}],
            "resourceRules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"],"namespaces":["*"],"clusterScope":true}]}]}}""";

    private static final String BINDING = """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"people"},
            "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},
            "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"people"}]}""";

    private static int code(TestServer server, String method, String path, String body) {
        try {
            return server.send(server.admin(), method, path, "application/json", body)
                    .statusCode();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static HttpResponse<String> get(TestServer server, HttpClient client) {
        try {
            return server.get(client, MAPS);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Status listed(ManagedChannel channel) {
        ListRequest maps = ListRequest.newBuilder()
                .setKind(KindRef.newBuilder().setResource("configmaps"))
                .setNamespace("default")
                .build();
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> ResourcesGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(60, TimeUnit.SECONDS)
                        .list(maps));
        return refused == null ? Status.OK : refused.getStatus();
    }

    @Test
    void levelsAndSchemasCountAsSoonAsTheyAreWritten(@TempDir Path directory) throws IOException {
        try (TestServer server = TestServer.start(directory)) {
            TestAuthority.Issued anns = server.authority().client("ann", "CN=ann,O=people");
            TestAuthority.Issued bobs = server.authority().client("bob", "CN=bob,O=people");
            HttpClient ann = server.http(Optional.of(anns));
            HttpClient bob = server.http(Optional.of(bobs));
            ManagedChannel annsCalls = server.channel(anns);
            ManagedChannel bobsCalls = server.channel(bobs);
            assertThat(code(server, "POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", BINDING))
                    .isEqualTo(201);
            TestServer.await("rights", () -> get(server, ann).statusCode() == 200);
            assertThat(code(server, "POST", FLOWS + "prioritylevelconfigurations", LEVEL.formatted(1)))
                    .isEqualTo(201);
            assertThat(code(server, "POST", FLOWS + "flowschemas", SCHEMA)).isEqualTo(201);
            TestServer.await(
                    "the schema counts",
                    () -> !get(server, ann)
                            .headers()
                            .firstValue("X-Kubernetes-PF-PriorityLevel-UID")
                            .equals(get(server, bob).headers().firstValue("X-Kubernetes-PF-PriorityLevel-UID")));
            List<RawHttp> slow = new ArrayList<>();
            try {
                for (int i = 0; i < 4; i++) {
                    slow.add(slow(server, anns));
                }
                TestServer.await(
                        "all of ann's seats are taken", () -> get(server, ann).statusCode() == 429);
                HttpResponse<String> refused = get(server, ann);
                assertThat(refused.headers().firstValue("Retry-After")).contains("1");
                assertThat(refused.body()).contains("too many requests, please try again later.");
                assertThat(listed(annsCalls).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                for (int i = 0; i < 20; i++) {
                    assertThat(get(server, bob).statusCode()).isEqualTo(200);
                    assertThat(listed(bobsCalls)).isEqualTo(Status.OK);
                }
                assertThat(code(server, "PUT", FLOWS + "prioritylevelconfigurations/noisy", LEVEL.formatted(100)))
                        .isEqualTo(200);
                TestServer.await("ann has more seats", () -> get(server, ann).statusCode() == 200);
                assertThat(code(server, "PUT", FLOWS + "prioritylevelconfigurations/noisy", LEVEL.formatted(1)))
                        .isEqualTo(200);
                TestServer.await("and fewer again", () -> get(server, ann).statusCode() == 429);
                assertThat(code(server, "DELETE", FLOWS + "flowschemas/noisy", ""))
                        .isEqualTo(200);
                TestServer.await("ann is as others are", () -> get(server, ann).statusCode() == 200);
                assertThat(listed(annsCalls)).isEqualTo(Status.OK);
            } finally {
                for (RawHttp each : slow) {
                    each.close();
                }
                annsCalls.shutdownNow();
                bobsCalls.shutdownNow();
            }
        }
    }

    /** Has a seat as long as its body does not come. */
    private static RawHttp slow(TestServer server, TestAuthority.Issued who) throws IOException {
        RawHttp client = RawHttp.connect(server.tls(Optional.of(who)), server.port());
        client.write(("POST " + MAPS
                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        return client;
    }
}

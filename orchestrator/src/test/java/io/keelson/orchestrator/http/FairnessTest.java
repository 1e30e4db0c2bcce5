package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.keelson.orchestrator.access.AccessConfig;
import io.keelson.orchestrator.audit.AuditConfig;
import io.keelson.orchestrator.audit.AuditPolicy;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.WatchRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A server with few seats and an audit log. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FairnessTest {

    private static final String POLICY = """
            {"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[
            {"level":"Metadata","resources":[{"group":"","resources":["secrets"]}]},
            {"level":"RequestResponse","resources":[{"group":"","resources":["configmaps"]}]},
            {"level":"Metadata","users":["joe",""]}]}""";

    private TestServer server;
    private HttpClient admin;
    private HttpClient joe;
    private Path log;

    @BeforeAll
    void start(@TempDir Path directory) {
        log = directory.resolve("audit.log");
        AuditConfig audit = new AuditConfig(AuditPolicy.parse(Json.parse(POLICY)), log, 100_000_000, 0);
        server = TestServer.start(
                directory,
                new AccessConfig(false, AccessConfig.DEFAULT_ISSUER, 8, Optional.of(audit), Optional.empty()));
        admin = server.admin();
        joe = server.http(Optional.of(server.authority().client("joe", "CN=joe,O=people")));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(HttpClient client, String path) throws IOException, InterruptedException {
        return server.get(client, path);
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return server.send(admin, "POST", path, "application/json", body);
    }

    @Test
    void answersSayByWhichLevelTheyCame() throws IOException, InterruptedException {
        String schema = Json.string(
                        Json.parse(get(admin, "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/global-default")
                                .body()),
                        "metadata",
                        "uid")
                .orElseThrow();
        HttpResponse<String> answer = get(joe, "/api");
        assertThat(answer.headers().firstValue("X-Kubernetes-PF-FlowSchema-UID"))
                .contains(schema);
        assertThat(answer.headers().firstValue("X-Kubernetes-PF-PriorityLevel-UID"))
                .isPresent();
        assertThat(answer.headers().firstValue("Audit-Id")).isPresent();
    }

    @Test
    void manyRequestsOfOneUserAllGetTheirTurnOrAreToldToComeAgain() throws IOException, InterruptedException {
        List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            all.add(joe.sendAsync(server.request("/apis").build(), BodyHandlers.ofString()));
        }
        int served = 0;
        for (var each : all) {
            HttpResponse<String> response = each.join();
            assertThat(response.statusCode()).isIn(200, 429);
            if (response.statusCode() == 200) {
                served++;
            } else {
                assertThat(response.headers().firstValue("Retry-After")).contains("1");
                assertThat(response.body()).contains("too many requests, please try again later.");
            }
        }
        assertThat(served).isPositive();
        assertThat(get(admin, "/apis").statusCode()).isEqualTo(200);
    }

    @Test
    void watchesKeepNoSeat() throws IOException, InterruptedException {
        post("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", """
                {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"joe"},
                "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},
                "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"joe"}]}""");
        List<HttpResponse<InputStream>> watches = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            watches.add(joe.send(
                    server.request("/api/v1/namespaces?watch=true&timeoutSeconds=30")
                            .build(),
                    BodyHandlers.ofInputStream()));
        }
        assertThat(get(joe, "/apis").statusCode()).isEqualTo(200);
        for (var each : watches) {
            assertThat(each.statusCode()).isEqualTo(200);
            each.body().close();
        }
    }

    private List<String> audited(String... contained) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> List.of(contained).stream().allMatch(line::contains))
                .toList();
    }

    @Test
    void secretsAreNamedAndNeverShownWhileOtherBodiesAre() throws IOException, InterruptedException {
        post(
                "/api/v1/namespaces/default/secrets",
                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"},\"stringData\":{\"a\":\"hidden-thing\"}}");
        post(
                "/api/v1/namespaces/default/configmaps",
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"},\"data\":{\"a\":\"open-thing\"}}");
        get(admin, "/api/v1/namespaces/default/secrets/s");
        TestServer.await("the last event", () -> {
            try {
                return !audited("\"resource\":\"secrets\"", "\"verb\":\"get\"", "ResponseComplete")
                        .isEmpty();
            } catch (IOException e) {
                return false;
            }
        });
        assertThat(audited("hidden-thing")).isEmpty();
        assertThat(audited("aGlkZGVuLXRoaW5n")).isEmpty();
        assertThat(audited("\"resource\":\"configmaps\"", "\"requestObject\":{", "\"responseObject\":{", "open-thing"))
                .hasSize(1);
        assertThat(audited("\"resource\":\"configmaps\"", "\"verb\":\"create\"", "\"stage\":\"RequestReceived\""))
                .hasSize(1);
    }

    @Test
    void refusalsAreTold() throws IOException, InterruptedException {
        HttpClient nobody = server.http(Optional.empty());
        assertThat(get(nobody, "/api/v1/nodes").statusCode()).isEqualTo(401);
        get(server.http(Optional.of(server.authority().client("eve", "CN=joe,O=x"))), "/metrics-of-mine");
        TestServer.await("both refusals", () -> {
            try {
                return !audited("\"code\":401").isEmpty()
                        && !audited("\"code\":403", "\"authorization.k8s.io/decision\":\"forbid\"")
                                .isEmpty();
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    void aWatchOverGrpcWhoseClientGoesIsToldOfToItsEnd() throws Exception {
        ManagedChannel channel = server.channel(server.authority().client("watcher", "CN=watcher,O=system:masters"));
        try (Context.CancellableContext whileItLasts = Context.current().withCancellation()) {
            WatchRequest maps = WatchRequest.newBuilder()
                    .setKind(KindRef.newBuilder().setApiVersion("v1").setKind("ConfigMap"))
                    .build();
            assertThat(whileItLasts.call(() ->
                            ResourcesGrpc.newBlockingStub(channel).watch(maps).hasNext()))
                    .isTrue();
        } finally {
            channel.shutdownNow();
        }
        TestServer.await("its end", () -> {
            try {
                return audited("\"username\":\"watcher\"", "\"verb\":\"watch\"", "ResponseComplete", "\"code\":499")
                                .size()
                        == 1;
            } catch (IOException e) {
                return false;
            }
        });
    }
}

package io.keelson.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.keelson.orchestrator.access.AccessConfig;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.limits.WatchLimits;
import io.keelson.orchestrator.testing.TestAdmissionWebhook;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.v1.ApplySetRequest;
import io.keelson.proto.v1.ApplySetResponse;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.SetsGrpc;
import io.keelson.store.Kv;
import io.keelson.store.MemoryKv;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Who has a say in a set as a whole: rights that it gives, and webhooks when it is only tried. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SetRightsTest {

    private static final String RBAC = "rbac.authorization.k8s.io/v1";

    private final Kv store = new MemoryKv();
    private TestServer server;
    private Path directory;
    private ManagedChannel joe;
    private ManagedChannel admin;

    @BeforeAll
    void start(@TempDir Path temporary) {
        directory = temporary;
        server = TestServer.start(temporary, "s1", store, AccessConfig.DEFAULT, WatchLimits.DEFAULT);
        joe = server.channel(server.authority().client("joe", "CN=joe,O=devs"));
        admin = server.channel(server.authority().client("admin", "CN=admin,O=system:masters"));
        stored("""
                {'apiVersion':'%s','kind':'ClusterRole','metadata':{'name':'joe'},'rules':[
                 {'apiGroups':['rbac.authorization.k8s.io'],'resources':['roles','rolebindings'],'verbs':['create','patch']},
                 {'apiGroups':['rbac.authorization.k8s.io'],'resources':['roles'],'resourceNames':['grown'],'verbs':['escalate']},
                 {'apiGroups':[''],'resources':['configmaps'],'verbs':['get']},
                 {'nonResourceURLs':['/keelson.v1.Sets/*'],'verbs':['post']}]}""".formatted(RBAC));
        stored("""
                {'apiVersion':'%s','kind':'ClusterRoleBinding','metadata':{'name':'joe'},
                 'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole','name':'joe'},
                 'subjects':[{'apiGroup':'rbac.authorization.k8s.io','kind':'User','name':'joe'}]}""".formatted(RBAC));
    }

    @AfterAll
    void stop() {
        joe.shutdownNow();
        admin.shutdownNow();
        server.close();
    }

    private void stored(String text) {
        ObjectNode object = Json.parse(text.replace('\'', '"'));
        server.api()
                .create(
                        server.api()
                                .kinds()
                                .byApiVersion(
                                        Json.string(object, "apiVersion").orElseThrow(),
                                        Json.string(object, "kind").orElseThrow())
                                .orElseThrow(),
                        "",
                        object,
                        WriteOptions.by(User.CONTROL_PLANE));
    }

    private static String role(String name, String resource) {
        return "{'apiVersion':'" + RBAC + "','kind':'Role','metadata':{'name':'" + name
                + "'},'rules':[{'apiGroups':[''],'resources':['" + resource + "'],'verbs':['get']}]}";
    }

    private static String binding(String name, String role) {
        return "{'apiVersion':'" + RBAC + "','kind':'RoleBinding','metadata':{'name':'" + name
                + "'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'Role','name':'" + role
                + "'},'subjects':[{'apiGroup':'rbac.authorization.k8s.io','kind':'User','name':'ann'}]}";
    }

    private static ApplySetResponse apply(ManagedChannel by, boolean dryRun, String... objects) {
        ApplySetRequest.Builder request =
                ApplySetRequest.newBuilder().setNamespace("default").setEncoding(Encoding.ENCODING_JSON);
        request.getOptionsBuilder().setDryRun(dryRun);
        for (String object : objects) {
            request.addObjects(Object.newBuilder().setJson(ByteString.copyFromUtf8(object.replace('\'', '"'))));
        }
        return SetsGrpc.newBlockingStub(by)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .apply(request.build());
    }

    private static String refusal(ManagedChannel by, boolean dryRun, String... objects) {
        String description = catchThrowableOfType(StatusRuntimeException.class, () -> apply(by, dryRun, objects))
                .getStatus()
                .getDescription();
        return description == null ? "" : description;
    }

    @Test
    void aRoleAndWhoBindsItComeTogetherInAnyOrder() {
        assertThat(apply(joe, false, binding("b1", "own"), role("own", "configmaps"))
                        .getItemsList())
                .hasSize(2);
    }

    @Test
    void aBindingIsJudgedByTheRoleAsItWillBe() {
        apply(admin, false, role("grown", "configmaps"));
        assertThat(refusal(joe, false, binding("b2", "grown"), role("grown", "secrets")))
                .contains("rolebindings.rbac.authorization.k8s.io \"b2\" is forbidden: user \"joe\"")
                .contains("is attempting to grant RBAC permissions not currently held")
                .contains("secrets");
        assertThat(refusal(joe, false, role("other", "secrets"), binding("b3", "other")))
                .contains("roles.rbac.authorization.k8s.io \"other\" is forbidden");
        assertThat(refusal(joe, false, binding("b4", "nowhere")))
                .contains("roles.rbac.authorization.k8s.io \"nowhere\" not found");
    }

    @Test
    void webhooksAreToldThatASetIsOnlyTried() throws IOException {
        try (TestAdmissionWebhook webhook = TestAdmissionWebhook.start(directory)) {
            hooked("harmless", "NoneOnDryRun", webhook.at("/h", (_, _) -> {}));
            String map = "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'%s','labels':{'hook':'%s'}}}";
            apply(admin, true, map.formatted("m1", "harmless"));
            assertThat(webhook.asked())
                    .extracting(request -> request.path("dryRun").booleanValue(false))
                    .containsExactly(true);
            apply(admin, false, map.formatted("m1", "harmless"));
            assertThat(webhook.asked())
                    .extracting(request -> request.path("dryRun").booleanValue(false))
                    .containsExactly(true, false);
            hooked("harmful", "Some", webhook.at("/s", (_, _) -> {}));
            assertThat(refusal(admin, true, map.formatted("m2", "harmful")))
                    .contains("admission webhook \"harmful.example.com\" does not support dry run");
            assertThat(webhook.asked()).hasSize(2);
        }
    }

    /** Written past the API, which does not take "Some" any more; older objects may say it. */
    private void hooked(String name, String sideEffects, ObjectNode at) {
        ObjectNode configuration = Json.parse("""
                {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"%1$s"},
                 "webhooks":[{"name":"%1$s.example.com","sideEffects":"None","admissionReviewVersions":["v1"],
                  "objectSelector":{"matchLabels":{"hook":"%1$s"}},
                  "rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["configmaps"]}]}]}""".formatted(name));
        ObjectNode webhook = (ObjectNode) configuration.path("webhooks").path(0);
        webhook.put("sideEffects", sideEffects).set("clientConfig", at);
        store.txn(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8(
                                        "/registry/admissionregistration.k8s.io/validatingwebhookconfigurations/"
                                                + name))
                                .setValue(ByteString.copyFrom(Json.write(configuration)))))
                .build());
    }
}

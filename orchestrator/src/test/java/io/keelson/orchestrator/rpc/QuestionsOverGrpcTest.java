package io.keelson.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.keelson.orchestrator.api.PatchType;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.CreateRequest;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.WatchEvent;
import io.keelson.proto.v1.WatchRequest;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Questions of who may do what, and tokens, through a gRPC client over TLS; and acting as another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuestionsOverGrpcTest {

    private TestServer server;
    private ManagedChannel admin;
    private ManagedChannel node;
    private ManagedChannel joe;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
        admin = server.channel(server.authority().client("admin", "CN=admin,O=system:masters"));
        node = server.channel(server.authority().client("n1", "CN=system:node:n1,O=system:nodes"));
        joe = server.channel(server.authority().client("joe", "CN=joe,O=devs"));
    }

    @AfterAll
    void stop() {
        admin.shutdownNow();
        node.shutdownNow();
        joe.shutdownNow();
        server.close();
    }

    private static ResourcesGrpc.ResourcesBlockingStub resources(ManagedChannel channel) {
        return ResourcesGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private static ObjectNode create(ResourcesGrpc.ResourcesBlockingStub by, String object) {
        Object answer = by.create(CreateRequest.newBuilder()
                        .setObject(Object.newBuilder().setJson(ByteString.copyFromUtf8(object.replace('\'', '"'))))
                        .setEncoding(Encoding.ENCODING_JSON)
                        .build())
                .getObject();
        return Json.parse(answer.getJson().toByteArray());
    }

    private static StatusRuntimeException failure(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }

    private static ResourcesGrpc.ResourcesBlockingStub acting(ManagedChannel channel, String... namesAndValues) {
        var headers = new Metadata();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(Metadata.Key.of(namesAndValues[i], Metadata.ASCII_STRING_MARSHALLER), namesAndValues[i + 1]);
        }
        return resources(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static String mayGetPods(String kind, String more) {
        return "{'apiVersion':'authorization.k8s.io/v1','kind':'" + kind + "','spec':{" + more
                + "'resourceAttributes':{'verb':'get','resource':'pods','namespace':'default'}}}";
    }

    private static boolean allowed(ObjectNode answer) {
        return Json.at(answer, "status", "allowed").orElseThrow().booleanValue();
    }

    @Test
    void createAnswersWithTheReview() {
        assertThat(allowed(create(resources(admin), mayGetPods("SelfSubjectAccessReview", ""))))
                .isTrue();
        assertThat(allowed(create(resources(joe), mayGetPods("SelfSubjectAccessReview", ""))))
                .isFalse();
        assertThat(allowed(create(resources(admin), mayGetPods("SubjectAccessReview", "'user':'joe',"))))
                .isFalse();
        assertThat(failure(() -> create(resources(joe), mayGetPods("SubjectAccessReview", "'user':'ann',")))
                        .getStatus()
                        .getCode())
                .as("who may ask about others")
                .isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(Json.items(
                        create(
                                resources(joe),
                                "{'apiVersion':'authorization.k8s.io/v1','kind':'SelfSubjectRulesReview','spec':{'namespace':'default'}}"),
                        "status",
                        "nonResourceRules"))
                .isNotEmpty();
        assertThat(failure(() -> create(resources(admin), mayGetPods("SubjectAccessReview", "")))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void whoActsAsAnotherIsTheOtherWithUidAndExtra() {
        String who = "{'apiVersion':'authentication.k8s.io/v1','kind':'SelfSubjectReview'}";
        ObjectNode answer = create(
                acting(
                        admin,
                        "impersonate-user",
                        "ann",
                        "impersonate-group",
                        "devs",
                        "impersonate-group",
                        "ops",
                        "impersonate-uid",
                        "u-1",
                        "impersonate-extra-scopes",
                        "view",
                        "impersonate-extra-scopes",
                        "edit",
                        "impersonate-extra-example.org_project",
                        "p"),
                who);
        assertThat(Json.at(answer, "status", "userInfo").orElseThrow().toString())
                .isEqualTo(
                        "{\"extra\":{\"example.org_project\":[\"p\"],\"scopes\":[\"view\",\"edit\"]},\"groups\":[\"devs\",\"ops\","
                                + "\"system:authenticated\"],\"uid\":\"u-1\",\"username\":\"ann\"}");
        assertThat(failure(() -> create(acting(admin, "impersonate-uid", "u-1"), who))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failure(() -> create(acting(joe, "impersonate-user", "ann"), who))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    /** The uid of a new pod on a new node. */
    private String podOn(String name, String pod) {
        create(resources(admin), "{'apiVersion':'v1','kind':'Node','metadata':{'name':'" + name + "'}}");
        ObjectNode created = create(
                resources(admin),
                "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" + pod
                        + "','namespace':'default'},'spec':{'serviceAccountName':'bot','nodeName':'" + name
                        + "','containers':[{'name':'c','image':'i'}]}}");
        return Json.string(created, "metadata", "uid").orElseThrow();
    }

    @Test
    void aNodeGetsTokensOfItsOwnPodsOnly() {
        create(
                resources(admin),
                "{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'bot','namespace':'default'}}");
        String uid = podOn("n1", "p");
        String otherUid = podOn("n2", "q");
        String bound =
                "{'apiVersion':'authentication.k8s.io/v1','kind':'TokenRequest','metadata':{'name':'bot','namespace':"
                        + "'default'},'spec':{'audiences':['vault'],'expirationSeconds':600,'boundObjectRef':{'apiVersion':'v1','kind':'Pod','name':'p','uid':'"
                        + uid + "'}}}";
        ObjectNode answer = create(resources(node), bound);
        String token = Json.string(answer, "status", "token").orElseThrow();
        ObjectNode review = create(
                resources(admin),
                "{'apiVersion':'authentication.k8s.io/v1','kind':'TokenReview','spec':{'token':'" + token
                        + "','audiences':['vault']}}");
        assertThat(Json.string(review, "status", "user", "username")).contains("system:serviceaccount:default:bot");
        assertThat(failure(() -> create(resources(joe), bound)).getStatus().getCode())
                .isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(failure(() -> create(
                                resources(node),
                                bound.replace("'name':'p','uid':'" + uid, "'name':'q','uid':'" + otherUid)))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(failure(() -> create(resources(admin), bound.replace("'name':'bot',", "")))
                        .getStatus()
                        .getDescription())
                .contains("metadata.name: Required value");
    }

    @Test
    void aPodIsEvictedIfItsBudgetAllowsIt() {
        String pod =
                "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'%s','namespace':'default','labels':{'kept':'%s'}},'spec':{'containers':[{'name':'c','image':'i'}]}}";
        create(resources(admin), pod.formatted("free", "no"));
        create(resources(admin), pod.formatted("kept", "yes"));
        create(
                resources(admin),
                "{'apiVersion':'policy/v1','kind':'PodDisruptionBudget','metadata':{'name':'b','namespace':'default'},'spec':{'minAvailable':1,'selector':{'matchLabels':{'kept':'yes'}}}}");
        // A pod that does not run may go always; so this one must seem to run.
        server.api()
                .patch(
                        new io.keelson.orchestrator.kind.Ref(Kinds.POD, "default", "kept"),
                        "status",
                        PatchType.MERGE,
                        Json.parse(
                                "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}"),
                        WriteOptions.by(User.CONTROL_PLANE));
        String eviction =
                "{'apiVersion':'policy/v1','kind':'Eviction','metadata':{'name':'%s','namespace':'default'}%s}";
        assertThat(failure(() -> create(resources(joe), eviction.formatted("free", "")))
                        .getStatus()
                        .getDescription())
                .contains("cannot create resource \"pods/eviction\"");
        create(resources(admin), eviction.formatted("free", ",'deleteOptions':{'dryRun':['All']}"));
        assertThat(podIsThere("free")).isTrue();
        assertThat(create(resources(admin), eviction.formatted("free", "")))
                .hasToString("{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"metadata\":{},\"status\":\"Success\"}");
        assertThat(podIsThere("free")).isFalse();
        StatusRuntimeException refused = failure(() -> create(resources(admin), eviction.formatted("kept", "")));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(refused.getStatus().getDescription())
                .contains("Cannot evict pod as it would violate the pod's disruption budget");
        assertThat(podIsThere("kept")).isTrue();
    }

    private boolean podIsThere(String name) {
        return server.api()
                .find(new io.keelson.orchestrator.kind.Ref(Kinds.POD, "default", name))
                .isPresent();
    }

    @Test
    void aWatchEndsWhenItsRightEnds() {
        create(
                resources(admin),
                "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'ClusterRoleBinding','metadata':{'name':'joe'},'roleRef':"
                        + "{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole','name':'view'},'subjects':[{'apiGroup':"
                        + "'rbac.authorization.k8s.io','kind':'User','name':'joe'}]}");
        KindRef pods = KindRef.newBuilder().setResource("pods").build();
        TestServer.await("joe may list", () -> {
            try {
                return resources(joe)
                                .list(ListRequest.newBuilder().setKind(pods).build())
                        != null;
            } catch (StatusRuntimeException notYet) {
                return false;
            }
        });
        Iterator<WatchEvent> events = resources(joe)
                .watch(WatchRequest.newBuilder()
                        .setKind(pods)
                        .setFromRevision(1)
                        .build());
        server.api()
                .delete(
                        new io.keelson.orchestrator.kind.Ref(
                                server.api()
                                        .kinds()
                                        .named("clusterrolebindings")
                                        .orElseThrow(),
                                "",
                                "joe"),
                        io.keelson.orchestrator.api.DeleteOptions.by(io.keelson.orchestrator.api.User.CONTROL_PLANE));
        StatusRuntimeException end = failure(() -> {
            while (events.hasNext()) {
                events.next();
            }
        });
        assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(end.getStatus().getDescription()).contains("User \"joe\" cannot watch resource \"pods\"");
    }
}

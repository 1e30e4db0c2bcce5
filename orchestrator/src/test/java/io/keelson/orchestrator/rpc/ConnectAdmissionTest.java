package io.keelson.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.TestAdmissionWebhook;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.AttachRequest;
import io.keelson.proto.v1.AttachStart;
import io.keelson.proto.v1.ContainerIo;
import io.keelson.proto.v1.CreateRequest;
import io.keelson.proto.v1.ExecRequest;
import io.keelson.proto.v1.ExecStart;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.PortForwardRequest;
import io.keelson.proto.v1.PortForwardStart;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.StreamsGrpc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Who has a say in commands and connections. Whoever passes hears that the node is not there; that is enough. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectAdmissionTest {

    private TestServer server;
    private ManagedChannel admin;
    private TestAdmissionWebhook webhook;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        server = TestServer.start(directory);
        admin = server.channel(server.authority().client("admin", "CN=admin,O=system:masters"));
        webhook = TestAdmissionWebhook.start(directory);
        create("{'apiVersion':'v1','kind':'Node','metadata':{'name':'n1'}}");
        for (String pod : new String[] {"plain", "ruled", "hooked", "changed"}) {
            create("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'" + pod
                    + "','namespace':'default'},'spec':{'nodeName':'n1','containers':[{'name':'c','image':'i'}]}}");
        }
        create("""
                {'apiVersion':'admissionregistration.k8s.io/v1','kind':'ValidatingAdmissionPolicy','metadata':{'name':'no-shells'},
                 'spec':{'matchConstraints':{'resourceRules':[{'apiGroups':[''],'apiVersions':['v1'],'operations':['CONNECT'],
                    'resources':['pods/exec','pods/portforward'],'resourceNames':['ruled','changed']}]},
                  'validations':[{'expression':"request.subResource != 'exec' || object.command[0] != 'sh'",'message':'no shells'},
                    {'expression':"request.subResource != 'portforward' || object.ports[0] != 22",'message':'no ssh'}]}}""");
        create("""
                {'apiVersion':'admissionregistration.k8s.io/v1','kind':'ValidatingAdmissionPolicyBinding','metadata':{'name':'no-shells'},
                 'spec':{'policyName':'no-shells','validationActions':['Deny']}}""");
        ObjectNode hook = Json.parse("""
                {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"connect"},
                 "webhooks":[{"name":"connect.example.com","sideEffects":"None","admissionReviewVersions":["v1"],
                  "matchConditions":[{"name":"one","expression":"request.name == 'hooked'"}],
                  "rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CONNECT"],"resources":["pods/*"]}]}]}""");
        ((ObjectNode) hook.path("webhooks").path(0)).set("clientConfig", webhook.at("/connect", (request, response) -> {
            if (request.path("subResource").asString("").equals("attach")) {
                response.put("allowed", false)
                        .putObject("status")
                        .put("code", 403)
                        .put("message", "look, do not touch");
            }
        }));
        create(Json.text(hook));
        ObjectNode changing = Json.parse("""
                {"apiVersion":"admissionregistration.k8s.io/v1","kind":"MutatingWebhookConfiguration","metadata":{"name":"change"},
                 "webhooks":[{"name":"change.example.com","sideEffects":"None","admissionReviewVersions":["v1"],
                  "matchConditions":[{"name":"one","expression":"request.name == 'changed'"}],
                  "rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CONNECT"],"resources":["pods/*"]}]}]}""");
        ((ObjectNode) changing.path("webhooks").path(0))
                .set("clientConfig", webhook.at("/change", (request, response) -> {
                    String patch = switch (request.path("object")
                            .path("command")
                            .path(0)
                            .asString("")) {
                        case "shell" -> "[{\"op\":\"replace\",\"path\":\"/command/0\",\"value\":\"sh\"}]";
                        case "elsewhere" -> "[{\"op\":\"add\",\"path\":\"/container\",\"value\":\"side\"}]";
                        case "other" -> "[{\"op\":\"replace\",\"path\":\"/kind\",\"value\":\"Pod\"}]";
                        default -> "";
                    };
                    if (!patch.isEmpty()) {
                        TestAdmissionWebhook.patch(response, patch);
                    }
                }));
        create(Json.text(changing));
    }

    @AfterAll
    void stop() {
        admin.shutdownNow();
        webhook.close();
        server.close();
    }

    /** Single quotes are for keys and values, where there are no double ones. */
    private void create(String object) {
        String json = object.startsWith("{'")
                ? object.replace("'exec'", "\u0001exec\u0001")
                        .replace("'sh'", "\u0001sh\u0001")
                        .replace("'portforward'", "\u0001portforward\u0001")
                        .replace('\'', '"')
                        .replace('\u0001', '\'')
                : object;
        ResourcesGrpc.newBlockingStub(admin)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .create(CreateRequest.newBuilder()
                        .setObject(Object.newBuilder().setJson(ByteString.copyFromUtf8(json)))
                        .build());
    }

    private static <T> StreamObserver<T> end(CompletableFuture<Status> end) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T answer) {}

            @Override
            public void onError(Throwable failure) {
                end.complete(Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {
                end.complete(Status.OK);
            }
        };
    }

    private Status exec(String pod, String command) throws Exception {
        CompletableFuture<Status> end = new CompletableFuture<>();
        StreamObserver<ExecRequest> call = StreamsGrpc.newStub(admin).exec(end(end));
        call.onNext(ExecRequest.newBuilder()
                .setStart(ExecStart.newBuilder()
                        .setPod(pod)
                        .addCommand(command)
                        .setIo(ContainerIo.newBuilder().setStdin(true).setStdout(true)))
                .build());
        return end.get(30, TimeUnit.SECONDS);
    }

    private Status attach(String pod) throws Exception {
        CompletableFuture<Status> end = new CompletableFuture<>();
        StreamObserver<AttachRequest> call = StreamsGrpc.newStub(admin).attach(end(end));
        call.onNext(AttachRequest.newBuilder()
                .setStart(AttachStart.newBuilder()
                        .setPod(pod)
                        .setIo(ContainerIo.newBuilder().setStdout(true)))
                .build());
        return end.get(30, TimeUnit.SECONDS);
    }

    private Status forward(String pod, int port) throws Exception {
        CompletableFuture<Status> end = new CompletableFuture<>();
        StreamObserver<PortForwardRequest> call = StreamsGrpc.newStub(admin).portForward(end(end));
        call.onNext(PortForwardRequest.newBuilder()
                .setStart(PortForwardStart.newBuilder().setPod(pod).setPort(port))
                .build());
        return end.get(30, TimeUnit.SECONDS);
    }

    private static void passed(Status status) {
        assertThat(status.getDescription()).contains("node n1 has no connection to this server");
    }

    @Test
    void aPolicyJudgesCommandsAndPorts() throws Exception {
        passed(exec("ruled", "ls"));
        passed(exec("plain", "sh"));
        passed(forward("ruled", 80));
        Status shell = exec("ruled", "sh");
        assertThat(shell.getDescription())
                .isEqualTo(
                        "pods \"ruled\" is forbidden: ValidatingAdmissionPolicy 'no-shells' with binding 'no-shells' denied request: no shells");
        assertThat(forward("ruled", 22).getDescription()).endsWith("denied request: no ssh");
    }

    @Test
    void aMutatingWebhookChangesWhatIsWantedBeforeOthersJudgeIt() throws Exception {
        passed(exec("changed", "ls"));
        assertThat(exec("changed", "shell").getDescription()).endsWith("denied request: no shells");
        assertThat(exec("changed", "elsewhere").getDescription())
                .isEqualTo("container side is not valid for pod changed");
        assertThat(exec("changed", "other").getDescription())
                .isEqualTo(
                        "Internal error occurred: admission webhook \"change.example.com\" wants what cannot be: the patch makes"
                                + " another kind of object");
    }

    @Test
    void aWebhookSeesWhatIsWanted() throws Exception {
        passed(exec("hooked", "ls"));
        JsonNode asked = webhook.asked().getLast();
        assertThat(asked.path("operation").asString()).isEqualTo("CONNECT");
        assertThat(asked.path("kind"))
                .isEqualTo(Json.parse("{\"group\":\"\",\"version\":\"v1\",\"kind\":\"PodExecOptions\"}"));
        assertThat(asked.path("resource"))
                .isEqualTo(Json.parse("{\"group\":\"\",\"version\":\"v1\",\"resource\":\"pods\"}"));
        assertThat(asked.path("subResource").asString()).isEqualTo("exec");
        assertThat(asked.path("name").asString()).isEqualTo("hooked");
        assertThat(asked.path("namespace").asString()).isEqualTo("default");
        assertThat(asked.path("object"))
                .isEqualTo(
                        Json.parse(
                                "{\"kind\":\"PodExecOptions\",\"apiVersion\":\"v1\",\"stdin\":true,\"stdout\":true,\"command\":[\"ls\"]}"));
        assertThat(asked.path("oldObject").isNull()).isTrue();
        Status refused = attach("hooked");
        assertThat(refused.getDescription())
                .isEqualTo("admission webhook \"connect.example.com\" denied the request: look, do not touch");
        assertThat(refused.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }
}

package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.access.AccessConfig;
import io.keelson.orchestrator.audit.AuditConfig;
import io.keelson.orchestrator.audit.AuditPolicy;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.TestAdmissionWebhook;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What authorization and admission have to say of a request stands in its audit events, at the levels that may show it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditNotesTest {

    private static final String POLICY = """
            {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
             "rules": [{"level": "Request", "resources": [{"group": "", "resources": ["configmaps"]}]}, {"level": "Metadata"}]}
            """;

    private TestServer server;
    private TestAdmissionWebhook webhook;
    private HttpClient admin;
    private Path log;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        log = directory.resolve("audit.log");
        AuditConfig audit = new AuditConfig(AuditPolicy.parse(Json.parse(POLICY)), log, 100_000_000, 0);
        server = TestServer.start(
                directory,
                new AccessConfig(
                        false,
                        AccessConfig.DEFAULT_ISSUER,
                        AccessConfig.DEFAULT_SEATS,
                        Optional.of(audit),
                        Optional.empty()));
        webhook = TestAdmissionWebhook.start(directory);
        admin = server.admin();
    }

    @AfterAll
    void stop() {
        webhook.close();
        server.close();
    }

    private HttpResponse<String> post(HttpClient client, String path, String object)
            throws IOException, InterruptedException {
        return server.send(client, "POST", path, "application/json", object.replace('\'', '"'));
    }

    private void created(String path, String object) throws IOException, InterruptedException {
        HttpResponse<String> answer = post(admin, path, object);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    /** The annotations of all that was told of a request to create something. */
    private Map<String, String> told(String resource, String name) {
        List<ObjectNode> found = new ArrayList<>();
        TestServer.await("the audit event of " + name, () -> {
            try {
                for (String line : Files.readAllLines(log)) {
                    ObjectNode event = Json.parse(line);
                    boolean meant = Json.string(event, "objectRef", "resource").equals(Optional.of(resource))
                            && Json.string(event, "verb").equals(Optional.of("create"))
                            && Json.string(event, "requestURI").orElse("").endsWith("?fieldManager=" + name);
                    if (meant) {
                        found.add(event);
                    }
                }
                return !found.isEmpty();
            } catch (IOException e) {
                return false;
            }
        });
        return Json.strings(found.getFirst(), "annotations");
    }

    @Test
    void whoAskedIsToldByItsAddressAndNotByAName() throws Exception {
        created(configMaps("source"), configMap("source"));
        String _ = told("configmaps", "source").toString();
        assertThat(Files.readAllLines(log))
                .filteredOn(line -> line.contains("?fieldManager=source"))
                .isNotEmpty()
                .allMatch(line -> Json.parse(line).path("sourceIPs").toString().equals("[\"127.0.0.1\"]"));
    }

    private static String configMaps(String name) {
        return "/api/v1/namespaces/default/configmaps?fieldManager=" + name;
    }

    private static String configMap(String name) {
        return "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'" + name + "'}}";
    }

    private void webhook(String kind, String name, JsonNode client, String more)
            throws IOException, InterruptedException {
        String path = kind.startsWith("Mutating") ? "mutatingwebhookconfigurations" : "validatingwebhookconfigurations";
        created(
                "/apis/admissionregistration.k8s.io/v1/" + path,
                "{'apiVersion':'admissionregistration.k8s.io/v1','kind':'" + kind + "','metadata':{'name':'" + name
                        + "'},'webhooks':[{'name':'" + name
                        + ".example.com','sideEffects':'None','admissionReviewVersions':['v1'],'clientConfig':" + client
                        + ",'rules':[{'operations':['CREATE'],'apiGroups':[''],'apiVersions':['v1'],'resources':['configmaps']}],"
                        + "'objectSelector':{'matchLabels':{'hook':'" + name + "'}}" + more + "}]}");
    }

    private static String hooked(String name, String hook) {
        return "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'" + name + "','labels':{'hook':'" + hook
                + "'}}}";
    }

    @Test
    void whyItWasAllowedIsTold() throws Exception {
        created(
                "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
                "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'RoleBinding','metadata':{'name':'ann'},'roleRef':{'apiGroup':"
                        + "'rbac.authorization.k8s.io','kind':'ClusterRole','name':'edit'},'subjects':[{'apiGroup':"
                        + "'rbac.authorization.k8s.io','kind':'User','name':'ann'}]}");
        HttpClient ann = server.http(Optional.of(server.authority().client("ann", "CN=ann")));
        HttpResponse<String> answer = post(ann, configMaps("allowed"), configMap("allowed"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(told("configmaps", "allowed"))
                .containsEntry("authorization.k8s.io/decision", "allow")
                .containsEntry(
                        "authorization.k8s.io/reason",
                        "RBAC: allowed by RoleBinding \"ann/default\" of ClusterRole \"edit\" to User \"ann\"");
    }

    @Test
    void podSecurityTellsItsPolicyAndWhatViolatesIt() throws Exception {
        created(
                "/api/v1/namespaces",
                "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'strict','labels':{"
                        + "'pod-security.kubernetes.io/enforce':'baseline','pod-security.kubernetes.io/audit':'restricted'}}}");
        String pod =
                "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i'}]}}";
        created("/api/v1/namespaces/strict/pods?fieldManager=p", pod);
        assertThat(told("pods", "p")).containsEntry("pod-security.kubernetes.io/enforce-policy", "baseline:latest");
        assertThat(told("pods", "p").get("pod-security.kubernetes.io/audit-violations"))
                .startsWith("would violate PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false");
        assertThat(post(
                                admin,
                                "/api/v1/namespaces/strict/pods?fieldManager=host",
                                pod.replace("'spec':{", "'spec':{'hostNetwork':true,"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(told("pods", "host"))
                .as("also of what is refused")
                .containsEntry("pod-security.kubernetes.io/enforce-policy", "baseline:latest");
    }

    @Test
    void policiesTellWhatTheyOnlyAudit() throws Exception {
        String group = "/apis/admissionregistration.k8s.io/v1/";
        created(
                group + "validatingadmissionpolicies",
                "{'apiVersion':'admissionregistration.k8s.io/v1','kind':'ValidatingAdmissionPolicy','metadata':{'name':'named'},'spec':{"
                        + "'matchConstraints':{'resourceRules':[{'operations':['CREATE'],'apiGroups':[''],'apiVersions':['v1'],"
                        + "'resources':['configmaps']}]},'validations':[{'expression':'true'},{'expression':"
                        + "'size(object.metadata.name) < 7','message':'a bad name'}],'auditAnnotations':[{'key':'length',"
                        + "'valueExpression':'string(size(object.metadata.name))'}]}}");
        created(
                group + "validatingadmissionpolicybindings",
                "{'apiVersion':'admissionregistration.k8s.io/v1','kind':'ValidatingAdmissionPolicyBinding','metadata':{'name':'b'},'spec':"
                        + "{'policyName':'named','validationActions':['Audit']}}");
        created(configMaps("bad-map"), configMap("bad-map"));
        assertThat(told("configmaps", "bad-map"))
                .containsEntry(
                        "validation.policy.admission.k8s.io/validation_failure",
                        "[{\"message\":\"a bad name\",\"policy\":\"named\",\"binding\":\"b\",\"expressionIndex\":1,"
                                + "\"validationActions\":[\"Audit\"]}]")
                .containsEntry("named/length", "7");
    }

    @Test
    void webhooksTellWhatTheyChangedAndSaid() throws Exception {
        String patch = "[{\"op\":\"add\",\"path\":\"/data\",\"value\":{\"k\":\"v\"}}]";
        webhook(
                "MutatingWebhookConfiguration",
                "changes",
                webhook.at("/changes", (request, response) -> {
                    TestAdmissionWebhook.patch(response, patch);
                    Json.child(response, "auditAnnotations").put("why", "because");
                }),
                "");
        webhook(
                "ValidatingWebhookConfiguration",
                "gone",
                Json.object().put("url", "https://127.0.0.1:1/gone"),
                ",'failurePolicy':'Ignore'");
        created(configMaps("hooked"), hooked("hooked", "changes"));
        assertThat(told("configmaps", "hooked"))
                .containsEntry(
                        "mutation.webhook.admission.k8s.io/round_0_index_0",
                        "{\"configuration\":\"changes\",\"webhook\":\"changes.example.com\",\"mutated\":true}")
                .containsEntry(
                        "patch.webhook.admission.k8s.io/round_0_index_0",
                        "{\"configuration\":\"changes\",\"webhook\":\"changes.example.com\",\"patch\":" + patch
                                + ",\"patchType\":\"JSONPatch\"}")
                .containsEntry("changes.example.com/why", "because");
        created(configMaps("passed"), hooked("passed", "gone"));
        assertThat(told("configmaps", "passed"))
                .containsEntry("failed-open.validating.webhook.admission.k8s.io/round_0_index_0", "gone.example.com");
    }
}

package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.Kubectl;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Who may do what, as kubectl and any other client see it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessTest {

    private TestServer server;
    private HttpClient admin;
    private Path directory;

    @BeforeAll
    void start(@TempDir Path temporary) {
        directory = temporary;
        server = TestServer.start(temporary);
        admin = server.admin();
        TestServer.await("the rules of view", () -> {
            try {
                return get(admin, "/apis/rbac.authorization.k8s.io/v1/clusterroles/admin")
                        .body()
                        .contains("deployments");
            } catch (IOException | InterruptedException e) {
                return false;
            }
        });
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(HttpClient client, String path, String... headers)
            throws IOException, InterruptedException {
        return server.get(client, path, headers);
    }

    private HttpResponse<String> send(HttpClient client, String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        return server.send(client, method, path, "application/json", body.replace('\'', '"'), headers);
    }

    private static String message(HttpResponse<String> response) {
        return Json.string(Json.parse(response.body()), "message").orElse("");
    }

    private Kubectl kubectl(String version, Path kubeconfig) {
        return Kubectl.of(version, kubeconfig, directory, "v" + version.replace('.', '-'));
    }

    private Path withToken(String token) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "token", ".kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: test, cluster: {server: "%s", certificate-authority: "%s"}}]
                users: [{name: bot, user: {token: "%s"}}]
                contexts: [{name: test, context: {cluster: test, user: bot}}]
                current-context: test
                """.formatted(
                        server.url(""), server.authority().certificate(), token));
    }

    // kubectl

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.33"})
    void kubectlAsksWhoOneIsAndWhatOneMay(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl(version, server.kubeconfig());
        String namespace = kubectl.namespace();
        kubectl.ok("create", "namespace", namespace);
        if (!version.equals("1.27")) {
            // In 1.27 whoami speaks v1alpha1 and v1beta1 only.
            assertThat(kubectl.ok("auth", "whoami"))
                    .containsPattern("Username +admin")
                    .contains("[system:masters system:authenticated]");
        }
        assertThat(kubectl.ok("auth", "can-i", "create", "pods")).startsWith("yes");
        assertThat(kubectl.run("auth", "can-i", "create", "pods", "--as", "joe").text())
                .startsWith("no");
        kubectl.ok("create", "role", "reader", "--verb=get,list", "--resource=pods,pods/log");
        kubectl.ok("create", "rolebinding", "joe-reads", "--role=reader", "--user=joe");
        assertThat(kubectl.ok("auth", "can-i", "list", "pods", "--as", "joe")).startsWith("yes");
        assertThat(kubectl.ok("auth", "can-i", "get", "pods", "--subresource=log", "--as", "joe"))
                .startsWith("yes");
        assertThat(kubectl.run("auth", "can-i", "list", "pods", "-A", "--as", "joe")
                        .text())
                .contains("no");
        assertThat(kubectl.ok("auth", "can-i", "--list", "--as", "joe"))
                .contains("pods/log", "[get list]", "selfsubjectaccessreviews.authorization.k8s.io", "[/healthz]");
        assertThat(kubectl.ok("get", "pods", "--as", "joe")).contains("No resources found");
        assertThat(kubectl.run("get", "secrets", "--as", "joe").text())
                .isEqualTo("Error from server (Forbidden): secrets is forbidden: User \"joe\" cannot list resource"
                        + " \"secrets\" in API group \"\" in the namespace \"" + namespace + "\"\n");
        assertThat(kubectl.ok("auth", "reconcile", "-f", roleFile(namespace).toString()))
                .contains("role.rbac.authorization.k8s.io/reconciled");
    }

    private Path roleFile(String namespace) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "role", ".yaml"), """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: reconciled, namespace: %s}
                rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
                """.formatted(namespace));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.33"})
    void kubectlGetsATokenAndIsTheServiceAccount(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl(version, server.kubeconfig());
        String namespace = "sa" + kubectl.namespace();
        kubectl.ok("create", "namespace", namespace);
        kubectl.ok("-n", namespace, "create", "serviceaccount", "bot");
        String token = kubectl.ok("-n", namespace, "create", "token", "bot", "--duration=15m")
                .strip();
        Kubectl bot = kubectl(version, withToken(token));
        assertThat(bot.run("-n", namespace, "get", "pods").text())
                .contains("User \"system:serviceaccount:" + namespace + ":bot\" cannot list resource \"pods\"");
        kubectl.ok(
                "-n",
                namespace,
                "create",
                "rolebinding",
                "v",
                "--clusterrole=view",
                "--serviceaccount=" + namespace + ":bot");
        assertThat(bot.ok("-n", namespace, "get", "pods,deployments")).contains("No resources found");
        assertThat(bot.run("-n", namespace, "get", "secrets").text()).contains("Forbidden");
        assertThat(bot.run("-n", namespace, "create", "configmap", "x").text())
                .contains("cannot create resource \"configmaps\"");
        assertThat(kubectl.run("-n", namespace, "create", "token", "bot", "--duration=1m")
                        .text())
                .contains("spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes");
        assertThat(kubectl.run("-n", namespace, "create", "token", "nobody").text())
                .contains("serviceaccounts \"nobody\" not found");
        kubectl.ok("-n", namespace, "delete", "serviceaccount", "bot");
        assertThat(bot.run("-n", namespace, "get", "pods").text()).contains("You must be logged in to the server");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.33"})
    void nobodyGivesWhatItDoesNotHave(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl(version, server.kubeconfig());
        String namespace = "esc" + kubectl.namespace();
        kubectl.ok("create", "namespace", namespace);
        kubectl.ok("-n", namespace, "create", "rolebinding", "ann", "--clusterrole=admin", "--user=ann");
        assertThat(kubectl.ok(
                        "-n", namespace, "--as=ann", "create", "role", "r", "--verb=get", "--resource=configmaps"))
                .contains("created");
        assertThat(kubectl.run(
                                "-n",
                                namespace,
                                "--as=ann",
                                "--as-group=devs",
                                "create",
                                "role",
                                "s",
                                "--verb=get,list",
                                "--resource=resourcequotas,leases.coordination.k8s.io,runtimeclasses.node.k8s.io")
                        .text())
                .contains("roles.rbac.authorization.k8s.io \"s\" is forbidden: user \"ann\" (groups=[\"devs\""
                        + " \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
                        + "{APIGroups:[\"node.k8s.io\"], Resources:[\"runtimeclasses\"], Verbs:[\"get\" \"list\"]}");
        assertThat(kubectl.run(
                                "-n",
                                namespace,
                                "--as=ann",
                                "create",
                                "rolebinding",
                                "b",
                                "--clusterrole=cluster-admin",
                                "--user=ann")
                        .text())
                .contains("is attempting to grant RBAC permissions not currently held");
        assertThat(kubectl.ok(
                        "-n", namespace, "--as=ann", "create", "rolebinding", "c", "--clusterrole=edit", "--user=joe"))
                .contains("created");
        kubectl.ok(
                "-n",
                namespace,
                "create",
                "role",
                "binder",
                "--verb=bind",
                "--resource=clusterroles.rbac.authorization.k8s.io");
        kubectl.ok("-n", namespace, "create", "rolebinding", "binder", "--role=binder", "--user=ann");
        assertThat(kubectl.ok(
                        "-n",
                        namespace,
                        "--as=ann",
                        "create",
                        "rolebinding",
                        "b",
                        "--clusterrole=cluster-admin",
                        "--user=eve"))
                .contains("created");
        assertThat(kubectl.run(
                                "-n",
                                namespace,
                                "patch",
                                "rolebinding",
                                "b",
                                "--type=merge",
                                "-p",
                                "{\"roleRef\":{\"name\":\"view\"}}")
                        .text())
                .contains("roleRef: Invalid value", "cannot change roleRef");
    }

    // REST

    private String edit() {
        try {
            return get(admin, "/apis/rbac.authorization.k8s.io/v1/clusterroles/edit")
                    .body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theDefaultRolesAreThereAndGather() throws IOException, InterruptedException {
        String roles =
                get(admin, "/apis/rbac.authorization.k8s.io/v1/clusterroles").body();
        for (String name : List.of(
                "cluster-admin",
                "admin",
                "edit",
                "view",
                "system:discovery",
                "system:basic-user",
                "system:public-info-viewer",
                "system:node",
                "system:service-account-issuer-discovery")) {
            assertThat(roles).contains("\"name\":\"" + name + "\"");
        }
        TestServer.await("edit has gathered", () -> edit().contains("pods/eviction"));
        assertThat(edit())
                .as("as in Kubernetes, who shall resize pods is to be told so")
                .doesNotContain("pods/resize");
        String more =
                "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'ClusterRole','metadata':{'name':'more','labels':"
                        + "{'rbac.authorization.k8s.io/aggregate-to-view':'true'}},'rules':[{'apiGroups':['example.org'],'resources':"
                        + "['widgets'],'verbs':['get']}]}";
        assertThat(send(admin, "POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", more)
                        .statusCode())
                .isEqualTo(201);
        TestServer.await("admin has what view gathers", () -> {
            try {
                return get(admin, "/apis/rbac.authorization.k8s.io/v1/clusterroles/admin")
                        .body()
                        .contains("widgets");
            } catch (IOException | InterruptedException e) {
                return false;
            }
        });
    }

    @Test
    void reviewsGiveReasons() throws IOException, InterruptedException {
        String path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        HttpResponse<String> yes = send(
                admin,
                "POST",
                path,
                "{'spec':{'user':'joe','groups':['system:authenticated'],'nonResourceAttributes':{'verb':'get','path':'/api'}}}");
        assertThat(yes.statusCode()).isEqualTo(201);
        assertThat(Json.string(Json.parse(yes.body()), "status", "reason"))
                .contains(
                        "RBAC: allowed by ClusterRoleBinding \"system:discovery\" of ClusterRole \"system:discovery\" to"
                                + " Group \"system:authenticated\"");
        HttpResponse<String> no = send(
                admin,
                "POST",
                path,
                "{'spec':{'user':'joe','resourceAttributes':{'verb':'get','resource':'pods','namespace':'x'}}}");
        assertThat(Json.at(Json.parse(no.body()), "status", "allowed")
                        .orElseThrow()
                        .booleanValue())
                .isFalse();
        assertThat(send(admin, "POST", path, "{'spec':{'user':'joe'}}").statusCode())
                .isEqualTo(422);
        assertThat(send(
                                admin,
                                "POST",
                                "/apis/authorization.k8s.io/v1/namespaces/x/localsubjectaccessreviews",
                                "{'spec':{'user':'joe','resourceAttributes':{'verb':'get','resource':'pods','namespace':'y'}}}")
                        .body())
                .contains("must match");
        assertThat(get(admin, path).statusCode()).isEqualTo(405);
    }

    @Test
    void aTokenCanBeReviewedAndItsIssuerIsKnown() throws IOException, InterruptedException {
        send(
                admin,
                "POST",
                "/api/v1/namespaces/default/serviceaccounts",
                "{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'reviewed'}}");
        HttpResponse<String> requested = send(
                admin,
                "POST",
                "/api/v1/namespaces/default/serviceaccounts/reviewed/token",
                "{'kind':'TokenRequest','apiVersion':'authentication.k8s.io/v1','spec':{'audiences':['vault'],'expirationSeconds':600}}");
        assertThat(requested.statusCode()).as(requested.body()).isEqualTo(201);
        ObjectNode request = Json.parse(requested.body());
        assertThat(Json.number(request, "spec", "expirationSeconds")).contains(600L);
        String token = Json.string(request, "status", "token").orElseThrow();
        String reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
        ObjectNode forOthers = Json.parse(send(admin, "POST", reviews, "{'spec':{'token':'" + token + "'}}")
                .body());
        assertThat(Json.at(forOthers, "status", "authenticated")).isEmpty();
        assertThat(Json.string(forOthers, "status", "error").orElseThrow())
                .startsWith("[invalid bearer token, token audiences");
        ObjectNode known =
                Json.parse(send(admin, "POST", reviews, "{'spec':{'token':'" + token + "','audiences':['vault','x']}}")
                        .body());
        assertThat(Json.string(known, "status", "user", "username")).contains("system:serviceaccount:default:reviewed");
        assertThat(Json.items(known, "status", "audiences").toString()).isEqualTo("[\"vault\"]");
        ObjectNode keys = Json.parse(get(admin, "/openid/v1/jwks").body());
        assertThat(Json.items(keys, "keys")).isNotEmpty();
        assertThat(get(admin, "/.well-known/openid-configuration").body())
                .contains("\"issuer\":\"https://kubernetes.default.svc.cluster.local\"");
    }

    @Test
    void aNodeReadsOnlyWhatItsPodsNeed() throws IOException, InterruptedException {
        HttpClient node = server.http(Optional.of(server.authority().client("n1", "CN=system:node:n1,O=system:nodes")));
        send(
                admin,
                "POST",
                "/api/v1/namespaces/default/secrets",
                "{'apiVersion':'v1','kind':'Secret','metadata':{'name':'needed'},'stringData':{'a':'b'}}");
        send(
                admin,
                "POST",
                "/api/v1/namespaces/default/secrets",
                "{'apiVersion':'v1','kind':'Secret','metadata':{'name':'other'},'stringData':{'a':'b'}}");
        send(admin, "POST", "/api/v1/nodes", "{'apiVersion':'v1','kind':'Node','metadata':{'name':'n1'}}");
        String secret = "/api/v1/namespaces/default/secrets/needed";
        assertThat(message(get(node, secret))).endsWith("no relationship found between node 'n1' and this object");
        HttpResponse<String> pod = send(
                admin,
                "POST",
                "/api/v1/namespaces/default/pods",
                "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'needs'},'spec':{'nodeName':'n1','containers':[{'name':'c','image':'i'}],'volumes':["
                        + "{'name':'v','secret':{'secretName':'needed'}}]}}");
        assertThat(pod.statusCode()).as(pod.body()).isEqualTo(201);
        assertThat(get(node, secret).statusCode()).isEqualTo(200);
        assertThat(get(node, "/api/v1/namespaces/default/secrets/other").statusCode())
                .isEqualTo(403);
        assertThat(get(node, "/api/v1/pods?fieldSelector=spec.nodeName%3Dn1").statusCode())
                .isEqualTo(200);
        assertThat(get(node, "/api/v1/pods").statusCode()).isEqualTo(403);
        assertThat(send(node, "POST", "/api/v1/nodes", "{'apiVersion':'v1','kind':'Node','metadata':{'name':'n2'}}")
                        .body())
                .contains("node \\\"n1\\\" is not allowed to modify node \\\"n2\\\"");
    }

    @Test
    void whoMayPatchNeedNotBeLetToCreate() throws IOException, InterruptedException {
        String rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/";
        send(
                admin,
                "POST",
                rbac + "roles",
                "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'Role','metadata':{'name':'patcher'},'rules':[{'apiGroups':[''],'resources':['configmaps'],'verbs':['patch','get']}]}");
        send(
                admin,
                "POST",
                rbac + "rolebindings",
                "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'RoleBinding','metadata':{'name':'patcher'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'Role','name':'patcher'},'subjects':[{'kind':'User','name':'pat'}]}");
        HttpResponse<String> applied = admin.send(
                server.request("/api/v1/namespaces/default/configmaps/new?fieldManager=m")
                        .headers("Content-Type", "application/apply-patch+yaml", "Impersonate-User", "pat")
                        .method("PATCH", BodyPublishers.ofString("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(applied.statusCode()).isIn(403, 415);
    }

    @Test
    void impersonationOfNobodyIsToldSo() throws IOException, InterruptedException {
        assertThat(get(admin, "/api", "Impersonate-Group", "x").statusCode()).isEqualTo(400);
        assertThat(get(admin, "/api/v1/pods", "Impersonate-User", "joe").statusCode())
                .isEqualTo(403);
        assertThat(get(admin, "/api", "Impersonate-User", "joe").statusCode()).isEqualTo(200);
        assertThat(get(admin, "/", "Impersonate-User", "joe").statusCode()).isEqualTo(403);
    }
}

package io.keelson.orchestrator.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What nodes may do. */
class NodeRulesTest {

    private static final User N1 = new User("system:node:n1", List.of("system:nodes", "system:authenticated"));

    private final NodeGraph graph = new NodeGraph();

    private static ObjectNode json(String text) {
        return Json.parse(text.replace('\'', '"'));
    }

    @BeforeEach
    void aPodOnEachNode() {
        graph.set("x", "web", json("""
                {'spec':{'nodeName':'n1','serviceAccountName':'bot','imagePullSecrets':[{'name':'pull'}],
                'containers':[{'name':'c','env':[{'name':'A','valueFrom':{'secretKeyRef':{'name':'env','key':'k'}}}],
                'envFrom':[{'configMapRef':{'name':'from'}}]}],
                'volumes':[{'name':'v','secret':{'secretName':'vol'}},{'name':'p','projected':{'sources':[
                {'configMap':{'name':'kube-root-ca.crt'}}]}},{'name':'d','persistentVolumeClaim':{'claimName':'data'}}]}}"""));
        graph.set("x", "db", json("{'spec':{'nodeName':'n2','volumes':[{'name':'v','secret':{'secretName':'db'}}]}}"));
    }

    private Decision ask(String verb, String group, String resource, String namespace, String name) {
        return NodeRules.decide(N1, new Access.ToObjects(verb, group, resource, namespace, name), graph);
    }

    @Test
    void aNodeReadsWhatItsPodsNeed() {
        for (String secret : List.of("pull", "env", "vol")) {
            assertThat(ask("get", "", "secrets", "x", secret).allowed())
                    .as(secret)
                    .isTrue();
        }
        assertThat(ask("watch", "", "configmaps", "x", "from").allowed()).isTrue();
        assertThat(ask("get", "", "configmaps", "x", "kube-root-ca.crt").allowed())
                .isTrue();
        assertThat(ask("get", "", "persistentvolumeclaims", "x", "data").allowed())
                .isTrue();
        assertThat(ask("create", "", "serviceaccounts/token", "x", "bot").allowed())
                .isTrue();
    }

    @Test
    void aNodeReadsNothingElse() {
        assertThat(ask("get", "", "secrets", "x", "db"))
                .isEqualTo(Decision.noOpinion("no relationship found between node 'n1' and this object"));
        assertThat(ask("get", "", "secrets", "y", "vol").allowed()).isFalse();
        assertThat(ask("list", "", "secrets", "x", "")).isEqualTo(Decision.noOpinion("No Object name found"));
        assertThat(ask("update", "", "secrets", "x", "vol"))
                .isEqualTo(Decision.noOpinion("can only read resources of this type"));
        assertThat(ask("create", "", "serviceaccounts/token", "x", "other").allowed())
                .isFalse();
        assertThat(ask("delete", "", "serviceaccounts", "x", "bot").allowed()).isFalse();
    }

    @Test
    void whatAPodNeededIsForgottenWithIt() {
        graph.set(
                "x", "web2", json("{'spec':{'nodeName':'n1','volumes':[{'name':'v','secret':{'secretName':'vol'}}]}}"));
        graph.forget("x", "web");
        assertThat(ask("get", "", "secrets", "x", "vol").allowed()).isTrue();
        assertThat(ask("get", "", "secrets", "x", "env").allowed()).isFalse();
        graph.set(
                "x", "web2", json("{'spec':{'nodeName':'n2','volumes':[{'name':'v','secret':{'secretName':'vol'}}]}}"));
        assertThat(ask("get", "", "secrets", "x", "vol").allowed()).isFalse();
    }

    @Test
    void aNodeWritesOfItselfAlone() {
        assertThat(ask("patch", "", "nodes/status", "", "n1").allowed()).isTrue();
        assertThat(ask("patch", "", "nodes/status", "", "n2").allowed()).isFalse();
        assertThat(ask("delete", "", "nodes", "", "n1").allowed()).isFalse();
        assertThat(ask("update", "coordination.k8s.io", "leases", "kube-node-lease", "n1")
                        .allowed())
                .isTrue();
        assertThat(ask("update", "coordination.k8s.io", "leases", "kube-node-lease", "n2"))
                .isEqualTo(Decision.noOpinion("can only access node lease with the same name as the requesting node"));
        assertThat(ask("update", "coordination.k8s.io", "leases", "x", "n1").allowed())
                .isFalse();
        assertThat(ask("patch", "", "pods/status", "x", "web").allowed()).isTrue();
        assertThat(ask("patch", "", "pods/status", "x", "db").allowed()).isFalse();
        assertThat(ask("patch", "", "pods", "x", "web").allowed()).isFalse();
        assertThat(NodeRules.decide(N1, new Access.ForNode("heartbeat", "n1"), graph)
                        .allowed())
                .isTrue();
        assertThat(NodeRules.decide(N1, new Access.ForNode("heartbeat", "n2"), graph)
                        .allowed())
                .isFalse();
    }

    @Test
    void podsAreListedForOneNodeOnly() {
        assertThat(NodeRules.decide(N1, new Access.ToObjects("list", "", "pods", "", "", "n1"), graph)
                        .allowed())
                .isTrue();
        assertThat(NodeRules.decide(N1, new Access.ToObjects("watch", "", "pods", "", "", "n2"), graph))
                .isEqualTo(Decision.noOpinion("can only list/watch pods with spec.nodeName field selector"));
    }

    @Test
    void nobodyElseIsANode() {
        User pretender = new User("system:node:n1", List.of("devs"));
        assertThat(NodeRules.decide(pretender, new Access.ForNode("heartbeat", "n1"), graph)
                        .allowed())
                .isFalse();
        User nameless = new User("somebody", List.of("system:nodes"));
        assertThat(NodeRules.decide(nameless, new Access.ForNode("heartbeat", "n1"), graph))
                .isEqualTo(Decision.noOpinion("unknown node for user \"somebody\""));
    }

    @Test
    void aNodeCreatesNoPodsThatWouldLetItReadSecrets() {
        String mirror = "{'metadata':{'annotations':{'kubernetes.io/config.mirror':'1'}},'spec':{'nodeName':'n1'%s}}";
        assertThat(NodeRules.restriction(N1, "pods", "p", true, json(mirror.formatted(""))))
                .isEmpty();
        assertThat(NodeRules.restriction(
                        N1, "pods", "p", true, json(mirror.formatted(",'serviceAccountName':'admin'"))))
                .isPresent();
        assertThat(NodeRules.restriction(N1, "pods", "p", true, json("{'spec':{'nodeName':'n1'}}")))
                .contains("pod does not have \"kubernetes.io/config.mirror\" annotation, node \"n1\" can only create"
                        + " mirror pods");
        assertThat(NodeRules.restriction(N1, "nodes", "n2", true, json("{}")))
                .contains("node \"n1\" is not allowed to modify node \"n2\"");
    }
}

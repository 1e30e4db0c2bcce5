package io.keelson.orchestrator.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Json;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Which request belongs to which flow. */
class FlowsTest {

    private static final Access PODS = new Access.ToObjects("list", "", "pods", "x", "");

    private final Flows flows = new Flows();

    @BeforeEach
    void defaults() {
        DefaultFlows.levels().forEach(each -> flows.set("prioritylevelconfigurations", name(each), each));
        DefaultFlows.schemas().forEach(each -> flows.set("flowschemas", name(each), each));
    }

    private static String name(ObjectNode object) {
        return Json.string(object, "metadata", "name").orElseThrow();
    }

    private Flows.Place place(String user, String... groups) {
        return flows.place(new User(user, List.of(groups)), PODS, 245);
    }

    @Test
    void theDefaultsSortRequestsAsInKubernetes() {
        assertThat(place("admin", "system:masters").level().exempt()).isTrue();
        assertThat(place("system:node:n1", "system:nodes", "system:authenticated")
                        .level()
                        .name())
                .isEqualTo("system");
        assertThat(place("system:serviceaccount:kube-system:a", "system:serviceaccounts")
                        .level()
                        .name())
                .isEqualTo("workload-high");
        assertThat(place("system:serviceaccount:x:a", "system:serviceaccounts")
                        .level()
                        .name())
                .isEqualTo("workload-low");
        Flows.Place joe = place("joe", "system:authenticated");
        assertThat(joe.level().name()).isEqualTo("global-default");
        assertThat(joe.flow()).isEqualTo("global-default/joe");
        assertThat(joe.seats()).as("20 of 245 shares").isEqualTo(20);
        Access lease = new Access.ToObjects("update", "coordination.k8s.io", "leases", "kube-node-lease", "n1");
        assertThat(flows.place(new User("system:node:n1", List.of("system:nodes")), lease, 245)
                        .level()
                        .name())
                .isEqualTo("node-high");
        Access health = new Access.ToPath("get", "/readyz");
        assertThat(flows.place(new User("x", List.of("system:unauthenticated")), health, 245)
                        .level()
                        .exempt())
                .isTrue();
    }

    @Test
    void whatNoSchemaTakesIsCaughtAndALevelThatIsGoneIsPassedOver() {
        assertThat(place("nobody").level().name()).isEqualTo("catch-all");
        assertThat(place("nobody").seats()).isEqualTo(5);
        flows.forget("prioritylevelconfigurations", "global-default");
        assertThat(place("joe", "system:authenticated").level().name()).isEqualTo("catch-all");
        assertThat(new Flows().place(new User("joe", List.of()), PODS, 3).seats())
                .isGreaterThanOrEqualTo(1);
    }

    @Test
    void theLowestPrecedenceDecides() {
        flows.set("flowschemas", "mine", Json.parse("""
                {"spec":{"matchingPrecedence":10,"priorityLevelConfiguration":{"name":"system"},
                "distinguisherMethod":{"type":"ByNamespace"},"rules":[{"subjects":[{"kind":"User","user":{"name":"joe"}}],
                "resourceRules":[{"verbs":["list"],"apiGroups":[""],"resources":["pods"],"namespaces":["x"]}]}]}}"""));
        assertThat(place("joe", "system:authenticated").flow()).isEqualTo("mine/x");
        Access other = new Access.ToObjects("list", "", "pods", "", "");
        assertThat(flows.place(new User("joe", List.of("system:authenticated")), other, 245)
                        .flow())
                .isEqualTo("global-default/joe");
    }
}

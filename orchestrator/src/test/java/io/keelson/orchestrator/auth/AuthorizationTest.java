package io.keelson.orchestrator.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.User;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuthorizationTest {

    private static final Access PODS = new Access.ToObjects("list", "", "pods", "x", "");

    @Test
    void aSubjectNamesTheUserAndItsGroups() {
        assertThat(Identity.ofSubject("CN=admin,O=system:masters"))
                .contains(new User("admin", List.of("system:masters")));
        assertThat(Identity.ofSubject("CN=system:node:n1,O=b+O=a,C=DE")).get().satisfies(user -> {
            assertThat(user.name()).isEqualTo("system:node:n1");
            assertThat(user.groups()).containsExactlyInAnyOrder("a", "b");
        });
        assertThat(Identity.ofSubject("O=nobody")).isEmpty();
    }

    @Test
    void mastersMayDoAll() {
        assertThat(Authorization.refusal(new User("a", List.of("system:masters")), PODS))
                .isEmpty();
        assertThat(Authorization.refusal(
                        new User("a", List.of("system:masters")), new Access.ForNode("register", "n1")))
                .isEmpty();
    }

    @Test
    void refusalsHaveKubernetesWords() {
        User user = new User("u", List.of());
        assertThat(Authorization.refusal(user, PODS).orElseThrow().message())
                .isEqualTo(
                        "pods is forbidden: User \"u\" cannot list resource \"pods\" in API group \"\" in the namespace"
                                + " \"x\"");
        assertThat(Authorization.refusal(user, new Access.ToObjects("update", "apps", "deployments/scale", "x", "web"))
                        .orElseThrow()
                        .message())
                .isEqualTo("deployments.apps \"web\" is forbidden: User \"u\" cannot update resource"
                        + " \"deployments/scale\" in API group \"apps\" in the namespace \"x\"");
        assertThat(Authorization.refusal(user, new Access.ToObjects("get", "", "nodes", "", "n"))
                        .orElseThrow()
                        .message())
                .endsWith("at the cluster scope");
        assertThat(Authorization.refusal(user, new Access.ToPath("get", "/api"))
                        .orElseThrow()
                        .message())
                .isEqualTo("forbidden: User \"u\" cannot get path \"/api\"");
    }

    @Test
    void aNodeSpeaksForItselfAlone() {
        User node = new User("system:node:n1", List.of("system:nodes"));
        assertThat(Authorization.refusal(node, new Access.ForNode("register", "n1")))
                .isEmpty();
        assertThat(Authorization.refusal(node, new Access.ForNode("register", "n2")))
                .isPresent();
        assertThat(Authorization.refusal(node, PODS)).isPresent();
        User pretender = new User("system:node:n1", List.of());
        assertThat(Authorization.refusal(pretender, new Access.ForNode("register", "n1")))
                .isPresent();
    }
}

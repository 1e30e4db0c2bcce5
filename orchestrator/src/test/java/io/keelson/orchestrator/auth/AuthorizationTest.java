package io.keelson.orchestrator.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The words of a no, and the names in certificates. */
class AuthorizationTest {

    private static final User JOE = new User("joe", List.of("people"));

    private static String message(Access access) {
        return Authorization.forbidden(JOE, access, "").message();
    }

    @Test
    void refusalsAreInKubernetesWords() {
        assertThat(message(new Access.ToObjects("list", "", "pods", "x", "")))
                .isEqualTo("pods is forbidden: User \"joe\" cannot list resource \"pods\" in API group \"\" in the"
                        + " namespace \"x\"");
        assertThat(message(new Access.ToObjects("update", "apps", "deployments/scale", "x", "web")))
                .isEqualTo("deployments.apps \"web\" is forbidden: User \"joe\" cannot update resource"
                        + " \"deployments/scale\" in API group \"apps\" in the namespace \"x\"");
        assertThat(message(new Access.ToObjects("get", "", "nodes", "", "n")))
                .isEqualTo("nodes \"n\" is forbidden: User \"joe\" cannot get resource \"nodes\" in API group \"\" at"
                        + " the cluster scope");
        assertThat(message(new Access.ToPath("get", "/api")))
                .isEqualTo("forbidden: User \"joe\" cannot get path \"/api\"");
        Rejection rejection = Authorization.forbidden(JOE, new Access.ToPath("get", "/x"), "RBAC: because");
        assertThat(rejection.message()).endsWith("path \"/x\": RBAC: because");
        assertThat(rejection.reason()).isEqualTo(Reason.FORBIDDEN);
    }

    @Test
    void theFirstYesDecidesAndEveryNoIsTold() {
        assertThat(Authorization.first(Decision.noOpinion("a"), Decision.allowed("b")))
                .isEqualTo(Decision.allowed("b"));
        assertThat(Authorization.first(Decision.noOpinion("a"), Decision.noOpinion("b")))
                .isEqualTo(Decision.noOpinion("a\nb"));
        assertThat(Authorization.first(Decision.NO_OPINION, Decision.noOpinion("b")))
                .isEqualTo(Decision.noOpinion("b"));
    }

    @Test
    void aSubjectIsReadIntoNameAndGroups() {
        assertThat(Identity.ofSubject("CN=admin,O=system:masters,O=devs")
                        .orElseThrow()
                        .groups())
                .containsExactlyInAnyOrder("system:masters", "devs");
        assertThat(Identity.ofSubject("O=system:masters")).isEmpty();
        assertThat(Identity.ofSubject("what?")).isEmpty();
    }
}

package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KindsTest {

    private final Kinds kinds = Kinds.builtIn();

    @Test
    void kindIsFoundByWhatPeopleCallIt() {
        for (String name : new String[] {
            "deployments",
            "deployment",
            "deploy",
            "Deployment",
            "deployments.apps",
            "deploy.apps",
            "deployments.v1.apps"
        }) {
            assertThat(kinds.named(name)).as(name).contains(Kinds.DEPLOYMENT);
        }
        assertThat(kinds.named("po")).contains(Kinds.POD);
        assertThat(kinds.named("poods")).isEmpty();
        assertThat(kinds.named("pods.apps")).isEmpty();
    }

    @Test
    void kindIsFoundByPathAndByObject() {
        for (Kind kind : kinds.all()) {
            assertThat(kinds.byResource(kind.group(), kind.resource())).contains(kind);
            assertThat(kinds.byApiVersion(kind.apiVersion(), kind.kind())).contains(kind);
        }
        assertThat(kinds.byApiVersion("extensions/v1beta1", "Deployment")).isEmpty();
        assertThat(kinds.byResource("", "deployments")).isEmpty();
    }
}

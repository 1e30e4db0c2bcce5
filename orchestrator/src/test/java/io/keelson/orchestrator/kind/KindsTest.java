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
            assertThat(kinds.byResource(kind.group(), kind.version(), kind.resource()))
                    .contains(kind);
            assertThat(kinds.byApiVersion(kind.apiVersion(), kind.kind())).contains(kind);
        }
        assertThat(kinds.byApiVersion("extensions/v1beta1", "Deployment")).isEmpty();
        assertThat(kinds.byResource("", "v1", "deployments")).isEmpty();
    }

    @Test
    void groupsAndKindsAreInTheOrderOfKubernetes() {
        assertThat(kinds.all().stream().map(Kind::group).distinct())
                .containsExactly(
                        "",
                        "apps",
                        "events.k8s.io",
                        "authentication.k8s.io",
                        "authorization.k8s.io",
                        "autoscaling",
                        "batch",
                        "certificates.k8s.io",
                        "networking.k8s.io",
                        "policy",
                        "rbac.authorization.k8s.io",
                        "storage.k8s.io",
                        "admissionregistration.k8s.io",
                        "apiextensions.k8s.io",
                        "scheduling.k8s.io",
                        "coordination.k8s.io",
                        "node.k8s.io",
                        "discovery.k8s.io",
                        "flowcontrol.apiserver.k8s.io");
        assertThat(kinds.all().stream().filter(kind -> kind.categories().contains("all")))
                .extracting(Kind::qualifiedResource)
                .containsExactly(
                        "pods",
                        "replicationcontrollers",
                        "services",
                        "daemonsets.apps",
                        "deployments.apps",
                        "replicasets.apps",
                        "statefulsets.apps",
                        "horizontalpodautoscalers.autoscaling",
                        "horizontalpodautoscalers.autoscaling",
                        "cronjobs.batch",
                        "jobs.batch");
    }

    @Test
    void versionsOfOneKindShareTheirKeys() {
        Kind v1 =
                kinds.byApiVersion("autoscaling/v1", "HorizontalPodAutoscaler").orElseThrow();
        Kind v2 =
                kinds.byApiVersion("autoscaling/v2", "HorizontalPodAutoscaler").orElseThrow();
        assertThat(v1).isNotEqualTo(v2);
        assertThat(v1.keyPrefix())
                .isEqualTo(v2.keyPrefix())
                .isEqualTo("/registry/autoscaling/horizontalpodautoscalers/");
        assertThat(kinds.byKeyPrefix(v1.keyPrefix())).contains(v2);
        assertThat(kinds.named("hpa")).contains(v2);
        assertThat(kinds.byKeyPrefix("/registry/events.k8s.io/events/")).isEmpty();
    }
}

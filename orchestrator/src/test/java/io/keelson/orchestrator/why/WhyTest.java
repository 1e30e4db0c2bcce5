package io.keelson.orchestrator.why;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Picture;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Situations, and the one sentence that names the reason of each. */
class WhyTest {

    private final Picture picture = Picture.empty().with("""
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","labels":{"disk":"hdd"}},
             "status":{"allocatable":{"cpu":"4","memory":"8Gi","pods":"110"},
              "conditions":[{"type":"Ready","status":"True"}]}}
            """);

    private Explanation explain(Kind kind, String name) {
        return Why.explain(picture.image(), Picture.ref(kind, name)).orElseThrow();
    }

    private Explanation explain(String resource, String name) {
        return explain(Kinds.builtIn().named(resource).orElseThrow(), name);
    }

    private void pod(String name, String metadata, String spec, String status) {
        picture.with("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name + "\"" + metadata
                + "},\"spec\":{" + spec + "},\"status\":{" + status + "}}");
    }

    private static String container(String more) {
        return "\"containers\":[{\"name\":\"main\",\"image\":\"app:1\"" + more + "}]";
    }

    private static String onNode(String more) {
        return "\"nodeName\":\"n1\"," + container(more);
    }

    private static String state(String state) {
        return "\"phase\":\"Pending\",\"containerStatuses\":[{\"name\":\"main\",\"image\":\"app:1\",\"ready\":false,\"restartCount\":3,"
                + state + "}]";
    }

    private static void assertStuck(Explanation explanation, String reason, String remedy) {
        assertThat(explanation.reason()).contains(reason);
        assertThat(explanation.remedy()).contains(remedy);
        assertThat(explanation.state()).isEqualTo(Explanation.State.STUCK);
    }

    @Test
    void anObjectThatIsNotThereHasNoExplanation() {
        assertThat(Why.explain(picture.image(), Picture.ref(Kinds.POD, "none"))).isEmpty();
    }

    // Placement

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"resources\":{\"requests\":{\"cpu\":\"9\"}} | | Insufficient cpu | Lower the requests for cpu",
                "\"x\":1 | \"nodeSelector\":{\"disk\":\"ssd\"} | didn't match Pod's node affinity/selector | Label a node so that it matches disk=ssd",
                "\"x\":1 | \"schedulingGates\":[{\"name\":\"g\"}] | scheduling gates are gone: g | remove them from spec.schedulingGates",
                "\"x\":1 | \"schedulerName\":\"other\" | waits for the scheduler other | Run that scheduler",
                "\"x\":1 | \"volumes\":[{\"name\":\"v\",\"persistentVolumeClaim\":{\"claimName\":\"c\"}}] | PersistentVolumeClaim c is not there | Create it"
            })
    void aPodWithoutANode(String containerMore, String spec, String reason, String remedy) {
        pod("p", "", container("," + containerMore) + (spec == null ? "" : "," + spec), "\"phase\":\"Pending\"");
        assertStuck(explain(Kinds.POD, "p"), reason, remedy);
    }

    @Test
    void aTaintIsNamed() {
        picture.with("""
                {"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"},
                 "spec":{"taints":[{"key":"gpu","value":"yes","effect":"NoSchedule"}]},
                 "status":{"allocatable":{"cpu":"4","memory":"8Gi","pods":"110"},"conditions":[{"type":"Ready","status":"True"}]}}
                """);
        pod("p", "", container(""), "");
        assertStuck(explain(Kinds.POD, "p"), "untolerated taint {gpu: yes}", "toleration for the taint gpu=yes");
    }

    @Test
    void withoutNodesAndWithRoom() {
        pod("p", "", container(""), "");
        assertThat(explain(Kinds.POD, "p").state()).isEqualTo(Explanation.State.UNDER_WAY);
        assertThat(explain(Kinds.POD, "p").reason()).isEqualTo("Pod p is about to be placed on node n1.");
        picture.without(Picture.ref(Kinds.NODE, "n1"));
        assertStuck(explain(Kinds.POD, "p"), "there are no nodes", "Start a node");
    }

    // Containers

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"state\":{\"waiting\":{\"reason\":\"ImagePullBackOff\",\"message\":\"no such tag\"}} | image app:1 cannot be fetched: no such tag | Mend the name",
                "\"state\":{\"waiting\":{\"reason\":\"InvalidImageName\"}} | \"app:1\" is no name of an image | containers[name=main].image",
                "\"state\":{\"waiting\":{\"reason\":\"ErrImageNeverPull\"}} | imagePullPolicy is Never | Bring the image",
                "\"state\":{\"waiting\":{\"reason\":\"CreateContainerConfigError\",\"message\":\"key x\"}} | cannot be configured: key x | Create what is missing",
                "\"state\":{\"waiting\":{\"reason\":\"RunContainerError\",\"message\":\"no such file\"}} | RunContainerError: no such file | Mend what",
                "\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}},\"lastState\":{\"terminated\":{\"exitCode\":1}} | ends with exit code 1, again and again (3 restarts) | keelson logs p -c main",
                "\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}},\"lastState\":{\"terminated\":{\"exitCode\":137,\"reason\":\"OOMKilled\"}} | more memory than its limit | Raise resources.limits.memory",
                "\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}},\"lastState\":{\"terminated\":{\"exitCode\":0}} | ends with exit code 0 | belongs in a Job",
                "\"state\":{\"terminated\":{\"exitCode\":2}} | ends with exit code 2, and is not started again | keelson logs",
                "\"state\":{\"running\":{}} | readiness probe (GET /up on port 80) does not succeed | has to answer the probe"
            })
    void aContainerThatHoldsItsPodBack(String state, String reason, String remedy) {
        pod("p", "", onNode(",\"readinessProbe\":{\"httpGet\":{\"path\":\"/up\",\"port\":80}}"), state(state));
        assertStuck(explain(Kinds.POD, "p"), reason, remedy);
    }

    @Test
    void whatIsUnderWayNeedsNoHelp() {
        pod("p", "", onNode(""), state("\"state\":{\"waiting\":{\"reason\":\"ContainerCreating\"}}"));
        assertThat(explain(Kinds.POD, "p").state()).isEqualTo(Explanation.State.UNDER_WAY);
        pod("q", "", onNode(",\"startupProbe\":{\"tcpSocket\":{\"port\":80}}"), state("\"state\":{\"running\":{}}"));
        assertThat(explain(Kinds.POD, "q").state()).isEqualTo(Explanation.State.UNDER_WAY);
        assertThat(explain(Kinds.POD, "q").reason()).contains("startup probe (TCP on port 80)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"volumes\":[{\"name\":\"v\",\"configMap\":{\"name\":\"cm\"}}] | | the ConfigMap cm that a volume takes from is not there",
                "\"volumes\":[{\"name\":\"v\",\"secret\":{\"secretName\":\"s\"}}] | | the Secret s that a volume takes from is not there",
                "\"x\":1 | \"envFrom\":[{\"secretRef\":{\"name\":\"s\"}}] | the Secret s that the environment of container main takes from is not there",
                "\"x\":1 | \"env\":[{\"name\":\"E\",\"valueFrom\":{\"configMapKeyRef\":{\"name\":\"cm\",\"key\":\"k\"}}}] | the ConfigMap cm that the environment of container main takes from"
            })
    void aPodThatNamesWhatIsNotThere(String spec, String containerMore, String reason) {
        pod("p", "", onNode(containerMore == null ? "" : "," + containerMore) + "," + spec, "\"phase\":\"Pending\"");
        assertStuck(explain(Kinds.POD, "p"), reason, "in namespace default, or mark it as optional");
    }

    @Test
    void whatIsOptionalOrThereIsNotMissing() {
        picture.with("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"cm\"}}");
        pod(
                "p",
                "",
                onNode("") + ",\"volumes\":[{\"name\":\"v\",\"configMap\":{\"name\":\"cm\"}},"
                        + "{\"name\":\"w\",\"secret\":{\"secretName\":\"s\",\"optional\":true}}]",
                "\"phase\":\"Pending\"");
        assertThat(explain(Kinds.POD, "p").state()).isEqualTo(Explanation.State.UNDER_WAY);
    }

    // Nodes

    @Test
    void aNodeThatIsSilentIsTheReasonOfItsPods() {
        picture.with("""
                {"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"},
                 "status":{"conditions":[{"type":"Ready","status":"Unknown","message":"Kubelet stopped posting node status."}]}}
                """);
        pod("p", "", onNode(""), "\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\"}]");
        Explanation explanation = explain(Kinds.POD, "p");
        assertStuck(
                explanation,
                "Node n1 has stopped reporting its state: Kubelet stopped posting node status.",
                "Start the node");
        assertThat(explanation.chain()).extracting(link -> link.ref().name()).containsExactly("p", "n1");
        pod("lost", "", "\"nodeName\":\"n9\"," + container(""), "");
        assertStuck(explain(Kinds.POD, "lost"), "the node n9, which is not there", "Start a node of that name");
    }

    @Test
    void aNodeUnderPressureAndOneThatIsWell() {
        picture.with("""
                {"apiVersion":"v1","kind":"Node","metadata":{"name":"n2"},
                 "status":{"conditions":[{"type":"Ready","status":"True"},{"type":"DiskPressure","status":"True"}]}}
                """);
        assertStuck(explain(Kinds.NODE, "n2"), "reports DiskPressure", "Free the resource");
        assertThat(explain(Kinds.NODE, "n1").isAsWished()).isTrue();
    }

    // Workloads

    private static final String OWNED_BY_WEB =
            ",\"labels\":{\"app\":\"web\"},\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"ReplicaSet\",\"name\":\"web-1\","
                    + "\"uid\":\"uid-web-1\",\"controller\":true}]";

    private void deployment(String spec, String status) {
        picture.with(
                "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\",\"generation\":2},"
                        + "\"spec\":{\"replicas\":2" + spec + "},\"status\":{\"observedGeneration\":2" + status + "}}");
    }

    private void replicaSet(String status) {
        picture.with(
                "{\"apiVersion\":\"apps/v1\",\"kind\":\"ReplicaSet\",\"metadata\":{\"name\":\"web-1\",\"annotations\":"
                        + "{\"deployment.kubernetes.io/revision\":\"1\"},\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
                        + "\"name\":\"web\",\"uid\":\"uid-web\",\"controller\":true}]},\"spec\":{\"replicas\":2},\"status\":{"
                        + status + "}}");
    }

    @Test
    void aDeploymentIsFollowedToTheContainer() {
        deployment("", ",\"replicas\":2,\"updatedReplicas\":2,\"availableReplicas\":1");
        replicaSet("\"replicas\":2");
        pod(
                "web-1-a",
                OWNED_BY_WEB,
                onNode(""),
                "\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]");
        pod("web-1-b", OWNED_BY_WEB, onNode(""), state("\"state\":{\"waiting\":{\"reason\":\"ErrImagePull\"}}"));
        Explanation explanation = explain(Kinds.DEPLOYMENT, "web");
        assertStuck(explanation, "Container main of pod web-1-b cannot start", "Mend the name or tag");
        assertThat(explanation.chain())
                .extracting(link -> link.ref().kind().kind() + " " + link.says())
                .containsExactly(
                        "Deployment 2 of 2 pods up to date, 1 available",
                        "ReplicaSet 1 of 2 pods ready",
                        "Pod ErrImagePull");
    }

    @Test
    void aDeploymentThatIsAsWishedPausedOrUnseen() {
        deployment("", ",\"replicas\":2,\"updatedReplicas\":2,\"availableReplicas\":2");
        assertThat(explain(Kinds.DEPLOYMENT, "web").reason())
                .isEqualTo("Deployment web is as wished: all 2 pods up to date and available.");
        deployment(",\"paused\":true", ",\"replicas\":2,\"updatedReplicas\":1,\"availableReplicas\":2");
        assertStuck(explain(Kinds.DEPLOYMENT, "web"), "is paused", "spec.paused to false");
        picture.with(
                "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\",\"generation\":3},"
                        + "\"spec\":{\"replicas\":2},\"status\":{\"observedGeneration\":2}}");
        assertThat(explain(Kinds.DEPLOYMENT, "web").reason()).contains("its controller has not looked at it since");
        deployment("", ",\"replicas\":1,\"updatedReplicas\":1,\"availableReplicas\":1");
        assertThat(explain(Kinds.DEPLOYMENT, "web").state()).isEqualTo(Explanation.State.UNDER_WAY);
    }

    @Test
    void aQuotaThatRefusesPodsIsNamed() {
        deployment(
                "",
                ",\"replicas\":0,\"conditions\":[{\"type\":\"ReplicaFailure\",\"status\":\"True\",\"reason\":\"FailedCreate\","
                        + "\"message\":\"pods \\\"web-1-x\\\" is forbidden: exceeded quota: small\"}]");
        replicaSet("\"replicas\":0");
        assertStuck(
                explain(Kinds.DEPLOYMENT, "web"),
                "exceeded quota: small",
                "Raise the ResourceQuota in namespace default");
    }

    @Test
    void aReplicaSetIsStillMakingPods() {
        replicaSet("\"replicas\":0");
        assertThat(explain(Kinds.REPLICA_SET, "web-1").reason()).isEqualTo("ReplicaSet web-1 has made 0 of 2 pods.");
    }

    @Test
    void jobsEndFailOrAreSuspended() {
        String job =
                "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"metadata\":{\"name\":\"j\"},\"spec\":{%s},\"status\":{%s}}";
        picture.with(job.formatted("", "\"conditions\":[{\"type\":\"Complete\",\"status\":\"True\"}]"));
        assertThat(explain("jobs", "j").isAsWished()).isTrue();
        picture.with(
                job.formatted(
                        "",
                        "\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\",\"reason\":\"DeadlineExceeded\",\"message\":\"too long\"}]"));
        assertStuck(explain("jobs", "j"), "Job j has failed: too long", "delete it and make it again");
        picture.with(job.formatted("\"suspend\":true", ""));
        assertStuck(explain("jobs", "j"), "is suspended", "spec.suspend to false");
        picture.with(job.formatted("", "\"active\":1"));
        assertThat(explain("jobs", "j").state()).isEqualTo(Explanation.State.UNDER_WAY);
    }

    // Services

    private void service(String spec) {
        picture.with(
                "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\"},\"spec\":{" + spec + "}}");
    }

    @Test
    void aServiceWithoutPods() {
        service("\"selector\":{\"app\":\"web\"}");
        assertStuck(
                explain(Kinds.SERVICE, "s"),
                "selects no pod: none in namespace default has the labels app=web",
                "no pod at all has app=web");
        pod("web-1-b", OWNED_BY_WEB, onNode(""), state("\"state\":{\"waiting\":{\"reason\":\"ErrImagePull\"}}"));
        Explanation explanation = explain(Kinds.SERVICE, "s");
        assertStuck(explanation, "cannot start", "Mend the name");
        assertThat(explanation.chain().getFirst().says()).isEqualTo("0 of 1 pod ready");
    }

    @Test
    void aServiceWithPodsAndItsPorts() {
        pod(
                "web-1-a",
                OWNED_BY_WEB,
                onNode(",\"ports\":[{\"name\":\"http\",\"containerPort\":80}]"),
                "\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]");
        service("\"selector\":{\"app\":\"web\"},\"ports\":[{\"port\":80,\"targetPort\":\"http\"}]");
        assertThat(explain(Kinds.SERVICE, "s").reason()).isEqualTo("Service s is as wished: 1 pod ready behind it.");
        service("\"selector\":{\"app\":\"web\"},\"ports\":[{\"port\":80,\"targetPort\":\"web\"}]");
        assertStuck(explain(Kinds.SERVICE, "s"), "leads to the port named web", "Name the port");
        service("\"type\":\"LoadBalancer\",\"selector\":{\"app\":\"web\"}");
        assertStuck(explain(Kinds.SERVICE, "s"), "nobody has given it an outer address", "node ports");
        service("\"ports\":[]");
        assertStuck(explain(Kinds.SERVICE, "s"), "has no selector", "EndpointSlice");
    }

    @Test
    void anIngressIsFollowedToItsService() {
        picture.with(
                "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"Ingress\",\"metadata\":{\"name\":\"i\"},\"spec\":{\"rules\":[{\"http\":"
                        + "{\"paths\":[{\"backend\":{\"service\":{\"name\":\"s\"}}}]}}]}}");
        assertStuck(explain("ingresses", "i"), "the Service s, which is not there", "Create the Service s");
        service("\"selector\":{\"app\":\"web\"}");
        assertThat(explain("ingresses", "i").chain())
                .extracting(link -> link.ref().name())
                .containsExactly("i", "s");
    }

    // Storage

    @Test
    void aClaimWithoutAVolume() {
        String claim =
                "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":\"c\"},\"spec\":{%s},\"status\":{\"phase\":\"%s\"}}";
        picture.with(claim.formatted("\"storageClassName\":\"fast\"", "Pending"));
        assertStuck(
                explain("persistentvolumeclaims", "c"),
                "the storage class fast, which is not there",
                "Create the StorageClass fast");
        pod(
                "p",
                "",
                container("") + ",\"volumes\":[{\"name\":\"v\",\"persistentVolumeClaim\":{\"claimName\":\"c\"}}]",
                "");
        assertThat(explain(Kinds.POD, "p").chain())
                .extracting(link -> link.ref().name())
                .containsExactly("p", "c");
        picture.with(
                "{\"apiVersion\":\"storage.k8s.io/v1\",\"kind\":\"StorageClass\",\"metadata\":{\"name\":\"fast\"},\"provisioner\":\"x\","
                        + "\"volumeBindingMode\":\"WaitForFirstConsumer\"}");
        assertThat(explain("persistentvolumeclaims", "c").state()).isEqualTo(Explanation.State.UNDER_WAY);
        picture.with(claim.formatted("\"volumeName\":\"v1\"", "Bound"));
        assertThat(explain("persistentvolumeclaims", "c").isAsWished()).isTrue();
        picture.with(claim.formatted("\"volumeName\":\"v1\"", "Lost"));
        assertStuck(
                explain("persistentvolumeclaims", "c"), "has lost its volume v1", "Bring the PersistentVolume back");
    }

    // Endings

    @Test
    void finalizersHoldWhatIsBeingDeleted() {
        picture.with(
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\","
                        + "\"finalizers\":[\"x.io/hold\"]}}");
        assertStuck(
                explain(Kinds.CONFIG_MAP, "c"),
                "waits for the finalizer x.io/hold",
                "remove it from metadata.finalizers");
    }

    @Test
    void aNamespaceThatEndsWaitsForWhatIsInIt() {
        picture.with(
                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"ns\",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"},"
                        + "\"spec\":{\"finalizers\":[\"kubernetes\"]}}");
        picture.with(
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"free\",\"namespace\":\"ns\"}}");
        picture.with(
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"held\",\"namespace\":\"ns\","
                        + "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"finalizers\":[\"x.io/hold\"]}}");
        Explanation explanation = explain(Kinds.NAMESPACE, "ns");
        assertStuck(explanation, "ConfigMap held is being deleted and waits for the finalizer x.io/hold", "finalizer");
        assertThat(explanation.chain().getFirst().says()).isEqualTo("is being deleted; 2 objects left in it");
        picture.without(new Ref(Kinds.CONFIG_MAP, "ns", "free")).without(new Ref(Kinds.CONFIG_MAP, "ns", "held"));
        assertThat(explain(Kinds.NAMESPACE, "ns").state()).isEqualTo(Explanation.State.UNDER_WAY);
    }

    @Test
    void aPodThatEndsIsStoppedByItsNode() {
        String ending = ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"deletionGracePeriodSeconds\":30";
        pod("p", ending, onNode(""), "");
        assertThat(explain(Kinds.POD, "p").reason())
                .isEqualTo("Pod p is being stopped by its node; it has 30 seconds for that.");
        picture.without(Picture.ref(Kinds.NODE, "n1"));
        assertStuck(explain(Kinds.POD, "p"), "its node n1 is not there any more", "--grace-period 0");
    }

    // The rest

    @Test
    void otherKindsAreJudgedByTheirConditions() {
        picture.with("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}");
        assertThat(explain(Kinds.CONFIG_MAP, "c").reason()).isEqualTo("ConfigMap c is as wished.");
        picture.with(
                "{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"CustomResourceDefinition\",\"metadata\":{\"name\":\"a\"},\"status\":"
                        + "{\"conditions\":[{\"type\":\"Established\",\"status\":\"False\",\"message\":\"no names\"}]}}");
        assertStuck(explain("customresourcedefinitions", "a"), "is not Established: no names", "condition");
    }

    @Test
    void everyExplanationIsWholeSentences() {
        pod("p", "", container(",\"resources\":{\"requests\":{\"cpu\":\"9\"}}"), "");
        pod("q", "", onNode(""), "\"phase\":\"Failed\",\"reason\":\"Evicted\",\"message\":\"low on memory.\"");
        pod("r", "", onNode(""), "\"phase\":\"Succeeded\"");
        for (String name : List.of("p", "q", "r")) {
            Explanation explanation = explain(Kinds.POD, name);
            assertThat(explanation.reason()).as(name).endsWith(".").doesNotContain("..");
            assertThat(explanation.remedy().isEmpty()).as(name).isEqualTo(explanation.isAsWished());
        }
    }
}

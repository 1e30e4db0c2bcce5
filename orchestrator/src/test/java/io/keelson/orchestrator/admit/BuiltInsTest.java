package io.keelson.orchestrator.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Rejection;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class BuiltInsTest {

    private static String priorityClass(String name, int value, String more) {
        return """
                {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "%s"}, "value": %d %s}
                """.formatted(name, value, more);
    }

    private static ObjectNode pod(String spec) {
        return Objects.pod(spec, "");
    }

    // Priority

    @Test
    void aPodHasThePriorityOfItsClass() {
        Objects facts = Objects.with(
                priorityClass("high", 1000, ", \"preemptionPolicy\": \"Never\""),
                priorityClass("usual", 10, ", \"globalDefault\": true"));
        ObjectNode high = pod("\"priorityClassName\": \"high\",");
        assertThat(facts.refusal(high)).isEmpty();
        assertThat(Json.number(high, "spec", "priority")).contains(1000L);
        assertThat(Json.string(high, "spec", "preemptionPolicy")).contains("Never");
        ObjectNode unnamed = pod("");
        assertThat(facts.refusal(unnamed)).isEmpty();
        assertThat(Json.string(unnamed, "spec", "priorityClassName")).contains("usual");
        assertThat(Json.number(unnamed, "spec", "priority")).contains(10L);
        ObjectNode system = pod("\"priorityClassName\": \"system-node-critical\",");
        assertThat(facts.refusal(system)).isEmpty();
        assertThat(Json.number(system, "spec", "priority")).contains(2_000_001_000L);
    }

    @Test
    void aPriorityWithoutAClassIsRefused() {
        assertThat(Objects.with().refusal(pod("\"priorityClassName\": \"none\",")))
                .contains("pods \"p\" is forbidden: no PriorityClass with name none was found");
        assertThat(Objects.with().refusal(pod("\"priority\": 7,")))
                .contains("pods \"p\" is forbidden: the integer value of priority (7) must not be provided in pod spec;"
                        + " priority admission controller computed 0 from the given PriorityClass name");
    }

    @Test
    void onlyOneClassIsTheDefault() {
        Objects facts = Objects.with(priorityClass("usual", 10, ", \"globalDefault\": true"));
        assertThat(facts.refusal(Json.parse(priorityClass("other", 5, ", \"globalDefault\": true"))))
                .contains("priorityclasses.scheduling.k8s.io \"other\" is forbidden: PriorityClass usual is already"
                        + " marked as default. Only one default can exist");
    }

    // Service accounts

    @Test
    void theServiceAccountMustBeThereAndGivesItsPullSecrets() {
        Objects facts = Objects.with("""
                {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "builder", "namespace": "ns"},
                 "imagePullSecrets": [{"name": "registry"}]}
                """);
        ObjectNode builder = pod("\"serviceAccountName\": \"builder\",");
        assertThat(facts.refusal(builder)).isEmpty();
        assertThat(builder.at("/spec/imagePullSecrets/0/name").asString("")).isEqualTo("registry");
        assertThat(builder.at("/spec/serviceAccount").asString("")).isEqualTo("builder");
        assertThat(facts.refusal(pod("\"serviceAccountName\": \"nobody\",")))
                .contains("pods \"p\" is forbidden: error looking up service account ns/nobody: serviceaccount"
                        + " \"nobody\" not found");
        assertThat(facts.refusal(pod(""))).isEmpty();
    }

    // Runtime classes

    @Test
    void aRuntimeClassSaysWhatItCostsAndWhereItIs() {
        Objects facts = Objects.with("""
                {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "vm"}, "handler": "vm",
                 "overhead": {"podFixed": {"cpu": "100m"}},
                 "scheduling": {"nodeSelector": {"vm": "yes"}, "tolerations": [{"key": "vm", "operator": "Exists"}]}}
                """);
        ObjectNode pod = pod("\"runtimeClassName\": \"vm\",");
        assertThat(facts.refusal(pod)).isEmpty();
        assertThat(pod.at("/spec/overhead/cpu").asString("")).isEqualTo("100m");
        assertThat(pod.at("/spec/nodeSelector/vm").asString("")).isEqualTo("yes");
        assertThat(pod.path("spec").path("tolerations").toString())
                .contains("{\"key\":\"vm\",\"operator\":\"Exists\"}");
        assertThat(facts.refusal(pod("\"runtimeClassName\": \"vm\", \"nodeSelector\": {\"vm\": \"no\"},")))
                .contains("pods \"p\" is forbidden: pod rejected: conflict: runtimeClass.scheduling.nodeSelector[vm]"
                        + " contradicts pod.spec.nodeSelector");
        assertThat(facts.refusal(pod("\"runtimeClassName\": \"none\",")))
                .contains("pods \"p\" is forbidden: pod rejected: RuntimeClass \"none\" not found");
        assertThat(facts.refusal(pod("\"overhead\": {\"cpu\": \"1\"},")))
                .contains("pods \"p\" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass"
                        + " defined Overhead");
    }

    // Default classes

    @Test
    void aClaimWithoutAClassGetsTheNewestDefault() {
        String template = """
                {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "p",
                 "metadata": {"name": "%s", "creationTimestamp": "%s",
                  "annotations": {"storageclass.kubernetes.io/is-default-class": "%s"}}}
                """;
        Objects facts = Objects.with(
                template.formatted("old", "2026-01-01T00:00:00Z", "true"),
                template.formatted("new", "2026-02-01T00:00:00Z", "true"),
                template.formatted("newest", "2026-03-01T00:00:00Z", "false"));
        ObjectNode claim = Objects.defaulted("""
                {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c", "namespace": "ns"}, "spec": {}}
                """);
        assertThat(facts.refusal(claim)).isEmpty();
        assertThat(Json.string(claim, "spec", "storageClassName")).contains("new");
        ObjectNode none = Objects.defaulted("""
                {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c", "namespace": "ns"},
                 "spec": {"storageClassName": ""}}
                """);
        assertThat(facts.refusal(none)).isEmpty();
        assertThat(Json.string(none, "spec", "storageClassName")).contains("");
    }

    // Namespaces

    @Test
    void namespacesThatEveryClusterHasCannotBeDeleted() {
        ObjectNode namespace =
                Json.parse("{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"default\"}}");
        Request delete = Objects.write(Operation.DELETE, Optional.of(namespace), Optional.empty(), Objects.ADMIN);
        assertThat(BuiltIns.validate(delete, Objects.with(), Plugins.ALL)
                        .refusal()
                        .map(Rejection::message))
                .contains("namespaces \"default\" is forbidden: this namespace may not be deleted");
    }

    // Nodes

    private static Optional<String> byNode(Operation operation, ObjectNode old, Optional<ObjectNode> object) {
        User node = new User("system:node:n1", List.of("system:nodes"));
        return BuiltIns.validate(Objects.write(operation, Optional.of(old), object, node), Objects.with(), Plugins.ALL)
                .refusal()
                .map(Rejection::message);
    }

    private static ObjectNode node(String name, String labels) {
        return Json.parse(
                "{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"%s\", \"labels\": {%s}}}"
                        .formatted(name, labels));
    }

    @Test
    void aNodeWritesItselfAndNotItsPlaceInTheCluster() {
        ObjectNode own = node("n1", "");
        assertThat(byNode(Operation.UPDATE, own, Optional.of(node("n1", "\"kubernetes.io/hostname\": \"n1\""))))
                .isEmpty();
        assertThat(byNode(Operation.UPDATE, own, Optional.of(node("n1", "\"node-role.kubernetes.io/master\": \"\""))))
                .contains("nodes \"n1\" is forbidden: is not allowed to modify labels: node-role.kubernetes.io/master");
        assertThat(byNode(Operation.UPDATE, node("n2", ""), Optional.of(node("n2", ""))))
                .contains("nodes \"n2\" is forbidden: node \"n1\" is not allowed to modify node \"n2\"");
        ObjectNode tainted = node("n1", "");
        Json.child(tainted, "spec")
                .putArray("taints")
                .addObject()
                .put("key", "k")
                .put("effect", "NoSchedule");
        assertThat(byNode(Operation.UPDATE, tainted, Optional.of(own)))
                .contains("nodes \"n1\" is forbidden: node \"n1\" is not allowed to modify taints");
    }

    @Test
    void aNodeDeletesOnlyPodsThatRunOnIt() {
        assertThat(byNode(Operation.DELETE, pod("\"nodeName\": \"n1\","), Optional.empty()))
                .isEmpty();
        assertThat(byNode(Operation.DELETE, pod("\"nodeName\": \"n2\","), Optional.empty()))
                .contains("pods \"p\" is forbidden: node \"n1\" can only delete pods with spec.nodeName set to itself");
    }

    // New nodes, storage, certificates

    @Test
    void aNewNodeTakesNoPodsBeforeItIsReady() {
        ObjectNode node = Json.parse("{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n\"}}");
        assertThat(Objects.with().refusal(node)).isEmpty();
        assertThat(node.path("spec").path("taints"))
                .hasToString("[{\"key\":\"node.kubernetes.io/not-ready\",\"effect\":\"NoSchedule\"}]");
        assertThat(Objects.with().refusal(node)).isEmpty();
        assertThat(Json.items(node, "spec", "taints")).hasSize(1);
    }

    @Test
    void claimsAndVolumesBeginWithAFinalizer() {
        ObjectNode claim = Json.parse(
                "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":\"c\",\"finalizers\":[\"x/y\"]},\"spec\":{}}");
        assertThat(Objects.with().refusal(claim)).isEmpty();
        assertThat(claim.path("metadata").path("finalizers")).hasToString("[\"x/y\",\"kubernetes.io/pvc-protection\"]");
        ObjectNode volume = Json.parse(
                "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolume\",\"metadata\":{\"name\":\"v\"},\"spec\":{}}");
        assertThat(Objects.with().refusal(volume)).isEmpty();
        assertThat(volume.path("metadata").path("finalizers")).hasToString("[\"kubernetes.io/pv-protection\"]");
    }

    private static ObjectNode certificateRequest(String signer, String text) {
        ObjectNode request = Json.parse(
                "{\"apiVersion\":\"certificates.k8s.io/v1\",\"kind\":\"CertificateSigningRequest\",\"metadata\":{\"name\":\"r\"},\"spec\":{}}");
        Json.child(request, "spec")
                .put("signerName", signer)
                .put("request", Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII)));
        return request;
    }

    private static String pkcs10(String subject) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        byte[] der = new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), keys.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded();
        return "-----BEGIN CERTIFICATE REQUEST-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END CERTIFICATE REQUEST-----\n";
    }

    @Test
    void nobodyAsksToBeAMaster() throws Exception {
        String signer = "kubernetes.io/kube-apiserver-client";
        String refused = "certificatesigningrequests.certificates.k8s.io \"r\" is forbidden: use of"
                + " kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed";
        for (String subject :
                List.of("CN=x,O=system:masters", "O=devs,O=system:masters,CN=x", "CN=x+O=system:masters")) {
            assertThat(Objects.with().refusal(certificateRequest(signer, pkcs10(subject))))
                    .as(subject)
                    .contains(refused);
        }
        String wide = "x".repeat(60);
        assertThat(Objects.with()
                        .refusal(certificateRequest(signer, pkcs10("CN=" + wide + ",O=" + wide + ",OU=" + wide))))
                .isEmpty();
        assertThat(Objects.with().refusal(certificateRequest("example.com/own", pkcs10("CN=x,O=system:masters"))))
                .isEmpty();
        assertThat(Objects.with().refusal(certificateRequest(signer, "no request")))
                .contains("certificatesigningrequests.certificates.k8s.io \"r\" is forbidden: failed to parse CSR: PEM"
                        + " block type must be CERTIFICATE REQUEST");
        for (String broken : List.of("", "MII=", "MAA=", "MIP//////w==")) {
            assertThat(Objects.with()
                            .refusal(certificateRequest(
                                    signer,
                                    "-----BEGIN CERTIFICATE REQUEST-----" + broken
                                            + "-----END CERTIFICATE REQUEST-----")))
                    .hasValueSatisfying(why -> assertThat(why).contains("failed to parse CSR"));
        }
    }
}

package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.testing.Kubectl;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Every kind through real kubectl of many versions: those before 1.32 send JSON, those since protobuf, and what is printed is one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubectlKindsTest {

    /** Of these there may be one of a name only, so that every version must have its own. */
    private static final Set<String> CLUSTER = Set.of(
            "PersistentVolume",
            "PriorityClass",
            "RuntimeClass",
            "IngressClass",
            "ServiceCIDR",
            "StorageClass",
            "CSIDriver",
            "CSINode",
            "VolumeAttachment",
            "VolumeAttributesClass",
            "ClusterRole",
            "ClusterRoleBinding",
            "CertificateSigningRequest",
            "ValidatingWebhookConfiguration",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "FlowSchema",
            "PriorityLevelConfiguration");

    private static final String EVERYTHING =
            "all,ing,netpol,pdb,quota,limits,pvc,roles,rolebindings,podtemplates,controllerrevisions";

    private static final String REVISIONS =
            "jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}";

    private static final Set<String> REPLACED = Set.of(
            "limitrange/",
            "statefulset.",
            "poddisruptionbudget.",
            "validatingwebhookconfiguration.",
            "validatingadmissionpolicy.",
            "networkpolicy.",
            "rolebinding.",
            "horizontalpodautoscaler.");

    private TestServer server;
    private Path directory;
    private Path kubeconfig;

    @BeforeAll
    void start(@TempDir Path temporary) {
        directory = temporary;
        server = TestServer.start(temporary);
        kubeconfig = server.kubeconfig();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Kubectl kubectl(String version, String what) throws IOException, InterruptedException {
        Kubectl kubectl = Kubectl.of(version, kubeconfig, directory, what + version.replace('.', '-'));
        kubectl.run("create", "namespace", kubectl.namespace());
        return kubectl;
    }

    /** The small objects of all kinds in one file; what has no namespace gets one in its name. */
    private Path manifest(String suffix, Predicate<String> wanted) throws IOException {
        List<String> objects = new ArrayList<>();
        try (InputStream text = Kind.class.getResourceAsStream("kinds.yaml");
                var documents =
                        YAMLMapper.builder().build().readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            documents.forEachRemaining(document -> {
                ObjectNode object = (ObjectNode) document.path("object");
                String kind = object.path("kind").asString("");
                if (CLUSTER.contains(kind)) {
                    ObjectNode metadata = Json.child(object, "metadata");
                    metadata.put("name", metadata.path("name").asString("") + suffix);
                }
                // Its name is an address, its owner an object that is not there, or it is the other version of one that
                // is here.
                boolean skipped = !wanted.test(kind)
                        || Set.of("IPAddress", "ControllerRevision").contains(kind)
                        || object.path("apiVersion").asString("").equals("autoscaling/v1");
                if (!skipped) {
                    objects.add(object.toString());
                }
            });
        }
        return Files.writeString(
                directory.resolve("all" + suffix + ".json"),
                "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[" + String.join(",", objects) + "]}");
    }

    /** The first and the last of them go all the way; between them it is enough to make and to show what is in namespaces. */
    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.33"})
    void everyKindIsAppliedShownAndDeleted(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl(version, "all-");
        String file = manifest("." + kubectl.namespace(), _ -> true).toString();
        assertThat(kubectl.ok("apply", "-f", file).lines())
                .hasSizeGreaterThan(35)
                .allMatch(line -> line.endsWith(" created"));
        isShown(kubectl);
        String revisions = kubectl.ok("get", EVERYTHING, "-o", REVISIONS);
        // Of these kubectl sends lists and selectors that are replaced as a whole, and calls that configured; the
        // server finds no change.
        assertThat(kubectl.ok("apply", "-f", file).lines())
                .allMatch(
                        line -> line.endsWith(" unchanged") || REPLACED.stream().anyMatch(line::startsWith));
        assertThat(kubectl.ok("get", EVERYTHING, "-o", REVISIONS)).isEqualTo(revisions);
        assertThat(kubectl.ok("delete", "-f", file, "--wait=false").lines())
                .filteredOn(line -> !line.startsWith("Warning: deleting cluster-scoped"))
                .allMatch(line -> line.contains(" deleted"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.28", "1.29", "1.30", "1.31", "1.32"})
    void everyKindInNamespacesIsAppliedAndShown(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl(version, "some-");
        String file = manifest("." + kubectl.namespace(), kind -> !CLUSTER.contains(kind))
                .toString();
        assertThat(kubectl.ok("apply", "-f", file).lines())
                .hasSizeGreaterThan(14)
                .allMatch(line -> line.endsWith(" created"));
        isShown(kubectl);
    }

    private static void isShown(Kubectl kubectl) throws IOException, InterruptedException {
        assertThat(blurred(kubectl.ok("get", EVERYTHING, "-o", "wide"))).isEqualTo(blurred(SHOWN));
        assertThat(kubectl.ok("explain", "ingress.spec.rules.http.paths"))
                .contains("GROUP:      networking.k8s.io", "pathType\t<string> -required-");
    }

    /** Ages, what is chosen at random, and how wide the columns are. */
    private static String blurred(String table) {
        return table.replaceAll("\\b[0-9]+s\\b", "AGE")
                .replaceAll("controller-uid=[-0-9a-f]{36}", "controller-uid=UID")
                .replaceAll("20[0-9]{2}-[-0-9T:]+Z", "TIME")
                .replaceAll(" +", " ")
                .replaceAll(" \n", "\n")
                .strip();
    }

    private static final String SHOWN = """
            NAME                       DESIRED   CURRENT   READY   AGE   CONTAINERS   IMAGES      SELECTOR
            replicationcontroller/rc   2         0         0       0s    c            busybox:1   app=web

            NAME                   DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE   CONTAINERS   IMAGES      SELECTOR
            daemonset.apps/agent   0         0         0       0            0           <none>          0s    c            busybox:1   app=web

            NAME                  READY   AGE   CONTAINERS   IMAGES
            statefulset.apps/db   0/1     0s    c            busybox:1

            NAME                                      REFERENCE        TARGETS              MINPODS   MAXPODS   REPLICAS   AGE
            horizontalpodautoscaler.autoscaling/web   Deployment/web   cpu: <unknown>/80%   1         5         0          0s

            NAME                 SCHEDULE            TIMEZONE        SUSPEND   ACTIVE   LAST SCHEDULE   AGE   CONTAINERS   IMAGES    SELECTOR
            cronjob.batch/tick   */5 * * * mon-fri   Europe/Berlin   False     0        <none>          0s    c            busybox   <none>

            NAME           STATUS    COMPLETIONS   DURATION   AGE   CONTAINERS   IMAGES      SELECTOR
            job.batch/pi   Running   0/1                      0s    c            busybox:1   batch.kubernetes.io/controller-uid=UID

            NAME                            CLASS   HOSTS     ADDRESS   PORTS   AGE
            ingress.networking.k8s.io/ing   nginx   foo.com             80      0s

            NAME                                 POD-SELECTOR   AGE
            networkpolicy.networking.k8s.io/np   app=web        0s

            NAME                             MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE
            poddisruptionbudget.policy/pdb   50%             N/A               0                     0s

            NAME              REQUEST                                  LIMIT             AGE
            resourcequota/q   pods: 0/10, requests.memory: 0/1Gi       limits.cpu: 0/4   0s

            NAME           CREATED AT
            limitrange/l   TIME

            NAME                        STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   VOLUMEATTRIBUTESCLASS   AGE   VOLUMEMODE
            persistentvolumeclaim/pvc   Pending                                                     <unset>                 0s    Filesystem

            NAME                                         CREATED AT
            role.rbac.authorization.k8s.io/reader:pods   TIME

            NAME                                      ROLE     AGE   USERS   GROUPS   SERVICEACCOUNTS
            rolebinding.rbac.authorization.k8s.io/b   Role/r   0s    bob              ns/sa

            NAME            CONTAINERS   IMAGES      POD LABELS
            podtemplate/t   c            busybox:1   app=web
            """;

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.33"})
    void everyGeneratorMakesItsObject(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl(version, "made-");
        String[][] generators = {
            {"create", "deployment", "d", "--image=busybox:1", "--replicas=0"},
            {"create", "job", "j", "--image=busybox:1", "--", "true"},
            {"create", "cronjob", "c", "--image=busybox:1", "--schedule=@daily", "--", "true"},
            {"create", "job", "from", "--from=cronjob/c"},
            {"create", "ingress", "i", "--class=nginx", "--rule=foo.com/bar*=s:80,tls=t"},
            {"create", "pdb", "p", "--selector=a=b", "--min-available=1"},
            {"create", "quota", "q", "--hard=pods=1"},
            {"create", "role", "r", "--verb=get", "--resource=pods"},
            {"create", "rolebinding", "b", "--role=r", "--user=bob", "--serviceaccount=x:y"},
            {"create", "service", "nodeport", "s", "--tcp=80:8080"},
            {"create", "secret", "docker-registry", "reg", "--docker-username=u", "--docker-password=p"},
            {"autoscale", "deployment", "d", "--min=1", "--max=3", "--cpu-percent=70"},
        };
        for (String[] generator : generators) {
            assertThat(kubectl.ok(generator)).containsAnyOf(" created", " autoscaled");
        }
        assertThat(kubectl.ok("get", "deploy,job,cj,ing,pdb,quota,role,rolebinding,svc,hpa", "-o", JSONPATH))
                .isEqualTo(GENERATED);
    }

    private static final String JSONPATH =
            "jsonpath={range .items[*]}{.kind} {.metadata.name} {.spec.replicas}{.spec.backoffLimit}"
                    + "{.spec.jobTemplate.spec.template.spec.restartPolicy}{.spec.rules[*].http.paths[*].pathType}{.spec.minAvailable}"
                    + "{.spec.hard.pods}{.rules[*].verbs[*]}{.roleRef.kind}{.spec.ports[*].targetPort}{.spec.minReplicas}{\"\\n\"}{end}";

    private static final String GENERATED = """
            Deployment d 0
            Job from 6
            Job j 6
            CronJob c OnFailure
            Ingress i Prefix
            PodDisruptionBudget p 1
            ResourceQuota q 1
            Role r get
            RoleBinding b Role
            Service s 8080
            HorizontalPodAutoscaler d 1
            """;

    @Test
    void rolloutsPruningAndEvictionsWork() throws IOException, InterruptedException {
        Kubectl kubectl = kubectl("1.33", "more-");
        Path file = Files.writeString(directory.resolve("prune.yaml"), """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: first, labels: {set: x}}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: second, labels: {set: x}}
                """);
        kubectl.ok("apply", "-f", file.toString());
        Files.writeString(file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: second, labels: {set: x}}\n");
        assertThat(kubectl.ok("apply", "--prune", "-l", "set=x", "-f", file.toString()))
                .contains("configmap/second unchanged", "configmap/first pruned");

        kubectl.ok("create", "deployment", "roll", "--image=busybox:1", "--replicas=0");
        kubectl.ok("set", "image", "deploy/roll", "busybox=busybox:2");
        TestServer.await("two revisions", () -> {
            try {
                return kubectl.ok("rollout", "history", "deploy/roll")
                                .lines()
                                .filter(line -> line.matches("[12] .*"))
                                .count()
                        == 2;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(kubectl.ok("rollout", "undo", "deploy/roll")).contains("rolled back");
        assertThat(kubectl.ok("get", "deploy", "roll", "-o", "jsonpath={.spec.template.spec.containers[0].image}"))
                .isEqualTo("busybox:1");
        assertThat(kubectl.ok("get", "deploy", "roll", "--subresource=scale")).contains("DESIRED", "AVAILABLE");
        assertThat(kubectl.run("top", "nodes").text()).contains("metrics not available yet");
    }

    @Test
    void certificatesAreApprovedPodsBoundAndLookedInto() throws IOException, InterruptedException {
        Kubectl kubectl = kubectl("1.33", "doors-");
        Path file = Files.writeString(directory.resolve("doors.yaml"), """
                apiVersion: certificates.k8s.io/v1
                kind: CertificateSigningRequest
                metadata: {name: wish}
                spec: {request: AAAA, signerName: example.com/signer, usages: [client auth], username: mallory}
                ---
                apiVersion: v1
                kind: Node
                metadata: {name: n1}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: p, labels: {app: p}}
                spec: {containers: [{name: c, image: busybox}]}
                ---
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: none}
                spec: {maxUnavailable: 0, selector: {matchLabels: {app: p}}}
                """);
        kubectl.ok("create", "-f", file.toString());
        assertThat(kubectl.ok("get", "csr", "wish"))
                .contains("example.com/signer", "admin", "Pending")
                .doesNotContain("mallory");
        assertThat(kubectl.ok("certificate", "approve", "wish")).contains("approved");
        assertThat(kubectl.ok("get", "csr", "wish")).contains("Approved");

        Path binding = Files.writeString(
                directory.resolve("binding.json"),
                "{\"apiVersion\":\"v1\",\"kind\":\"Binding\",\"metadata\":{\"name\":\"p\"},\"target\":{\"kind\":\"Node\",\"name\":\"n1\"}}");
        String path = "/api/v1/namespaces/" + kubectl.namespace();
        kubectl.ok("create", "--raw", path + "/bindings", "-f", binding.toString());
        assertThat(kubectl.ok("get", "pod", "p", "-o", "jsonpath={.spec.nodeName}"))
                .isEqualTo("n1");
        kubectl.run("debug", "p", "--image=busybox:1", "-c", "look", "--attach=false");
        assertThat(kubectl.ok("get", "pod", "p", "-o", "jsonpath={.spec.ephemeralContainers[*].name}"))
                .isEqualTo("look");

        kubectl.ok("patch", "pod", "p", "--subresource=status", "-p", "{\"status\":{\"phase\":\"Running\"}}");
        Path eviction = Files.writeString(
                directory.resolve("eviction.json"),
                "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"p\"}}");
        assertThat(kubectl.run("create", "--raw", path + "/pods/p/eviction", "-f", eviction.toString())
                        .text())
                .contains("Cannot evict pod as it would violate the pod's disruption budget.");
        kubectl.ok("delete", "pdb", "none");
        kubectl.ok("create", "--raw", path + "/pods/p/eviction", "-f", eviction.toString());
        assertThat(kubectl.ok("get", "pod", "p", "-o", "jsonpath={.metadata.deletionTimestamp}"))
                .isNotEmpty();
    }
}

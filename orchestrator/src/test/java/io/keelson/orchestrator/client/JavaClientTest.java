package io.keelson.orchestrator.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonObject;
import io.kubernetes.client.custom.IntOrString;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.apis.ApiextensionsV1Api;
import io.kubernetes.client.openapi.apis.AppsV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api.APIcreateNamespacedConfigMapRequest;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ContainerPort;
import io.kubernetes.client.openapi.models.V1DeleteOptions;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1DeploymentList;
import io.kubernetes.client.openapi.models.V1DeploymentSpec;
import io.kubernetes.client.openapi.models.V1LabelSelector;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1PodTemplateSpec;
import io.kubernetes.client.openapi.models.V1ResourceRequirements;
import io.kubernetes.client.openapi.models.V1Scale;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServicePort;
import io.kubernetes.client.openapi.models.V1ServiceSpec;
import io.kubernetes.client.openapi.models.V1Status;
import io.kubernetes.client.util.Config;
import io.kubernetes.client.util.PatchUtils;
import io.kubernetes.client.util.ServerSideApply;
import io.kubernetes.client.util.Watch;
import io.kubernetes.client.util.generic.GenericKubernetesApi;
import io.kubernetes.client.util.generic.KubernetesApiResponse;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesApi;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesListObject;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesObject;
import io.kubernetes.client.util.generic.dynamic.Dynamics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Kubernetes' official Java client: requests and what becomes of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaClientTest {

    private ClientServer server;
    private ApiClient client;
    private CoreV1Api core;
    private AppsV1Api apps;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        server = new ClientServer(directory);
        client = Config.fromConfig(server.kubeconfig().toString());
        client.setReadTimeout(0);
        core = new CoreV1Api(client);
        apps = new AppsV1Api(client);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private String namespace(String name) throws ApiException {
        core.createNamespace(new V1Namespace().metadata(new V1ObjectMeta().name(name)))
                .execute();
        return name;
    }

    private static V1ConfigMap map(String name, String value) {
        return new V1ConfigMap()
                .metadata(new V1ObjectMeta().name(name).labels(Map.of("app", "x")))
                .data(Map.of("k", value));
    }

    private static V1Deployment deployment(String name) {
        Map<String, String> labels = Map.of("app", name);
        V1Container container = new V1Container()
                .name("c")
                .image("busybox:1")
                .ports(List.of(new V1ContainerPort().containerPort(80)))
                .resources(new V1ResourceRequirements().requests(Map.of("cpu", new Quantity("100m"))));
        return new V1Deployment()
                .apiVersion("apps/v1")
                .kind("Deployment")
                .metadata(new V1ObjectMeta().name(name))
                .spec(new V1DeploymentSpec()
                        .replicas(0)
                        .selector(new V1LabelSelector().matchLabels(labels))
                        .template(new V1PodTemplateSpec()
                                .metadata(new V1ObjectMeta().labels(labels))
                                .spec(new V1PodSpec().containers(List.of(container)))));
    }

    private static V1Status refusal(ApiException refused) {
        return JSON.getGson().fromJson(refused.getResponseBody(), V1Status.class);
    }

    @Test
    void typedObjectsAreMadeReadChangedAndDeleted() throws ApiException {
        String ns = namespace("crud");
        V1Service service = new V1Service()
                .metadata(new V1ObjectMeta().name("web"))
                .spec(new V1ServiceSpec()
                        .selector(Map.of("app", "web"))
                        .ports(List.of(new V1ServicePort().port(80).targetPort(new IntOrString("http")))));
        V1Service made = core.createNamespacedService(ns, service).execute();
        assertThat(made.getSpec().getClusterIP()).startsWith("10.96.");
        assertThat(made.getSpec().getPorts().getFirst().getTargetPort().getStrValue())
                .isEqualTo("http");
        assertThat(made.getMetadata().getCreationTimestamp()).isNotNull();

        V1Deployment created =
                apps.createNamespacedDeployment(ns, deployment("web")).execute();
        assertThat(created.getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxSurge()
                        .getStrValue())
                .isEqualTo("25%");
        V1Deployment read = apps.readNamespacedDeployment("web", ns).execute();
        V1Container container =
                read.getSpec().getTemplate().getSpec().getContainers().getFirst();
        assertThat(container.getResources().getRequests()).containsEntry("cpu", new Quantity("100m"));
        read.getSpec().setMinReadySeconds(3);
        // Unconditionally, for a controller writes its status meanwhile.
        read.getMetadata().setResourceVersion(null);
        V1Deployment replaced =
                apps.replaceNamespacedDeployment("web", ns, read).execute();
        assertThat(replaced.getMetadata().getGeneration()).isEqualTo(2);
        assertThat(replaced.getSpec().getMinReadySeconds()).isEqualTo(3);

        V1Status deleted = apps.deleteNamespacedDeployment("web", ns)
                .body(new V1DeleteOptions().propagationPolicy("Background"))
                .execute();
        assertThat(deleted.getStatus()).isEqualTo("Success");
        assertThat(deleted.getDetails().getUid())
                .isEqualTo(created.getMetadata().getUid());
        assertThat(catchThrowableOfType(
                                ApiException.class,
                                () -> apps.readNamespacedDeployment("web", ns).execute())
                        .getCode())
                .isEqualTo(404);
    }

    @Test
    void aDryRunChangesNothing() throws ApiException {
        String ns = namespace("dry");
        APIcreateNamespacedConfigMapRequest request =
                core.createNamespacedConfigMap(ns, map("m", "1")).dryRun("All");
        assertThat(request.execute().getMetadata().getUid()).isNotNull();
        assertThat(core.listNamespacedConfigMap(ns)
                        .labelSelector("app=x")
                        .execute()
                        .getItems())
                .isEmpty();
    }

    @Test
    void listsComeInPiecesOfOneMoment() throws ApiException {
        String ns = namespace("pieces");
        for (int i = 0; i < 5; i++) {
            core.createNamespacedConfigMap(ns, map("m" + i, "1")).execute();
        }
        V1ConfigMapList first =
                core.listNamespacedConfigMap(ns).labelSelector("app=x").limit(2).execute();
        core.createNamespacedConfigMap(ns, map("m9", "1")).execute();
        List<String> names = new ArrayList<>(names(first));
        String next = first.getMetadata().getContinue();
        while (next != null && !next.isEmpty()) {
            V1ConfigMapList piece = core.listNamespacedConfigMap(ns)
                    .labelSelector("app=x")
                    .limit(2)
                    ._continue(next)
                    .execute();
            assertThat(piece.getMetadata().getResourceVersion())
                    .isEqualTo(first.getMetadata().getResourceVersion());
            names.addAll(names(piece));
            next = piece.getMetadata().getContinue();
        }
        assertThat(names).containsExactly("m0", "m1", "m2", "m3", "m4");
        assertThat(names(core.listNamespacedConfigMap(ns)
                        .fieldSelector("metadata.name=m3")
                        .execute()))
                .containsExactly("m3");
    }

    private static List<String> names(V1ConfigMapList list) {
        return list.getItems().stream()
                .map(item -> item.getMetadata().getName())
                .toList();
    }

    @Test
    void aWatchTellsWhatHappensInOrder() throws ApiException, IOException {
        String ns = namespace("watched");
        core.createNamespacedConfigMap(ns, map("before", "1")).execute();
        String revision =
                core.listNamespacedConfigMap(ns).execute().getMetadata().getResourceVersion();
        List<String> seen = new ArrayList<>();
        try (Watch<V1ConfigMap> watch = Watch.createWatch(
                client,
                core.listNamespacedConfigMap(ns)
                        .labelSelector("app=x")
                        .resourceVersion(revision)
                        .watch(true)
                        .buildCall(null),
                Watches.CONFIG_MAP)) {
            V1ConfigMap made = core.createNamespacedConfigMap(ns, map("m", "1")).execute();
            core.replaceNamespacedConfigMap("m", ns, made.data(Map.of("k", "2")))
                    .execute();
            core.deleteNamespacedConfigMap("m", ns).execute();
            while (seen.size() < 3) {
                Watch.Response<V1ConfigMap> event = watch.next();
                seen.add(event.type + " " + event.object.getMetadata().getName() + " "
                        + event.object.getData().get("k"));
            }
        }
        assertThat(seen).containsExactly("ADDED m 1", "MODIFIED m 2", "DELETED m 2");
    }

    @Test
    void aWatchFromAForgottenRevisionIsExpired() throws ApiException, IOException {
        String ns = namespace("expired");
        String then = core.listNamespacedConfigMap(ns).execute().getMetadata().getResourceVersion();
        core.createNamespacedConfigMap(ns, map("m", "1")).execute();
        String now = core.createNamespacedConfigMap(ns, map("n", "1"))
                .execute()
                .getMetadata()
                .getResourceVersion();
        server.forget(now);
        try (Watch<V1ConfigMap> watch = Watch.createWatch(
                client,
                core.listNamespacedConfigMap(ns)
                        .resourceVersion(then)
                        .watch(true)
                        .buildCall(null),
                Watches.CONFIG_MAP)) {
            Watch.Response<V1ConfigMap> only = watch.next();
            assertThat(only.type).isEqualTo("ERROR");
            assertThat(only.status.getCode()).isEqualTo(410);
            assertThat(only.status.getReason()).isEqualTo("Expired");
            assertThat(watch.hasNext()).isFalse();
        }
    }

    @Test
    void patchesOfAllFourKinds() throws ApiException {
        String ns = namespace("patched");
        apps.createNamespacedDeployment(ns, deployment("web")).execute();
        V1Deployment json = patch(
                ns,
                V1Patch.PATCH_FORMAT_JSON_PATCH,
                "[{\"op\":\"test\",\"path\":\"/spec/replicas\",\"value\":0},{\"op\":\"add\",\"path\":\"/spec/minReadySeconds\",\"value\":5}]");
        assertThat(json.getSpec().getMinReadySeconds()).isEqualTo(5);
        V1Deployment merged = patch(
                ns,
                V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH,
                "{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"minReadySeconds\":null}}");
        assertThat(merged.getSpec().getMinReadySeconds()).isNull();
        assertThat(merged.getMetadata().getLabels()).containsEntry("a", "b");
        V1Deployment strategic = patch(
                ns,
                V1Patch.PATCH_FORMAT_STRATEGIC_MERGE_PATCH,
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"nginx:1\"}]}}}}");
        assertThat(strategic.getSpec().getTemplate().getSpec().getContainers())
                .extracting(V1Container::getName)
                .containsExactlyInAnyOrder("c", "side");
        V1Deployment applied = PatchUtils.patch(
                V1Deployment.class,
                () -> apps.patchNamespacedDeployment(
                                "web",
                                ns,
                                new V1Patch(
                                        "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\"},\"spec\":{\"paused\":true}}"))
                        .fieldManager("me")
                        .buildCall(null),
                V1Patch.PATCH_FORMAT_APPLY_YAML,
                client);
        assertThat(applied.getSpec().getPaused()).isTrue();
        ApiException failed = catchThrowableOfType(
                ApiException.class,
                () -> patch(
                        ns,
                        V1Patch.PATCH_FORMAT_JSON_PATCH,
                        "[{\"op\":\"test\",\"path\":\"/spec/replicas\",\"value\":7}]"));
        assertThat(failed.getCode()).isEqualTo(422);
    }

    private V1Deployment patch(String ns, String format, String patch) throws ApiException {
        return PatchUtils.patch(
                V1Deployment.class,
                () -> apps.patchNamespacedDeployment("web", ns, new V1Patch(patch))
                        .buildCall(null),
                format,
                client);
    }

    @Test
    void serverSideApplyTellsOfConflictsAndForces() throws ApiException {
        String ns = namespace("applied");
        V1Deployment wanted = deployment("web");
        wanted.getMetadata().setNamespace(ns);
        assertThat(apply(wanted, "one", false).getSpec().getReplicas()).isEqualTo(0);
        V1Deployment other = deployment("web");
        other.getMetadata().setNamespace(ns);
        other.getSpec().setReplicas(2);
        ApiException conflict = catchThrowableOfType(ApiException.class, () -> apply(other, "two", false));
        assertThat(conflict.getCode()).isEqualTo(409);
        assertThat(conflict.getMessage()).contains("Conflict", "conflict with \"one\"", ".spec.replicas");
        assertThat(apply(other, "two", true).getSpec().getReplicas()).isEqualTo(2);
    }

    private V1Deployment apply(V1Deployment deployment, String manager, boolean force) throws ApiException {
        return ServerSideApply.apply(client, V1Deployment.class, V1DeploymentList.class, deployment, manager, force);
    }

    @Test
    void scaleAndStatusAreDoorsOfTheirOwn() throws ApiException {
        String ns = namespace("doors");
        apps.createNamespacedDeployment(ns, deployment("web")).execute();
        V1Scale scale = apps.readNamespacedDeploymentScale("web", ns).execute();
        assertThat(scale.getSpec().getReplicas()).isEqualTo(0);
        assertThat(scale.getStatus().getSelector()).isEqualTo("app=web");
        scale.getSpec().setReplicas(3);
        assertThat(apps.replaceNamespacedDeploymentScale("web", ns, scale)
                        .execute()
                        .getSpec()
                        .getReplicas())
                .isEqualTo(3);
        assertThat(apps.readNamespacedDeployment("web", ns).execute().getSpec().getReplicas())
                .isEqualTo(3);

        V1Namespace space = core.readNamespaceStatus(ns).execute();
        space.getMetadata().putLabelsItem("not", "here");
        space.getStatus().setConditions(List.of());
        V1Namespace replaced = core.replaceNamespaceStatus(ns, space).execute();
        assertThat(replaced.getStatus().getPhase()).isEqualTo("Active");
        GenericKubernetesApi<V1Deployment, V1DeploymentList> generic = new GenericKubernetesApi<>(
                V1Deployment.class, V1DeploymentList.class, "apps", "v1", "deployments", client);
        V1Deployment live = generic.get(ns, "web").throwsApiException().getObject();
        live.getStatus().setCollisionCount(4);
        assertThat(generic.updateStatus(live, V1Deployment::getStatus)
                        .throwsApiException()
                        .getObject()
                        .getStatus()
                        .getCollisionCount())
                .isEqualTo(4);
    }

    @Test
    void aCollectionIsDeletedBySelector() throws ApiException {
        String ns = namespace("collection");
        core.createNamespacedConfigMap(ns, map("a", "1")).execute();
        core.createNamespacedConfigMap(ns, map("b", "1")).execute();
        V1ConfigMap kept = map("c", "1");
        kept.getMetadata().setLabels(Map.of("app", "y"));
        core.createNamespacedConfigMap(ns, kept).execute();
        core.deleteCollectionNamespacedConfigMap(ns).labelSelector("app=x").execute();
        assertThat(names(core.listNamespacedConfigMap(ns)
                        .labelSelector("app in (x,y)")
                        .execute()))
                .containsExactly("c");
    }

    @Test
    void refusalsSayWhy() throws ApiException {
        String ns = namespace("refused");
        ApiException missing = catchThrowableOfType(
                ApiException.class,
                () -> core.readNamespacedConfigMap("none", ns).execute());
        assertThat(missing.getCode()).isEqualTo(404);
        assertThat(refusal(missing).getMessage()).isEqualTo("configmaps \"none\" not found");
        assertThat(refusal(missing).getDetails().getKind()).isEqualTo("configmaps");

        V1ConfigMap made = core.createNamespacedConfigMap(ns, map("m", "1")).execute();
        ApiException twice = catchThrowableOfType(
                ApiException.class,
                () -> core.createNamespacedConfigMap(ns, map("m", "1")).execute());
        assertThat(twice.getCode()).isEqualTo(409);
        assertThat(refusal(twice).getReason()).isEqualTo("AlreadyExists");

        core.replaceNamespacedConfigMap("m", ns, map("m", "2")).execute();
        ApiException stale = catchThrowableOfType(
                ApiException.class,
                () -> core.replaceNamespacedConfigMap("m", ns, made).execute());
        assertThat(stale.getCode()).isEqualTo(409);
        assertThat(refusal(stale).getReason()).isEqualTo("Conflict");
        assertThat(refusal(stale).getMessage())
                .isEqualTo(
                        "Operation cannot be fulfilled on configmaps \"m\": the object has been modified; please apply your"
                                + " changes to the latest version and try again");

        V1Deployment wrong = deployment("web");
        wrong.getSpec().setReplicas(-1);
        wrong.getSpec().getTemplate().getMetadata().setLabels(Map.of("app", "other"));
        ApiException invalid = catchThrowableOfType(
                ApiException.class,
                () -> apps.createNamespacedDeployment(ns, wrong).execute());
        assertThat(invalid.getCode()).isEqualTo(422);
        assertThat(refusal(invalid).getReason()).isEqualTo("Invalid");
        assertThat(refusal(invalid).getDetails().getCauses())
                .extracting(cause -> cause.getReason() + " " + cause.getField())
                .contains("FieldValueInvalid spec.replicas", "FieldValueInvalid spec.template.metadata.labels");
    }

    @Test
    void aKindDefinedAtRunTimeIsReachedWithoutItsClass() throws ApiException {
        String ns = namespace("dynamic");
        // The typed form sends "dependencies": {} for each schema, which Kubernetes refuses as well.
        new DynamicKubernetesApi("apiextensions.k8s.io", "v1", "customresourcedefinitions", client)
                .create(Dynamics.newFromYaml(ClientServer.DEFINITION))
                .throwsApiException();
        assertThat(new ApiextensionsV1Api(client)
                        .readCustomResourceDefinition("crontabs.example.com")
                        .execute()
                        .getSpec()
                        .getNames()
                        .getKind())
                .isEqualTo("CronTab");
        DynamicKubernetesApi tabs = new DynamicKubernetesApi("example.com", "v1", "crontabs", client);
        String text =
                "{\"apiVersion\":\"example.com/v1\",\"kind\":\"CronTab\",\"metadata\":{\"name\":\"mine\",\"namespace\":\""
                        + ns + "\"},\"spec\":{\"cron\":\"* *\"}}";
        DynamicKubernetesObject made =
                tabs.create(Dynamics.newFromJson(text)).throwsApiException().getObject();
        JsonObject spec = made.getRaw().getAsJsonObject("spec");
        assertThat(spec.get("replicas").getAsInt()).isEqualTo(1);
        spec.addProperty("replicas", 4);
        assertThat(tabs.update(made)
                        .throwsApiException()
                        .getObject()
                        .getMetadata()
                        .getGeneration())
                .isEqualTo(2);
        KubernetesApiResponse<DynamicKubernetesObject> refused = tabs.patch(
                ns, "mine", V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH, new V1Patch("{\"spec\":{\"replicas\":10}}"));
        assertThat(refused.getHttpStatusCode()).isEqualTo(422);
        DynamicKubernetesListObject all = tabs.list(ns).throwsApiException().getObject();
        assertThat(all.getItems())
                .singleElement()
                .satisfies(item -> assertThat(item.getKind()).isEqualTo("CronTab"));
        tabs.delete(ns, "mine").throwsApiException();
        assertThat(tabs.get(ns, "mine").getHttpStatusCode()).isEqualTo(404);
    }
}

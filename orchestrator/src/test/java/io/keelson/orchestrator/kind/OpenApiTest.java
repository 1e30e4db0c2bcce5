package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class OpenApiTest {

    private static final OpenApi API = OpenApi.of(Kinds.builtIn());

    private static ObjectNode document(String groupVersion) {
        return Json.parse(API.document(groupVersion).orElseThrow());
    }

    @Test
    void indexNamesEveryGroupVersionWithTheHashOfItsDocument() {
        JsonNode paths = Json.parse(API.index()).path("paths");
        assertThat(paths.propertyNames())
                .hasSize(21)
                .contains("api/v1", "apis/apps/v1", "apis/autoscaling/v1", "apis/autoscaling/v2");
        for (String groupVersion : paths.propertyNames()) {
            assertThat(paths.path(groupVersion).path("serverRelativeURL").asString())
                    .isEqualTo("/openapi/v3/" + groupVersion + "?hash="
                            + API.hash(groupVersion).orElseThrow());
        }
    }

    @Test
    void patchOperationTellsKindValidationAndContentTypes() {
        JsonNode patch = document("apis/apps/v1")
                .path("paths")
                .path("/apis/apps/v1/namespaces/{namespace}/deployments/{name}")
                .path("patch");
        assertThat(patch.path("x-kubernetes-group-version-kind").toString())
                .isEqualTo("{\"group\":\"apps\",\"kind\":\"Deployment\",\"version\":\"v1\"}");
        assertThat(patch.path("x-kubernetes-action").asString()).isEqualTo("patch");
        assertThat(Json.items(patch, "parameters"))
                .extracting(parameter -> parameter.path("name").asString())
                .contains("fieldValidation");
        assertThat(patch.path("requestBody").path("content").propertyNames())
                .contains("application/strategic-merge-patch+json");
    }

    @Test
    void fieldsOfATypeOfTheirOwnSayWhatTheyAreForAndNotOnlyWhatTheTypeIs() {
        JsonNode apps = document("apis/apps/v1").path("components").path("schemas");
        assertThat(said(apps, "io.k8s.api.apps.v1.DeploymentStrategy", "rollingUpdate"))
                .isEqualTo("Rolling update config params. Present only if DeploymentStrategyType = RollingUpdate.");
        assertThat(said(apps, "io.k8s.api.apps.v1.RollingUpdateDeployment", "maxSurge"))
                .startsWith("The maximum number of pods that can be scheduled above the desired number of pods.")
                .endsWith("at most 130% of desired pods.");
        assertThat(said(apps, "io.k8s.api.core.v1.PodSpec", "affinity"))
                .isEqualTo("If specified, the pod's scheduling constraints");
        assertThat(said(apps, "io.k8s.api.core.v1.Probe", "httpGet"))
                .isEqualTo("HTTPGet specifies an HTTP GET request to perform.");
        assertThat(said(apps, "io.k8s.api.core.v1.EphemeralContainer", "lifecycle"))
                .isEqualTo("Lifecycle is not allowed for ephemeral containers.");
    }

    @Test
    void whatIsSaidOfAFieldKeepsItsParagraphs() {
        JsonNode apps = document("apis/apps/v1").path("components").path("schemas");
        assertThat(said(apps, "io.k8s.api.core.v1.PodSecurityContext", "fsGroup"))
                .contains("to be owned by the pod:\n\n1. The owning GID will be the FSGroup 2.")
                .contains("rw-rw----\n\nIf unset, the Kubelet");
    }

    @Test
    void everyFieldOfWorkloadsHasADescription() {
        List<String> silent = new ArrayList<>();
        document("apis/apps/v1")
                .path("components")
                .path("schemas")
                .properties()
                .forEach(type -> type.getValue().path("properties").properties().forEach(field -> {
                    if (field.getValue().path("description").asString("").isEmpty()) {
                        silent.add(type.getKey() + "." + field.getKey());
                    }
                }));
        assertThat(silent).isEmpty();
    }

    private static String said(JsonNode schemas, String type, String field) {
        return schemas.path(type)
                .path("properties")
                .path(field)
                .path("description")
                .asString("");
    }

    @Test
    void anotherTableOfKindsMakesOnlyAnewWhatIsNew() {
        Kind shape = Kind.named("example.com", "v1", "Shape", "shapes")
                .strategy(Strategy.PLAIN.withShape(_ -> Shape.Scalar.ANY))
                .build();
        OpenApi api = API.next(new Kinds(List.of(Kinds.DEPLOYMENT)));
        assertThat(Json.parse(api.index()).path("paths").propertyNames())
                .containsExactly("apis/apps/v1", "apis/metrics.k8s.io/v1beta1");
        assertThat(api.hash("apis/apps/v1")).isNotEqualTo(API.hash("apis/apps/v1"));
        assertThat(api.next(Kinds.builtIn()).hash("apis/apps/v1")).isEqualTo(API.hash("apis/apps/v1"));
        assertThat(Kinds.builtIn().with(List.of(shape)).byResource("example.com", "v1", "shapes"))
                .contains(shape);
    }

    @Test
    void theOldDocumentHasAllTypesInProtobuf() throws IOException {
        List<Integer> fields = new ArrayList<>();
        CodedInputStream in = CodedInputStream.newInstance(API.v2());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            fields.add(WireFormat.getTagFieldNumber(tag));
            in.skipField(tag);
        }
        assertThat(fields).containsExactly(1, 2, 8, 9, 10);
        assertThat(new String(API.v2(), StandardCharsets.UTF_8))
                .contains(
                        "/apis/apps/v1/namespaces/{namespace}/deployments/{name}",
                        "io.k8s.api.batch.v1.JobSpec",
                        "fieldValidation",
                        "/apis/batch/v1/watch/jobs",
                        "watchBatchV1NamespacedJob",
                        "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent",
                        "#/parameters/allowWatchBookmarks",
                        "/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods/{name}",
                        "io.k8s.metrics.pkg.apis.metrics.v1beta1.NodeMetricsList");
    }

    private static String watchOf(String groupVersion, String path) {
        JsonNode item = document(groupVersion).path("paths").path("/" + groupVersion + "/watch/" + path);
        assertThat(item.propertyNames()).as(path).containsExactlyInAnyOrder("parameters", "get");
        JsonNode get = item.path("get");
        return get.path("operationId").asString("") + " "
                + get.path("x-kubernetes-action").asString("") + " "
                + get.path("tags").path(0).asString("");
    }

    @Test
    void olderPathsOfWatchesAreListedAsDeprecated() {
        assertThat(watchOf("api/v1", "pods")).isEqualTo("watchCoreV1PodListForAllNamespaces watchlist core_v1");
        assertThat(watchOf("api/v1", "namespaces/{namespace}/pods"))
                .isEqualTo("watchCoreV1NamespacedPodList watchlist core_v1");
        assertThat(watchOf("api/v1", "namespaces/{namespace}/pods/{name}"))
                .isEqualTo("watchCoreV1NamespacedPod watch core_v1");
        assertThat(watchOf("api/v1", "namespaces")).isEqualTo("watchCoreV1NamespaceList watchlist core_v1");
        assertThat(watchOf("api/v1", "namespaces/{name}")).isEqualTo("watchCoreV1Namespace watch core_v1");
        assertThat(watchOf("apis/rbac.authorization.k8s.io/v1", "clusterroles/{name}"))
                .isEqualTo("watchRbacAuthorizationV1ClusterRole watch rbacAuthorization_v1");
        JsonNode item = document("api/v1").path("paths").path("/api/v1/watch/namespaces/{namespace}/pods/{name}");
        assertThat(item.path("get").path("description").asString(""))
                .isEqualTo("watch changes to an object of kind Pod. deprecated: use the 'watch' parameter with a list"
                        + " operation instead, filtered to a single item with the 'fieldSelector' parameter.");
        assertThat(Json.items(item, "parameters"))
                .extracting(parameter -> parameter.path("name").asString(""))
                .containsExactlyInAnyOrder(
                        "allowWatchBookmarks",
                        "continue",
                        "fieldSelector",
                        "labelSelector",
                        "limit",
                        "name",
                        "namespace",
                        "pretty",
                        "resourceVersion",
                        "resourceVersionMatch",
                        "sendInitialEvents",
                        "timeoutSeconds",
                        "watch");
        assertThat(document("api/v1").path("paths").propertyNames())
                .as("what cannot be watched")
                .noneMatch(path -> path.startsWith("/api/v1/watch/componentstatuses"));
    }

    @Test
    void everyReferenceLeadsToASchemaOfTheSameDocument() {
        for (String groupVersion : Json.parse(API.index()).path("paths").propertyNames()) {
            ObjectNode document = document(groupVersion);
            List<String> references = new ArrayList<>();
            collect(document, references);
            assertThat(references)
                    .isNotEmpty()
                    .allSatisfy(reference -> assertThat(document.path("components")
                                    .path("schemas")
                                    .has(reference.substring(reference.lastIndexOf('/') + 1)))
                            .as(reference)
                            .isTrue());
        }
    }

    private static void collect(JsonNode node, List<String> references) {
        if (node.path("$ref").isString()) {
            references.add(node.path("$ref").asString());
        }
        node.forEach(child -> collect(child, references));
    }

    @Test
    void schemasExplainFieldsAndHowTheyMerge() {
        JsonNode containers = document("api/v1")
                .path("components")
                .path("schemas")
                .path("io.k8s.api.core.v1.PodSpec")
                .path("properties")
                .path("containers");
        assertThat(containers.path("description").asString()).isNotEmpty();
        assertThat(containers.path("x-kubernetes-patch-merge-key").asString()).isEqualTo("name");
        assertThat(containers.path("items").path("allOf").path(0).path("$ref").asString())
                .isEqualTo("#/components/schemas/io.k8s.api.core.v1.Container");
    }
}

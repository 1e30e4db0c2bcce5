import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes which fields Kubernetes' protobuf messages have, at build time: {@code java ProtobufTableGenerator.java OUTPUT SCHEMAS}. Numbers
 * and types come from the descriptors in Kubernetes' Java client, which is not shipped; names in JSON, and which messages are no objects
 * of their own there, from the schemas that {@code SchemaGenerator} wrote; which fields are pointers in Go stands in the table here.
 *
 * <p>The output is text. A line {@code root APIVERSION KIND MESSAGE} says which message an object is; a line
 * {@code message NAME} begins a message, and its fields follow: {@code NUMBER NAME FORM TYPE}. The form is plain, pointer (present
 * means set, even if zero), inline (its fields are the parent's in JSON), many or map (the type is that of the values).
 */
final class ProtobufTableGenerator {

    private static final String META = "k8s.io.apimachinery.pkg.apis.meta.v1.";

    /** Packages of messages, by the apiVersion of the objects in them. Every message with metadata is one. */
    private static final Map<String, String> API_VERSIONS = Map.ofEntries(
            Map.entry("k8s.io.api.core.v1", "v1"),
            Map.entry("k8s.io.api.apps.v1", "apps/v1"),
            Map.entry("k8s.io.api.events.v1", "events.k8s.io/v1"),
            Map.entry("k8s.io.api.authentication.v1", "authentication.k8s.io/v1"),
            Map.entry("k8s.io.api.authorization.v1", "authorization.k8s.io/v1"),
            Map.entry("k8s.io.api.autoscaling.v1", "autoscaling/v1"),
            Map.entry("k8s.io.api.autoscaling.v2", "autoscaling/v2"),
            Map.entry("k8s.io.api.batch.v1", "batch/v1"),
            Map.entry("k8s.io.api.certificates.v1", "certificates.k8s.io/v1"),
            Map.entry("k8s.io.api.networking.v1", "networking.k8s.io/v1"),
            Map.entry("k8s.io.api.policy.v1", "policy/v1"),
            Map.entry("k8s.io.api.rbac.v1", "rbac.authorization.k8s.io/v1"),
            Map.entry("k8s.io.api.storage.v1", "storage.k8s.io/v1"),
            Map.entry("k8s.io.api.admissionregistration.v1", "admissionregistration.k8s.io/v1"),
            Map.entry("k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1", "apiextensions.k8s.io/v1"),
            Map.entry("k8s.io.api.scheduling.v1", "scheduling.k8s.io/v1"),
            Map.entry("k8s.io.api.coordination.v1", "coordination.k8s.io/v1"),
            Map.entry("k8s.io.api.node.v1", "node.k8s.io/v1"),
            Map.entry("k8s.io.api.discovery.v1", "discovery.k8s.io/v1"),
            Map.entry("k8s.io.api.flowcontrol.v1", "flowcontrol.apiserver.k8s.io/v1"));

    /** Bodies of requests in any group. */
    private static final List<String> OPTIONS = List.of(META + "DeleteOptions", META + "PatchOptions");

    /** What answers are beside objects of kinds: their apiVersions. */
    private static final Map<String, String> ANSWERS =
            Map.of(META + "Status", "v1", META + "PartialObjectMetadata", "meta.k8s.io/v1");

    private static final List<String> HOLDERS = List.of(
            ("V1 V1Apps V1Events V1Authentication V1Authorization V1Autoscaling V2Autoscaling V1Batch V1Certificates V1Networking"
                            + " V1Policy V1Rbac V1Storage V1Admissionregistration V1Apiextensions V1Scheduling V1Coordination V1Node"
                            + " V1Discovery V1Flowcontrol Meta")
                    .split(" "));

    /** Scalar fields that are pointers in Go: there a zero says something. */
    private static final Set<String> POINTERS = Set.of(
            """
            CSIDriverSpec.attachRequired CSIDriverSpec.podInfoOnMount CSIDriverSpec.requiresRepublish
            CSIDriverSpec.seLinuxMount CSIDriverSpec.storageCapacity CertificateSigningRequestSpec.expirationSeconds
            ClientIPConfig.timeoutSeconds ConfigMap.immutable ConfigMapEnvSource.optional ConfigMapKeySelector.optional
            ConfigMapProjection.optional ConfigMapVolumeSource.defaultMode ConfigMapVolumeSource.optional
            ContainerStatus.started CronJobSpec.failedJobsHistoryLimit CronJobSpec.startingDeadlineSeconds
            CronJobSpec.successfulJobsHistoryLimit CronJobSpec.suspend CronJobSpec.timeZone DaemonSetSpec.revisionHistoryLimit
            DaemonSetStatus.collisionCount DeleteOptions.gracePeriodSeconds DeleteOptions.orphanDependents
            DeploymentSpec.progressDeadlineSeconds DeploymentSpec.replicas DeploymentSpec.revisionHistoryLimit
            DeploymentStatus.collisionCount DownwardAPIVolumeFile.mode DownwardAPIVolumeSource.defaultMode Endpoint.hostname
            Endpoint.nodeName Endpoint.zone EndpointConditions.ready EndpointConditions.serving EndpointConditions.terminating
            EndpointPort.appProtocol EndpointPort.name EndpointPort.port EndpointPort.protocol
            ExemptPriorityLevelConfiguration.lendablePercent ExemptPriorityLevelConfiguration.nominalConcurrencyShares
            GRPCAction.service HPAScalingRules.stabilizationWindowSeconds HorizontalPodAutoscalerSpec.minReplicas
            HorizontalPodAutoscalerSpec.targetCPUUtilizationPercentage
            HorizontalPodAutoscalerStatus.currentCPUUtilizationPercentage HorizontalPodAutoscalerStatus.observedGeneration
            HostPathVolumeSource.type IngressClassParametersReference.aPIGroup IngressClassParametersReference.namespace
            IngressSpec.ingressClassName JSONSchemaProps.maxItems JSONSchemaProps.maxLength JSONSchemaProps.maxProperties
            JSONSchemaProps.maximum JSONSchemaProps.minItems JSONSchemaProps.minLength JSONSchemaProps.minProperties
            JSONSchemaProps.minimum JSONSchemaProps.multipleOf JSONSchemaProps.xKubernetesPreserveUnknownFields
            JobSpec.activeDeadlineSeconds JobSpec.backoffLimit JobSpec.backoffLimitPerIndex JobSpec.completions
            JobSpec.managedBy JobSpec.manualSelector JobSpec.maxFailedIndexes JobSpec.parallelism JobSpec.suspend
            JobSpec.ttlSecondsAfterFinished JobStatus.failedIndexes JobStatus.ready JobStatus.terminating KeyToPath.mode
            LeaseSpec.holderIdentity LeaseSpec.leaseDurationSeconds LeaseSpec.leaseTransitions
            LimitedPriorityLevelConfiguration.borrowingLimitPercent LimitedPriorityLevelConfiguration.lendablePercent
            LimitedPriorityLevelConfiguration.nominalConcurrencyShares MetricTarget.averageUtilization
            MetricValueStatus.averageUtilization MutatingWebhook.timeoutSeconds NetworkPolicyPort.endPort
            ObjectMeta.deletionGracePeriodSeconds OwnerReference.blockOwnerDeletion OwnerReference.controller
            PatchOptions.force PersistentVolumeClaimSpec.storageClassName PersistentVolumeClaimSpec.volumeAttributesClassName
            PersistentVolumeSpec.volumeAttributesClassName PodSecurityContext.fsGroup PodSecurityContext.runAsGroup
            PodSecurityContext.runAsNonRoot PodSecurityContext.runAsUser PodSpec.activeDeadlineSeconds
            PodSpec.automountServiceAccountToken PodSpec.enableServiceLinks PodSpec.hostUsers PodSpec.priority
            PodSpec.runtimeClassName PodSpec.setHostnameAsFQDN PodSpec.shareProcessNamespace
            PodSpec.terminationGracePeriodSeconds Probe.terminationGracePeriodSeconds ProjectedVolumeSource.defaultMode
            ReplicaSetSpec.replicas ReplicationControllerSpec.replicas RollingUpdateStatefulSetStrategy.partition
            ScaleSpec.replicas Secret.immutable SecretEnvSource.optional SecretKeySelector.optional SecretProjection.optional
            SecretVolumeSource.defaultMode SecretVolumeSource.optional SecurityContext.allowPrivilegeEscalation
            SecurityContext.privileged SecurityContext.procMount SecurityContext.readOnlyRootFilesystem
            SecurityContext.runAsGroup SecurityContext.runAsNonRoot SecurityContext.runAsUser
            ServiceAccount.automountServiceAccountToken ServiceAccountTokenProjection.expirationSeconds ServicePort.appProtocol
            ServiceReference.path ServiceReference.port ServiceSpec.allocateLoadBalancerNodePorts ServiceSpec.loadBalancerClass
            StatefulSetSpec.replicas StatefulSetSpec.revisionHistoryLimit StatefulSetStatus.collisionCount
            StorageClass.allowVolumeExpansion TokenRequestSpec.expirationSeconds Toleration.tolerationSeconds
            TypedLocalObjectReference.apiGroup ValidatingWebhook.timeoutSeconds VolumeNodeResources.count
            WebhookClientConfig.url
            """.trim().split("\\s+"));

    public static void main(String[] args) throws Exception {
        Map<String, Descriptor> messages = new TreeMap<>();
        for (String holder : HOLDERS) {
            Class<?> type = Class.forName("io.kubernetes.client.proto." + holder);
            var file = (com.google.protobuf.Descriptors.FileDescriptor)
                    type.getMethod("getDescriptor").invoke(null);
            file.getMessageTypes().forEach(message -> messages.put(message.getFullName(), message));
        }
        JsonNode schemas = JsonMapper.shared().readTree(Path.of(args[1]).toFile());
        write(Path.of(args[0]), messages, schemas);
    }

    private static void write(Path output, Map<String, Descriptor> messages, JsonNode schemas) throws IOException {
        StringBuilder table = new StringBuilder();
        Deque<Descriptor> open = new ArrayDeque<>();
        messages.forEach((name, message) -> {
            String apiVersion = API_VERSIONS.get(message.getFile().getPackage());
            boolean isObject = apiVersion != null
                    && message.findFieldByName("metadata") != null
                    && message.findFieldByName("metadata").getNumber() == 1
                    && message.findFieldByName("items") == null;
            String shown = isObject ? apiVersion : ANSWERS.getOrDefault(name, "*");
            if (isObject || OPTIONS.contains(name) || ANSWERS.containsKey(name)) {
                open.add(message);
                table.append("root " + shown + " " + message.getName() + " " + name + "\n");
            }
        });
        Set<String> written = new TreeSet<>();
        while (!open.isEmpty()) {
            Descriptor message = open.remove();
            if (written.add(message.getFullName())) {
                table.append("message " + message.getFullName() + "\n");
                Map<String, String> names = jsonNames(message, schemas);
                message.getFields().forEach(field -> field(message, names, field, table, open));
            }
        }
        Files.createDirectories(output.getParent());
        Files.writeString(output, table);
    }

    private static void field(
            Descriptor message, Map<String, String> names, FieldDescriptor field, StringBuilder table, Deque<Descriptor> open) {
        String path = message.getName() + "." + field.getName();
        FieldDescriptor value = field.isMapField() ? field.getMessageType().findFieldByNumber(2) : field;
        boolean isMessage = value.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
        if (isMessage) {
            open.add(value.getMessageType());
        }
        String form = "plain";
        if (field.isMapField()) {
            form = "map";
        } else if (field.isRepeated()) {
            form = "many";
        } else if (isMessage && !names.isEmpty() && !names.containsKey(plain(field.getName()))) {
            form = "inline";
        } else if (POINTERS.contains(path)) {
            form = "pointer";
        }
        String type = isMessage ? value.getMessageType().getFullName() : value.getType().name().toLowerCase(Locale.ROOT);
        String name = names.getOrDefault(plain(field.getName()), field.getName());
        table.append(field.getNumber() + " " + name + " " + form + " " + type + "\n");
    }

    /** What the fields of a message are called in JSON, by their plain names; empty if the schema does not know the type. */
    private static Map<String, String> jsonNames(Descriptor message, JsonNode schemas) {
        Map<String, String> names = new TreeMap<>();
        String type = message.getFullName().replaceFirst("^k8s\\.io\\.", "io.k8s.").replace("_apiserver", "-apiserver");
        schemas.path(type).path("properties").propertyNames().forEach(name -> names.put(plain(name), name));
        return names;
    }

    /** A name without what protobuf and JSON write each in its way: {@code x-kubernetes-map-type} and {@code xKubernetesMapType}. */
    private static String plain(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }
}

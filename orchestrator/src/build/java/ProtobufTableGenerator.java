import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes which fields Kubernetes' protobuf messages have, at build time: {@code java ProtobufTableGenerator.java OUTPUT}. Numbers,
 * names and types come from the descriptors in Kubernetes' Java client, which is not shipped. What they do not say, which messages
 * are no objects of their own in JSON and which fields are pointers in Go, stands in the tables here.
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

    private static final List<String> HOLDERS = List.of(
            ("V1 V1Apps V1Events V1Authentication V1Authorization V1Autoscaling V2Autoscaling V1Batch V1Certificates V1Networking"
                            + " V1Policy V1Rbac V1Storage V1Admissionregistration V1Apiextensions V1Scheduling V1Coordination V1Node"
                            + " V1Discovery V1Flowcontrol Meta")
                    .split(" "));

    private static final Set<String> INLINE = Set.of(
            "Volume.volumeSource",
            "Probe.handler",
            "EphemeralContainer.ephemeralContainerCommon",
            "ConfigMapKeySelector.localObjectReference",
            "SecretKeySelector.localObjectReference",
            "ConfigMapEnvSource.localObjectReference",
            "SecretEnvSource.localObjectReference",
            "ConfigMapVolumeSource.localObjectReference",
            "ConfigMapProjection.localObjectReference",
            "SecretProjection.localObjectReference");

    /** Scalar fields that are pointers in Go: there a zero says something. */
    private static final Set<String> POINTERS = Set.of(
            "DeploymentSpec.replicas",
            "DeploymentSpec.revisionHistoryLimit",
            "DeploymentSpec.progressDeadlineSeconds",
            "DeploymentStatus.collisionCount",
            "ReplicaSetSpec.replicas",
            "ScaleSpec.replicas",
            "ClientIPConfig.timeoutSeconds",
            "KeyToPath.mode",
            "ConfigMapVolumeSource.defaultMode",
            "SecretVolumeSource.defaultMode",
            "ProjectedVolumeSource.defaultMode",
            "DownwardAPIVolumeSource.defaultMode",
            "DownwardAPIVolumeFile.mode",
            "EndpointPort.port",
            "EndpointPort.name",
            "EndpointPort.protocol",
            "LeaseSpec.holderIdentity",
            "LeaseSpec.leaseDurationSeconds",
            "LeaseSpec.leaseTransitions",
            "PodSpec.priority",
            "PodSpec.terminationGracePeriodSeconds",
            "PodSpec.activeDeadlineSeconds",
            "PodSpec.automountServiceAccountToken",
            "PodSpec.enableServiceLinks",
            "PodSpec.shareProcessNamespace",
            "PodSpec.setHostnameAsFQDN",
            "PodSpec.hostUsers",
            "SecurityContext.privileged",
            "SecurityContext.runAsUser",
            "SecurityContext.runAsGroup",
            "SecurityContext.runAsNonRoot",
            "SecurityContext.readOnlyRootFilesystem",
            "SecurityContext.allowPrivilegeEscalation",
            "PodSecurityContext.runAsUser",
            "PodSecurityContext.runAsGroup",
            "PodSecurityContext.runAsNonRoot",
            "PodSecurityContext.fsGroup",
            "Toleration.tolerationSeconds",
            "Probe.terminationGracePeriodSeconds",
            "GRPCAction.service",
            "HostPathVolumeSource.type",
            "ServiceAccount.automountServiceAccountToken",
            "ServiceAccountTokenProjection.expirationSeconds",
            "ConfigMap.immutable",
            "Secret.immutable",
            "ConfigMapKeySelector.optional",
            "SecretKeySelector.optional",
            "ConfigMapEnvSource.optional",
            "SecretEnvSource.optional",
            "ConfigMapVolumeSource.optional",
            "SecretVolumeSource.optional",
            "ConfigMapProjection.optional",
            "SecretProjection.optional",
            "ServiceSpec.allocateLoadBalancerNodePorts",
            "EndpointConditions.ready",
            "EndpointConditions.serving",
            "EndpointConditions.terminating",
            "ContainerStatus.started",
            "ObjectMeta.deletionGracePeriodSeconds",
            "OwnerReference.controller",
            "OwnerReference.blockOwnerDeletion",
            "DeleteOptions.gracePeriodSeconds",
            "DeleteOptions.orphanDependents",
            "PatchOptions.force");

    public static void main(String[] args) throws Exception {
        Map<String, Descriptor> messages = new TreeMap<>();
        for (String holder : HOLDERS) {
            Class<?> type = Class.forName("io.kubernetes.client.proto." + holder);
            var file = (com.google.protobuf.Descriptors.FileDescriptor)
                    type.getMethod("getDescriptor").invoke(null);
            file.getMessageTypes().forEach(message -> messages.put(message.getFullName(), message));
        }
        write(Path.of(args[0]), messages);
    }

    private static void write(Path output, Map<String, Descriptor> messages) throws IOException {
        StringBuilder table = new StringBuilder();
        Deque<Descriptor> open = new ArrayDeque<>();
        messages.forEach((name, message) -> {
            String apiVersion = API_VERSIONS.get(message.getFile().getPackage());
            boolean isObject = apiVersion != null
                    && message.findFieldByName("metadata") != null
                    && message.findFieldByName("metadata").getNumber() == 1
                    && message.findFieldByName("items") == null;
            if (isObject || OPTIONS.contains(name)) {
                open.add(message);
                table.append("root " + (isObject ? apiVersion : "*") + " " + message.getName() + " " + name + "\n");
            }
        });
        Set<String> written = new TreeSet<>();
        while (!open.isEmpty()) {
            Descriptor message = open.remove();
            if (written.add(message.getFullName())) {
                table.append("message " + message.getFullName() + "\n");
                message.getFields().forEach(field -> field(message, field, table, open));
            }
        }
        Files.createDirectories(output.getParent());
        Files.writeString(output, table);
    }

    private static void field(Descriptor message, FieldDescriptor field, StringBuilder table, Deque<Descriptor> open) {
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
        } else if (INLINE.contains(path)) {
            form = "inline";
        } else if (POINTERS.contains(path)) {
            form = "pointer";
        }
        String type = isMessage ? value.getMessageType().getFullName() : value.getType().name().toLowerCase(java.util.Locale.ROOT);
        table.append(field.getNumber() + " " + field.getName() + " " + form + " " + type + "\n");
    }
}

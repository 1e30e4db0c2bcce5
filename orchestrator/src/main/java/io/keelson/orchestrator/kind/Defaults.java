package io.keelson.orchestrator.kind;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The values that fields have when nobody says, as Kubernetes shows them. A field of a wrong type is left as it is: the schema
 * check has its say about it.
 */
public final class Defaults {

    private static final int CLIENT_IP_TIMEOUT_SECONDS = 10_800;
    private static final int PROGRESS_DEADLINE_SECONDS = 600;
    private static final int REVISION_HISTORY = 10;

    private Defaults() {}

    /**
     * Puts the default values of the kind into an object, in place, and drops fields that are null. Twice is as once. What must
     * be allocated, such as cluster IPs and node ports, is not put here.
     */
    public static void apply(Kind kind, ObjectNode object) {
        ObjectNode kept = withoutNulls(kind, object);
        object.removeAll();
        object.setAll(kept);
        fill(kind, object);
    }

    /** As {@link #apply} for an object without nulls. */
    public static void fill(Kind kind, ObjectNode object) {
        kind.strategy().defaults().accept(object);
    }

    /** Sets what admission sets in Kubernetes in every object of a kind where it is absent; {@link #fill} has been there before. */
    public static void admitted(Kind kind, ObjectNode object) {
        if (kind.equals(Kinds.POD)) {
            PodDefaults.admitted(object);
        }
    }

    /**
     * The object without nulls: a field that is null is absent, and an item of a list is what Kubernetes reads there, such as an empty
     * object. Of a kind that is defined at run time only in its metadata, for elsewhere a null may be a value.
     */
    public static ObjectNode withoutNulls(Kind kind, ObjectNode object) {
        if (kind.custom().isEmpty()) {
            return Nulls.without(Schema.shape(kind), object);
        }
        ObjectNode kept = object.deepCopy();
        if (kept.get("metadata") instanceof ObjectNode metadata) {
            kept.set("metadata", Nulls.without(Schema.metadataShape(), metadata));
        }
        return kept;
    }

    static void deployment(ObjectNode deployment) {
        ObjectNode spec = Json.child(deployment, "spec");
        absent(spec, "replicas", 1);
        absent(spec, "revisionHistoryLimit", REVISION_HISTORY);
        absent(spec, "progressDeadlineSeconds", PROGRESS_DEADLINE_SECONDS);
        ObjectNode strategy = Json.child(spec, "strategy");
        absent(strategy, "type", "RollingUpdate");
        if (strategy.path("type").asString("").equals("RollingUpdate")) {
            ObjectNode rolling = Json.child(strategy, "rollingUpdate");
            absent(rolling, "maxSurge", "25%");
            absent(rolling, "maxUnavailable", "25%");
        }
        PodDefaults.template(spec);
        absentObject(deployment, "status");
    }

    static void replicaSet(ObjectNode replicaSet) {
        ObjectNode spec = Json.child(replicaSet, "spec");
        absent(spec, "replicas", 1);
        PodDefaults.template(spec);
        absent(Json.child(replicaSet, "status"), "replicas", 0);
    }

    static void service(ObjectNode service) {
        ObjectNode spec = Json.child(service, "spec");
        absent(spec, "type", "ClusterIP");
        absent(spec, "sessionAffinity", "None");
        if (spec.path("sessionAffinity").asString("").equals("ClientIP")) {
            absent(
                    Json.child(Json.child(spec, "sessionAffinityConfig"), "clientIP"),
                    "timeoutSeconds",
                    CLIENT_IP_TIMEOUT_SECONDS);
        }
        String type = spec.path("type").asString("");
        if (!type.equals("ExternalName")) {
            absent(spec, "internalTrafficPolicy", "Cluster");
            absent(spec, "ipFamilyPolicy", "SingleStack");
            if (!spec.has("ipFamilies")) {
                spec.putArray("ipFamilies").add("IPv4");
            }
        }
        if (type.equals("NodePort") || type.equals("LoadBalancer")) {
            absent(spec, "externalTrafficPolicy", "Cluster");
        }
        if (type.equals("LoadBalancer")) {
            absent(spec, "allocateLoadBalancerNodePorts", true);
        }
        Json.items(spec, "ports").forEach(port -> {
            absent(port, "protocol", "TCP");
            JsonNode target = port.path("targetPort");
            boolean unset = target.isMissingNode()
                    || (target.isNumber() && target.intValue() == 0)
                    || (target.isString() && target.stringValue().isEmpty());
            if (unset && port instanceof ObjectNode object) {
                Json.at(port, "port").ifPresent(number -> object.set("targetPort", number));
            }
        });
        absentObject(Json.child(service, "status"), "loadBalancer");
    }

    static void endpoints(ObjectNode endpoints) {
        Json.items(endpoints, "subsets")
                .forEach(subset -> Json.items(subset, "ports").forEach(port -> absent(port, "protocol", "TCP")));
    }

    static void endpointSlice(ObjectNode slice) {
        Json.items(slice, "ports").forEach(port -> {
            absent(port, "name", "");
            absent(port, "protocol", "TCP");
        });
    }

    static void lease(ObjectNode lease) {
        absentObject(lease, "spec");
    }

    /** {@code stringData} is for writing only: it goes into {@code data}, over what is there. */
    static void secret(ObjectNode secret) {
        absent(secret, "type", "Opaque");
        if (secret.get("stringData") instanceof ObjectNode texts) {
            ObjectNode data = Json.child(secret, "data");
            texts.properties()
                    .forEach(text -> data.put(
                            text.getKey(),
                            Base64.getEncoder()
                                    .encodeToString(text.getValue().asString("").getBytes(UTF_8))));
            secret.remove("stringData");
        }
    }

    static void namespace(ObjectNode namespace) {
        absent(Json.child(namespace, "status"), "phase", "Active");
        Json.string(namespace, "metadata", "name")
                .filter(name -> !name.isEmpty())
                .ifPresent(name -> Json.child(Json.child(namespace, "metadata"), "labels")
                        .put("kubernetes.io/metadata.name", name));
    }

    static void node(ObjectNode node) {
        absentObject(node, "spec");
        ObjectNode status = Json.child(node, "status");
        if (!status.has("allocatable") && status.get("capacity") instanceof ObjectNode capacity) {
            status.set("allocatable", capacity.deepCopy());
        }
    }

    static void absent(JsonNode parent, String field, String value) {
        if (parent instanceof ObjectNode object && !object.has(field)) {
            object.put(field, value);
        }
    }

    static void absent(JsonNode parent, String field, int value) {
        if (parent instanceof ObjectNode object && !object.has(field)) {
            object.put(field, value);
        }
    }

    static void absent(JsonNode parent, String field, boolean value) {
        if (parent instanceof ObjectNode object && !object.has(field)) {
            object.put(field, value);
        }
    }

    static void absentObject(JsonNode parent, String field) {
        if (parent instanceof ObjectNode object && !object.has(field)) {
            object.putObject(field);
        }
    }
}

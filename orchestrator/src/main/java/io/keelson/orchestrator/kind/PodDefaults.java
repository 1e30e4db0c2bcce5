package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Defaults.absent;
import static io.keelson.orchestrator.kind.Defaults.absentObject;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Defaults of pods and of templates for pods. */
final class PodDefaults {

    private static final int GRACE_SECONDS = 30;
    /** 0644, in the decimal form in which JSON has to have it. */
    private static final int FILE_MODE = 420;

    private static final int TOKEN_SECONDS = 3600;
    private static final int TOLERATION_SECONDS = 300;
    private static final List<String> EVICTING_TAINTS =
            List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");

    /** Of a pod that shows what a node runs by itself: it is nobody, and has no account. */
    private static final String MIRROR = "kubernetes.io/config.mirror";

    private PodDefaults() {}

    /** What admission adds to a pod in Kubernetes, whoever it is from: it is not what somebody wished, and so nobody's. */
    static void admitted(ObjectNode pod) {
        ObjectNode spec = Json.child(pod, "spec");
        if (Json.at(pod, "metadata", "annotations", MIRROR).isEmpty()) {
            absent(spec, "serviceAccountName", "default");
            absent(spec, "serviceAccount", spec.path("serviceAccountName").asString(""));
        }
        absent(spec, "priority", 0);
        absent(spec, "preemptionPolicy", "PreemptLowerPriority");
        tolerations(spec);
    }

    /** A pod itself. */
    static void pod(ObjectNode pod) {
        ObjectNode spec = Json.child(pod, "spec");
        spec(spec);
        absent(spec, "enableServiceLinks", true);
        for (JsonNode container : containers(spec)) {
            requestsFromLimits(container);
            if (spec.path("hostNetwork").asBoolean(false)) {
                Json.items(container, "ports")
                        .forEach(port -> Json.number(port, "containerPort")
                                .ifPresent(number -> absent(port, "hostPort", number.intValue())));
            }
        }
        ObjectNode status = Json.child(pod, "status");
        absent(status, "phase", "Pending");
        absent(status, "qosClass", QosClass.of(spec));
    }

    /** The template of a spec that makes pods. */
    static void template(ObjectNode owner) {
        if (owner.get("template") instanceof ObjectNode template && template.get("spec") instanceof ObjectNode spec) {
            absentObject(template, "metadata");
            spec(spec);
        }
    }

    private static void spec(ObjectNode spec) {
        absent(spec, "restartPolicy", "Always");
        absent(spec, "dnsPolicy", "ClusterFirst");
        absent(spec, "schedulerName", "default-scheduler");
        absent(spec, "terminationGracePeriodSeconds", GRACE_SECONDS);
        absentObject(spec, "securityContext");
        Json.string(spec, "serviceAccountName").ifPresent(name -> absent(spec, "serviceAccount", name));
        Json.string(spec, "serviceAccount").ifPresent(name -> absent(spec, "serviceAccountName", name));
        containers(spec).forEach(PodDefaults::container);
        Json.items(spec, "volumes").forEach(PodDefaults::volume);
    }

    private static List<JsonNode> containers(ObjectNode spec) {
        List<JsonNode> containers = new ArrayList<>(Json.items(spec, "initContainers"));
        containers.addAll(Json.items(spec, "containers"));
        containers.addAll(Json.items(spec, "ephemeralContainers"));
        return containers;
    }

    private static void container(JsonNode container) {
        absent(container, "terminationMessagePath", "/dev/termination-log");
        absent(container, "terminationMessagePolicy", "File");
        absentObject(container, "resources");
        Json.string(container, "image")
                .ifPresent(image -> absent(container, "imagePullPolicy", isLatest(image) ? "Always" : "IfNotPresent"));
        Json.items(container, "ports").forEach(port -> absent(port, "protocol", "TCP"));
        Json.items(container, "env")
                .forEach(variable -> Json.at(variable, "valueFrom", "fieldRef")
                        .ifPresent(field -> absent(field, "apiVersion", "v1")));
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            Json.at(container, probe).ifPresent(PodDefaults::probe);
        }
        for (String hook : List.of("postStart", "preStop")) {
            Json.at(container, "lifecycle", hook, "httpGet").ifPresent(PodDefaults::httpGet);
        }
    }

    /** Whether an image has the tag latest: said, or because it has neither a tag nor a digest. */
    private static boolean isLatest(String image) {
        int digest = image.indexOf('@');
        String name = digest < 0 ? image : image.substring(0, digest);
        int colon = name.lastIndexOf(':');
        boolean tagged = colon > name.lastIndexOf('/');
        return tagged ? name.substring(colon + 1).equals("latest") : digest < 0;
    }

    private static void probe(JsonNode probe) {
        absent(probe, "timeoutSeconds", 1);
        absent(probe, "periodSeconds", 10);
        absent(probe, "successThreshold", 1);
        absent(probe, "failureThreshold", 3);
        Json.at(probe, "httpGet").ifPresent(PodDefaults::httpGet);
        Json.at(probe, "grpc").ifPresent(grpc -> absent(grpc, "service", ""));
    }

    private static void httpGet(JsonNode get) {
        absent(get, "path", "/");
        absent(get, "scheme", "HTTP");
    }

    private static void requestsFromLimits(JsonNode container) {
        if (container.get("resources") instanceof ObjectNode resources
                && resources.get("limits") instanceof ObjectNode limits
                && !limits.isEmpty()) {
            ObjectNode requests = Json.child(resources, "requests");
            limits.properties().forEach(limit -> {
                if (!requests.has(limit.getKey())) {
                    requests.set(limit.getKey(), limit.getValue());
                }
            });
        }
    }

    private static void volume(JsonNode volume) {
        if (volume instanceof ObjectNode object && object.size() == 1 && object.has("name")) {
            object.putObject("emptyDir");
        }
        for (String source : List.of("configMap", "secret", "downwardAPI", "projected")) {
            Json.at(volume, source).ifPresent(from -> absent(from, "defaultMode", FILE_MODE));
        }
        Json.at(volume, "hostPath").ifPresent(host -> absent(host, "type", ""));
        Json.at(volume, "downwardAPI").ifPresent(PodDefaults::downward);
        Json.items(volume, "projected", "sources").forEach(source -> {
            Json.at(source, "serviceAccountToken")
                    .ifPresent(token -> absent(token, "expirationSeconds", TOKEN_SECONDS));
            Json.at(source, "downwardAPI").ifPresent(PodDefaults::downward);
        });
    }

    private static void downward(JsonNode source) {
        Json.items(source, "items")
                .forEach(item -> Json.at(item, "fieldRef").ifPresent(field -> absent(field, "apiVersion", "v1")));
    }

    private static void tolerations(ObjectNode spec) {
        ArrayNode tolerations = spec.get("tolerations") instanceof ArrayNode list ? list : Json.array();
        for (String taint : EVICTING_TAINTS) {
            boolean tolerated = false;
            for (JsonNode toleration : tolerations) {
                Optional<String> key = Json.string(toleration, "key").filter(each -> !each.isEmpty());
                String effect = Json.string(toleration, "effect").orElse("");
                tolerated |= key.map(taint::equals).orElse(true) && (effect.isEmpty() || effect.equals("NoExecute"));
            }
            if (!tolerated) {
                tolerations
                        .addObject()
                        .put("key", taint)
                        .put("operator", "Exists")
                        .put("effect", "NoExecute")
                        .put("tolerationSeconds", TOLERATION_SECONDS);
            }
        }
        if (!tolerations.isEmpty()) {
            spec.set("tolerations", tolerations);
        }
    }
}

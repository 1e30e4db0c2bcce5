package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.QosClass;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The LimitRanges of a namespace: what containers get if they do not say, and between which bounds all has to be. */
final class LimitRanger implements Mutator, Validator {

    /** The subresource whose requests this plugin fills in as those that create. */
    static final String RESIZE = "resize";

    private static final String ANNOTATION = "kubernetes.io/limit-ranger";

    @Override
    public Optional<Rejection> mutate(Request request, ObjectNode pod, Facts facts) {
        if ((!request.creates(Kinds.POD) && !resizes(request)) || ends(request)) {
            return Optional.empty();
        }
        boolean filled = false;
        for (ObjectNode range : facts.list(Known.LIMIT_RANGE, request.namespace())) {
            List<String> said = new ArrayList<>();
            for (JsonNode limit : limits(range, "Container")) {
                Json.items(pod, "spec", "containers").forEach(container -> fill(container, limit, "container", said));
                Json.items(pod, "spec", "initContainers")
                        .forEach(container -> fill(container, limit, "init container", said));
            }
            if (!said.isEmpty()) {
                // Of several ranges the last to set anything is told, as by Kubernetes.
                Json.child(Json.child(pod, "metadata"), "annotations")
                        .put(ANNOTATION, "LimitRanger plugin set: " + String.join("; ", said));
                filled = true;
            }
        }
        if (filled && request.creates(Kinds.POD)) {
            Json.child(pod, "status").put("qosClass", QosClass.of(pod.path("spec")));
        }
        return Optional.empty();
    }

    /** What is being deleted is bounded no more: who takes its finalizers away must not be kept from it. */
    private static boolean ends(Request request) {
        return request.old()
                .flatMap(old -> Json.at(old, "metadata", "deletionTimestamp"))
                .isPresent();
    }

    private static boolean resizes(Request request) {
        return request.of(Kinds.POD)
                && request.operation() == Operation.UPDATE
                && request.subresource().equals(RESIZE);
    }

    private static List<JsonNode> limits(ObjectNode range, String type) {
        return Json.items(range, "spec", "limits").stream()
                .filter(limit -> limit.path("type").asString("").equals(type))
                .toList();
    }

    private static void fill(JsonNode container, JsonNode limit, String what, List<String> said) {
        if (container instanceof ObjectNode object) {
            String name = object.path("name").asString("");
            fill(object, "requests", limit.path("defaultRequest"), "request for " + what + " " + name, said);
            fill(object, "limits", limit.path("default"), "limit for " + what + " " + name, said);
        }
    }

    private static void fill(ObjectNode container, String which, JsonNode defaults, String what, List<String> said) {
        List<String> filled = new ArrayList<>();
        defaults.properties().forEach(amount -> {
            ObjectNode own = Json.child(Json.child(container, "resources"), which);
            if (!own.has(amount.getKey())) {
                own.set(amount.getKey(), amount.getValue());
                filled.add(amount.getKey());
            }
        });
        if (!filled.isEmpty()) {
            said.add(String.join(", ", filled.stream().sorted().toList()) + " " + what);
        }
    }

    @Override
    public Verdict validate(Request request, Facts facts) {
        boolean pod = request.creates(Kinds.POD) || resizes(request);
        boolean claim = request.of(Known.CLAIM)
                && request.operation() != Operation.DELETE
                && request.subresource().isEmpty();
        if ((!pod && !claim) || ends(request)) {
            return Verdict.FINE;
        }
        ObjectNode object = request.object().orElseThrow();
        for (ObjectNode range : facts.list(Known.LIMIT_RANGE, request.namespace())) {
            List<String> broken = pod ? pod(object, range) : claim(object, range);
            if (!broken.isEmpty()) {
                String all = String.join(", ", broken);
                return Verdict.refused(request.forbidden(broken.size() == 1 ? all : "[" + all + "]"));
            }
        }
        return Verdict.FINE;
    }

    private static List<String> claim(ObjectNode claim, ObjectNode range) {
        List<String> broken = new ArrayList<>();
        ResourceList requests =
                ResourceList.of(claim.path("spec").path("resources").path("requests"));
        for (JsonNode limit : limits(range, "PersistentVolumeClaim")) {
            Bounds bounds = new Bounds("PersistentVolumeClaim", requests, ResourceList.NONE);
            bounds.atLeast(ResourceList.of(limit.path("min")), broken);
            bounds.requestAtMost(ResourceList.of(limit.path("max")), broken);
        }
        return broken;
    }

    private static List<String> pod(ObjectNode pod, ObjectNode range) {
        List<String> broken = new ArrayList<>();
        for (JsonNode limit : limits(range, "Container")) {
            for (JsonNode container : PodResources.containers(pod)) {
                check(
                        new Bounds(
                                "Container",
                                PodResources.of(container, "requests"),
                                PodResources.of(container, "limits")),
                        limit,
                        broken);
            }
        }
        for (JsonNode limit : limits(range, "Pod")) {
            check(
                    new Bounds("Pod", PodResources.total(pod, "requests"), PodResources.total(pod, "limits")),
                    limit,
                    broken);
        }
        return broken;
    }

    private static void check(Bounds bounds, JsonNode limit, List<String> broken) {
        bounds.atLeast(ResourceList.of(limit.path("min")), broken);
        bounds.atMost(ResourceList.of(limit.path("max")), broken);
        bounds.ratio(ResourceList.of(limit.path("maxLimitRequestRatio")), broken);
    }
}

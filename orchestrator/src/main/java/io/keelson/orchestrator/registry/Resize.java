package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Defaults;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.QosClass;
import io.keelson.orchestrator.kind.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The subresource {@code resize} of a pod: the cpu and memory of its containers change, and nothing else does. Rules and words are Kubernetes'. What
 * becomes of the wish on the node, the node says in the pod's status.
 */
final class Resize {

    private static final List<String> LISTS = List.of("containers", "initContainers");
    private static final List<String> AMOUNTS = List.of("requests", "limits");
    private static final String RESOURCES = "resources";
    private static final String MIRROR = "kubernetes.io/config.mirror";

    private Resize() {}

    static Prepared update(Kind kind, ObjectNode stored, ObjectNode incoming, Reading reading, Mutation mutation) {
        Decoding.Result decoded = Decoding.check(kind, Optional.of(stored), incoming, reading);
        Optional<Rejection> refused = decoded.rejection().or(() -> Metadata.mismatch(kind, stored, incoming));
        if (refused.isPresent()) {
            return new Prepared.Refuse(refused.get());
        }
        ObjectNode live = Decoding.known(kind, stored, decoded);
        ObjectNode sent = Defaults.withoutNulls(kind, Registry.sent(kind, live, incoming, decoded, mutation));
        ObjectNode object = live.deepCopy();
        List<Cause> causes = new ArrayList<>(unfit(live));
        List<Cause> disorder = disorder(live, sent);
        causes.addAll(disorder);
        if (disorder.isEmpty()) {
            LISTS.forEach(list -> take(sent, object, list));
            Defaults.apply(kind, object);
            causes.addAll(changes(live, object));
            // Against itself: by the rules for other updates nothing of this may change.
            causes.addAll(Validation.validate(kind, Optional.of(object), object));
        }
        return Registry.finish(kind, live, object, causes, decoded.warnings());
    }

    /** Why a pod cannot be resized, whatever is wished. */
    private static List<Cause> unfit(ObjectNode live) {
        List<Cause> causes = new ArrayList<>();
        if (Json.at(live, "metadata", "annotations", MIRROR).isPresent()) {
            causes.add(Cause.forbidden("metadata", "static pods cannot be resized"));
        }
        if (Json.string(live, "spec", "os", "name").equals(Optional.of("windows"))) {
            causes.add(Cause.forbidden("spec", "windows pods cannot be resized"));
        }
        if (Json.at(live, "spec", RESOURCES).isPresent()) {
            causes.add(Cause.forbidden("spec", "pods with pod-level resources cannot be resized"));
        }
        if (!supported(live)) {
            causes.add(Cause.forbidden("spec", "Pod running on node without support for resize"));
        }
        return causes;
    }

    /** A node that says of a running container what it has got knows of resizing. As long as none runs, nobody can tell. */
    private static boolean supported(ObjectNode live) {
        return Json.items(live, "status", "containerStatuses").stream()
                .filter(status -> status.path("state").path("running").isObject())
                .findFirst()
                .map(status -> status.path(RESOURCES).isObject())
                .orElse(true);
    }

    private static List<Cause> disorder(ObjectNode live, ObjectNode sent) {
        List<Cause> causes = new ArrayList<>();
        for (String list : LISTS) {
            List<JsonNode> before = Json.items(live, "spec", list);
            List<JsonNode> after = Json.items(sent, "spec", list);
            if (before.size() != after.size()) {
                causes.add(Cause.forbidden("spec." + list, list + " may not be added or removed on resize"));
                continue;
            }
            for (int i = 0; i < before.size(); i++) {
                if (!before.get(i).path("name").equals(after.get(i).path("name"))) {
                    causes.add(Cause.forbidden(
                            "spec." + list + "[" + i + "].name", list + " may not be renamed or reordered on resize"));
                }
            }
        }
        return causes;
    }

    /** Takes from what was sent what is about resources; all else is ignored, but that a policy of resizing changes is told. */
    private static void take(ObjectNode sent, ObjectNode object, String list) {
        List<JsonNode> from = Json.items(sent, "spec", list);
        List<JsonNode> to = Json.items(object, "spec", list);
        for (int i = 0; i < to.size(); i++) {
            ObjectNode container = (ObjectNode) to.get(i);
            for (String field : List.of(RESOURCES, "resizePolicy")) {
                Optional<JsonNode> said = Json.at(from.get(i), field);
                if (said.isPresent()) {
                    container.set(field, said.get().deepCopy());
                } else {
                    container.remove(field);
                }
            }
        }
    }

    private static List<Cause> changes(ObjectNode live, ObjectNode object) {
        List<Cause> causes = new ArrayList<>();
        String quality = Json.string(live, "status", "qosClass").orElseGet(() -> QosClass.of(live.path("spec")));
        if (!quality.equals(QosClass.of(object.path("spec")))) {
            causes.add(Cause.invalid(
                    "spec", Json.quoted(quality), "Pod QOS Class may not change as a result of resizing"));
        }
        for (String list : LISTS) {
            List<JsonNode> before = Json.items(live, "spec", list);
            List<JsonNode> after = Json.items(object, "spec", list);
            for (int i = 0; i < before.size(); i++) {
                String path = "spec." + list + "[" + i + "]." + RESOURCES;
                removed(before.get(i), after.get(i), path, causes);
                immutable(list, before.get(i), after.get(i), path).ifPresent(causes::add);
            }
        }
        return causes;
    }

    private static void removed(JsonNode before, JsonNode after, String path, List<Cause> causes) {
        for (String which : AMOUNTS) {
            JsonNode left = after.path(RESOURCES).path(which);
            boolean gone =
                    before.path(RESOURCES).path(which).propertyNames().stream().anyMatch(name -> !left.has(name));
            if (gone) {
                causes.add(Cause.forbidden(path + "." + which, "resource " + which + " cannot be removed"));
            }
        }
    }

    private static Optional<Cause> immutable(String list, JsonNode before, JsonNode after, String path) {
        boolean init = list.equals("initContainers");
        boolean sidecar = init && before.path("restartPolicy").asString("").equals("Always");
        if (init && !sidecar) {
            return before.equals(after)
                    ? Optional.empty()
                    : Optional.of(Cause.forbidden(path, "resources for non-sidecar init containers are immutable"));
        }
        if (rest(before).equals(rest(after))) {
            return Optional.empty();
        }
        return Optional.of(Cause.forbidden(
                "spec",
                sidecar
                        ? "only cpu and memory resources for sidecar containers are mutable"
                        : "only cpu and memory resources are mutable"));
    }

    /** A container without what may change. */
    private static JsonNode rest(JsonNode container) {
        JsonNode rest = container.deepCopy();
        if (rest.get(RESOURCES) instanceof ObjectNode resources) {
            for (String which : AMOUNTS) {
                if (resources.get(which) instanceof ObjectNode amounts) {
                    amounts.remove(List.of("cpu", "memory"));
                    if (amounts.isEmpty()) {
                        resources.remove(which);
                    }
                }
            }
            if (resources.isEmpty()) {
                ((ObjectNode) rest).remove(RESOURCES);
            }
        }
        return rest;
    }
}

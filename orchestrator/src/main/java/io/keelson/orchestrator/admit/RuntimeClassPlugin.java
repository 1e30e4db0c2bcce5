package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Rejection;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a runtime costs, and where it is: a pod gets both from its RuntimeClass, and cannot say otherwise. */
final class RuntimeClassPlugin implements Mutator, Validator {

    private static String named(ObjectNode pod) {
        return Json.string(pod, "spec", "runtimeClassName").orElse("");
    }

    private static Optional<ObjectNode> find(ObjectNode pod, Facts facts) {
        return facts.find(Known.RUNTIME_CLASS, "", named(pod));
    }

    @Override
    public Optional<Rejection> mutate(Request request, ObjectNode pod, Facts facts) {
        if (!request.creates(Kinds.POD) || named(pod).isEmpty()) {
            return Optional.empty();
        }
        Optional<ObjectNode> found = find(pod, facts);
        if (found.isEmpty()) {
            return Optional.of(request.forbidden("pod rejected: RuntimeClass \"" + named(pod) + "\" not found"));
        }
        ObjectNode spec = Json.child(pod, "spec");
        Optional<JsonNode> overhead = Json.at(found.get(), "overhead", "podFixed");
        if (overhead.isPresent()) {
            if (spec.has("overhead") && !spec.get("overhead").equals(overhead.get())) {
                return Optional.of(request.forbidden(
                        "pod rejected: Pod's Overhead doesn't match RuntimeClass's" + " defined Overhead"));
            }
            spec.set("overhead", overhead.get().deepCopy());
        }
        Optional<String> conflict = selector(spec, found.get());
        if (conflict.isPresent()) {
            return Optional.of(request.forbidden("pod rejected: conflict: runtimeClass.scheduling.nodeSelector["
                    + conflict.get() + "] contradicts pod.spec.nodeSelector"));
        }
        tolerations(spec, found.get());
        return Optional.empty();
    }

    /** Adds the class's node selector; gives the label about which the two say different things. */
    private static Optional<String> selector(ObjectNode spec, ObjectNode runtimeClass) {
        for (var label :
                Json.strings(runtimeClass, "scheduling", "nodeSelector").entrySet()) {
            ObjectNode own = Json.child(spec, "nodeSelector");
            String said = own.path(label.getKey()).asString(label.getValue());
            if (!said.equals(label.getValue())) {
                return Optional.of(label.getKey());
            }
            own.put(label.getKey(), label.getValue());
        }
        return Optional.empty();
    }

    private static void tolerations(ObjectNode spec, ObjectNode runtimeClass) {
        for (JsonNode toleration : Json.items(runtimeClass, "scheduling", "tolerations")) {
            ArrayNode own = spec.get("tolerations") instanceof ArrayNode list ? list : spec.putArray("tolerations");
            if (Json.items(spec, "tolerations").stream().noneMatch(toleration::equals)) {
                own.add(toleration.deepCopy());
            }
        }
    }

    @Override
    public Verdict validate(Request request, Facts facts) {
        if (!request.creates(Kinds.POD)) {
            return Verdict.FINE;
        }
        ObjectNode pod = request.object().orElseThrow();
        boolean costs = Json.at(pod, "spec", "overhead").isPresent();
        boolean due = !named(pod).isEmpty()
                && find(pod, facts)
                        .flatMap(found -> Json.at(found, "overhead", "podFixed"))
                        .isPresent();
        return costs && !due
                ? Verdict.refused(request.forbidden(
                        "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"))
                : Verdict.FINE;
    }
}

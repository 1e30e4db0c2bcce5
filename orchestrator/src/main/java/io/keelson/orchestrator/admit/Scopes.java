package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.QosClass;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Which objects a quota is about. */
final class Scopes {

    private Scopes() {}

    /** Whether a quota counts an object; one with scopes counts only pods that are in all of them. */
    static boolean count(ObjectNode quota, Kind kind, ObjectNode object) {
        List<JsonNode> plain = Json.items(quota, "spec", "scopes");
        List<JsonNode> selectors = Json.items(quota, "spec", "scopeSelector", "matchExpressions");
        if (plain.isEmpty() && selectors.isEmpty()) {
            return true;
        }
        return kind.equals(Kinds.POD)
                && plain.stream().allMatch(scope -> in(scope.asString(""), object))
                && selectors.stream().allMatch(selector -> selected(selector, object));
    }

    private static boolean in(String scope, ObjectNode pod) {
        JsonNode spec = pod.path("spec");
        return switch (scope) {
            case "BestEffort" -> QosClass.of(spec).equals("BestEffort");
            case "NotBestEffort" -> !QosClass.of(spec).equals("BestEffort");
            case "Terminating" -> spec.has("activeDeadlineSeconds");
            case "NotTerminating" -> !spec.has("activeDeadlineSeconds");
            case "PriorityClass" -> priorityClass(pod).isPresent();
            case "CrossNamespacePodAffinity" -> looksElsewhere(spec);
            default -> false;
        };
    }

    private static Optional<String> priorityClass(ObjectNode pod) {
        return Json.string(pod, "spec", "priorityClassName").filter(name -> !name.isEmpty());
    }

    private static boolean looksElsewhere(JsonNode spec) {
        return Stream.of("podAffinity", "podAntiAffinity")
                .map(field -> spec.path("affinity").path(field))
                .flatMap(affinity -> Stream.concat(
                        Json.items(affinity, "requiredDuringSchedulingIgnoredDuringExecution").stream(),
                        Json.items(affinity, "preferredDuringSchedulingIgnoredDuringExecution").stream()
                                .map(weighted -> weighted.path("podAffinityTerm"))))
                .anyMatch(term -> !Json.items(term, "namespaces").isEmpty() || term.has("namespaceSelector"));
    }

    private static boolean selected(JsonNode selector, ObjectNode pod) {
        String scope = selector.path("scopeName").asString("");
        if (!scope.equals("PriorityClass")) {
            return in(scope, pod) != selector.path("operator").asString("").equals("DoesNotExist");
        }
        Optional<String> named = priorityClass(pod);
        List<String> values = Json.items(selector, "values").stream()
                .map(value -> value.asString(""))
                .toList();
        return switch (selector.path("operator").asString("")) {
            case "In" -> named.filter(values::contains).isPresent();
            case "NotIn" -> named.filter(values::contains).isEmpty();
            case "Exists" -> named.isPresent();
            case "DoesNotExist" -> named.isEmpty();
            default -> false;
        };
    }
}

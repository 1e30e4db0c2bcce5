package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A pod, or the template of one, as security checks look at it.
 *
 * @param annotations of it
 * @param spec of it
 */
record PodView(Map<String, String> annotations, JsonNode spec) {

    /** Something that a check says: the pod, or containers. */
    static String quoted(Collection<String> names) {
        return names.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "));
    }

    static String many(String one, String more, int count) {
        return count == 1 ? one : more;
    }

    /** {@code container "a"} or {@code containers "a", "b"}. */
    static String containers(List<String> names) {
        return many("container ", "containers ", names.size()) + quoted(names);
    }

    List<JsonNode> containers() {
        List<JsonNode> all = new ArrayList<>(Json.items(spec, "initContainers"));
        all.addAll(Json.items(spec, "containers"));
        all.addAll(Json.items(spec, "ephemeralContainers"));
        return all;
    }

    static String name(JsonNode container) {
        return container.path("name").asString("");
    }

    /** The names of the containers for which something holds. */
    List<String> named(Predicate<JsonNode> condition) {
        return containers().stream().filter(condition).map(PodView::name).toList();
    }

    /** A value below a security context. */
    static JsonNode context(JsonNode podOrContainer, String... path) {
        JsonNode node = podOrContainer.path("securityContext");
        for (String step : path) {
            node = node.path(step);
        }
        return node;
    }

    static String text(JsonNode podOrContainer, String... path) {
        return context(podOrContainer, path).asString("");
    }

    boolean windows() {
        return spec.path("os").path("name").asString("").equals("windows");
    }

    /** The kind of a volume: the one field that is not its name. */
    static String source(JsonNode volume) {
        return volume.propertyNames().stream()
                .filter(field -> !field.equals("name"))
                .findFirst()
                .orElse("");
    }

    /** {@code pod}, {@code container "a"}, or both. */
    static String setters(boolean pod, List<String> containers) {
        List<String> setters = new ArrayList<>();
        if (pod) {
            setters.add("pod");
        }
        if (!containers.isEmpty()) {
            setters.add(containers(containers));
        }
        return String.join(" and ", setters);
    }

    static List<String> strings(JsonNode list) {
        List<String> strings = new ArrayList<>();
        list.forEach(item -> strings.add(item.asString("")));
        return strings;
    }

    static boolean oneOf(String value, String... allowed) {
        return Arrays.asList(allowed).contains(value);
    }
}

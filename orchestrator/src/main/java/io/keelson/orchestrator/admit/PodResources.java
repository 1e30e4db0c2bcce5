package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the containers of a pod ask for together: those that run at once added up, or one that runs before if that is more. */
final class PodResources {

    private PodResources() {}

    /** All containers that are part of the pod from its beginning. */
    static List<JsonNode> containers(ObjectNode pod) {
        List<JsonNode> containers = new ArrayList<>(Json.items(pod, "spec", "initContainers"));
        containers.addAll(Json.items(pod, "spec", "containers"));
        return containers;
    }

    /**
     * The total of what is asked for.
     *
     * @param which {@code requests} or {@code limits}
     */
    static ResourceList total(ObjectNode pod, String which) {
        return total(pod, which, container -> of(container, which));
    }

    /**
     * What a quota is charged: a container that is to have less than it has got counts with that until its node says otherwise, and a wish that
     * its node cannot fulfil does not count; as in Kubernetes.
     *
     * @param which {@code requests} or {@code limits}
     */
    static ResourceList charged(ObjectNode pod, String which) {
        boolean infeasible = Json.items(pod, "status", "conditions").stream()
                .anyMatch(condition -> condition.path("type").asString("").equals("PodResizePending")
                        && condition.path("reason").asString("").equals("Infeasible"));
        return total(pod, which, container -> {
            Optional<JsonNode> status = status(pod, container);
            if (status.isEmpty()) {
                return of(container, which);
            }
            ResourceList got = of(status.get(), which);
            ResourceList held = which.equals("requests")
                    ? got.max(ResourceList.of(status.get().path("allocatedResources")))
                    : got;
            return infeasible ? held : of(container, which).max(held);
        });
    }

    /** What the node says of a container, if it says what that has got. */
    private static Optional<JsonNode> status(ObjectNode pod, JsonNode container) {
        return Stream.of("containerStatuses", "initContainerStatuses")
                .flatMap(list -> Json.items(pod, "status", list).stream())
                .filter(status -> status.path("name").equals(container.path("name"))
                        && status.path("resources").isObject())
                .findFirst();
    }

    private static ResourceList total(ObjectNode pod, String which, Function<JsonNode, ResourceList> each) {
        ResourceList running = ResourceList.NONE;
        ResourceList peak = ResourceList.NONE;
        for (JsonNode container : Json.items(pod, "spec", "initContainers")) {
            ResourceList own = each.apply(container);
            if (container.path("restartPolicy").asString("").equals("Always")) {
                running = running.plus(own);
                peak = peak.max(running);
            } else {
                peak = peak.max(running.plus(own));
            }
        }
        for (JsonNode container : Json.items(pod, "spec", "containers")) {
            running = running.plus(each.apply(container));
        }
        ResourceList total = running.max(peak);
        ResourceList whole = ResourceList.of(pod.path("spec").path("resources").path(which));
        ResourceList overhead = ResourceList.of(pod.path("spec").path("overhead"));
        ResourceList overlaid = new ResourceList(merged(total, whole));
        return which.equals("limits") ? overlaid.plus(overhead.only(overlaid.names())) : overlaid.plus(overhead);
    }

    private static Map<String, ResourceList.Amount> merged(ResourceList under, ResourceList over) {
        var result = new TreeMap<>(under.byName());
        result.putAll(over.byName());
        return result;
    }

    static ResourceList of(JsonNode container, String which) {
        return ResourceList.of(container.path("resources").path(which));
    }
}

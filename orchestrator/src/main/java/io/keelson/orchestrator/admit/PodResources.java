package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
     * The total.
     *
     * @param which {@code requests} or {@code limits}
     */
    static ResourceList total(ObjectNode pod, String which) {
        ResourceList running = ResourceList.NONE;
        ResourceList peak = ResourceList.NONE;
        for (JsonNode container : Json.items(pod, "spec", "initContainers")) {
            ResourceList own = of(container, which);
            if (container.path("restartPolicy").asString("").equals("Always")) {
                running = running.plus(own);
                peak = peak.max(running);
            } else {
                peak = peak.max(running.plus(own));
            }
        }
        for (JsonNode container : Json.items(pod, "spec", "containers")) {
            running = running.plus(of(container, which));
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

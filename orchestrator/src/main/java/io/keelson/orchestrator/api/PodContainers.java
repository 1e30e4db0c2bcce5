package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Finds the node and the container that a request about a pod means. */
final class PodContainers {

    private static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

    private PodContainers() {}

    /**
     * Reads a pod.
     *
     * @throws ApiException NOT_FOUND if there is none
     */
    static ObjectNode pod(Api api, String namespace, String name) {
        return api.get(new Ref(Kinds.POD, namespace, name)).object();
    }

    /**
     * Where a pod is.
     *
     * @throws ApiException BAD_REQUEST if it is on no node
     */
    static NodeStreams.Where where(ObjectNode pod) {
        String name = Json.string(pod, "metadata", "name").orElse("");
        String node = Json.string(pod, "spec", "nodeName").orElse("");
        if (node.isEmpty()) {
            throw ApiException.badRequest("pod " + name + " does not have a host assigned");
        }
        return new NodeStreams.Where(
                node,
                Json.string(pod, "metadata", "namespace").orElse(""),
                name,
                Json.string(pod, "metadata", "uid").orElse(""));
    }

    /**
     * The container that is meant: the named one, or the only one, or the one that an annotation names.
     *
     * @throws ApiException BAD_REQUEST if there is no such container, or none is named where there are several
     */
    static String container(ObjectNode pod, String wanted) {
        String name = Json.string(pod, "metadata", "name").orElse("");
        List<String> main = names(pod, "containers");
        if (wanted.isEmpty()) {
            String annotated = Json.string(pod, "metadata", "annotations", DEFAULT_CONTAINER)
                    .orElse("");
            if (main.contains(annotated)) {
                return annotated;
            }
            if (main.size() == 1) {
                return main.getFirst();
            }
            List<String> before = names(pod, "initContainers");
            throw ApiException.badRequest("a container name must be specified for pod " + name + ", choose one of: ["
                    + String.join(" ", main) + "]"
                    + (before.isEmpty() ? "" : " or one of the init containers: [" + String.join(" ", before) + "]"));
        }
        List<String> all = new ArrayList<>(names(pod, "initContainers"));
        all.addAll(main);
        all.addAll(names(pod, "ephemeralContainers"));
        if (!all.contains(wanted)) {
            throw ApiException.badRequest("container " + wanted + " is not valid for pod " + name);
        }
        return wanted;
    }

    private static List<String> names(ObjectNode pod, String field) {
        return Json.items(pod, "spec", field).stream()
                .flatMap(container -> Json.string(container, "name").stream())
                .toList();
    }
}

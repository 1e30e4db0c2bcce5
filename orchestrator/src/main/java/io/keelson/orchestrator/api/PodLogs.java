package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Finds the node and the container that a request for a log means. */
public final class PodLogs {

    private static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

    private final Api api;
    private final NodeLogs nodes;

    /** Logs of the pods that an API knows. */
    public PodLogs(Api api, NodeLogs nodes) {
        this.api = api;
        this.nodes = nodes;
    }

    /**
     * Opens a log.
     *
     * @throws ApiException NOT_FOUND if there is no such pod, BAD_REQUEST if the container is not clear or the pod is on no node
     */
    public LogStream open(String namespace, String pod, LogQuery query) {
        ObjectNode object = api.get(new Ref(Kinds.POD, namespace, pod)).object();
        String container = container(pod, object, query.container());
        String node = Json.string(object, "spec", "nodeName").orElse("");
        if (node.isEmpty()) {
            throw ApiException.badRequest("pod " + pod + " does not have a host assigned");
        }
        String uid = Json.string(object, "metadata", "uid").orElse("");
        return nodes.open(node, namespace, pod, uid, query.of(container));
    }

    private static String container(String pod, ObjectNode object, String wanted) {
        List<String> main = names(object, "containers");
        List<String> all = new ArrayList<>(names(object, "initContainers"));
        all.addAll(main);
        if (wanted.isEmpty()) {
            String annotated = Json.string(object, "metadata", "annotations", DEFAULT_CONTAINER)
                    .orElse("");
            if (main.contains(annotated)) {
                return annotated;
            }
            if (main.size() == 1) {
                return main.getFirst();
            }
            throw ApiException.badRequest("a container name must be specified for pod " + pod + ", choose one of: ["
                    + String.join(" ", main) + "]");
        }
        if (!all.contains(wanted)) {
            throw ApiException.badRequest("container " + wanted + " is not valid for pod " + pod);
        }
        return wanted;
    }

    private static List<String> names(ObjectNode pod, String field) {
        return Json.items(pod, "spec", field).stream()
                .flatMap(container -> Json.string(container, "name").stream())
                .toList();
    }
}

package io.keelson.orchestrator.api;

import tools.jackson.databind.node.ObjectNode;

/** Finds the node and the container that a request for a log means. */
public final class PodLogs {

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
        ObjectNode object = PodContainers.pod(api, namespace, pod);
        String container = PodContainers.container(object, query.container());
        NodeStreams.Where where = PodContainers.where(object);
        return nodes.open(where.node(), namespace, pod, where.uid(), query.of(container));
    }
}

package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Finds the node and the container that a request for a log means. */
public final class PodLogs {

    /** The log of what has not been given to a node: there is none, and as in Kubernetes that is no failure. */
    private static final LogStream NOTHING = new LogStream() {
        @Override
        public Optional<byte[]> next(Duration patience) {
            return Optional.empty();
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

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
     * @throws ApiException NOT_FOUND if there is no such pod, BAD_REQUEST if the container is not clear
     */
    public LogStream open(String namespace, String pod, LogQuery query) {
        ObjectNode object = PodContainers.pod(api, namespace, pod);
        String container = PodContainers.container(object, query.container());
        if (Json.string(object, "spec", "nodeName").orElse("").isEmpty()) {
            return NOTHING;
        }
        NodeStreams.Where where = PodContainers.where(object);
        return nodes.open(where.node(), namespace, pod, where.uid(), query.of(container));
    }
}

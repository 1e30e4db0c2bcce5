package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.Rejection;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
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
     * @throws ApiException INVALID if the question makes no sense, NOT_FOUND if there is no such pod, BAD_REQUEST if the container is not clear,
     *     or the time is none
     */
    public LogStream open(String namespace, String pod, LogQuery query) {
        checkTime(query.sinceTime());
        List<Cause> problems = query.problems();
        if (!problems.isEmpty()) {
            throw new ApiException(Rejection.invalid("", "PodLogOptions", pod, problems));
        }
        ObjectNode object = PodContainers.pod(api, namespace, pod);
        String container = PodContainers.container(object, query.container());
        if (Json.string(object, "spec", "nodeName").orElse("").isEmpty()) {
            return NOTHING;
        }
        NodeStreams.Where where = PodContainers.where(object);
        return nodes.open(where.node(), namespace, pod, where.uid(), query.of(container));
    }

    /** As Go reads RFC 3339, and in its words. */
    private static void checkTime(String time) {
        try {
            if (!time.isEmpty()) {
                OffsetDateTime _ = OffsetDateTime.parse(time);
            }
        } catch (DateTimeParseException e) {
            String quoted = Json.quoted(time);
            throw ApiException.badRequest("parsing time " + quoted + " as \"2006-01-02T15:04:05Z07:00\": cannot parse "
                    + Json.quoted(time.substring(Math.min(e.getErrorIndex(), time.length()))));
        }
    }
}

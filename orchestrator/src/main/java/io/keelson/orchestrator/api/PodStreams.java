package io.keelson.orchestrator.api;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Commands in the containers of pods, and connections to their ports. */
public final class PodStreams {

    private static final int LAST_PORT = 65535;

    private final Api api;
    private final NodeStreams nodes;

    /** Streams of the pods that an API knows. */
    public PodStreams(Api api, NodeStreams nodes) {
        this.api = api;
        this.nodes = nodes;
    }

    /**
     * Runs a command.
     *
     * @param container may be empty if it is clear which
     * @throws ApiException NOT_FOUND if there is no such pod, or the container does not run; BAD_REQUEST if the container is not clear, the
     *     pod is on no node or there is no command; SERVICE_UNAVAILABLE if the node has no connection to this server
     */
    public NodeStream exec(String namespace, String pod, String container, List<String> command, ContainerIo io)
            throws InterruptedException {
        ObjectNode object = PodContainers.pod(api, namespace, pod);
        if (command.isEmpty()) {
            throw ApiException.badRequest("you must specify at least one command for the container");
        }
        return nodes.exec(PodContainers.where(object), PodContainers.container(object, container), command, io);
    }

    /** Joins a container's own program; fails as {@link #exec}. */
    public NodeStream attach(String namespace, String pod, String container, ContainerIo io)
            throws InterruptedException {
        ObjectNode object = PodContainers.pod(api, namespace, pod);
        return nodes.attach(PodContainers.where(object), PodContainers.container(object, container), io);
    }

    /** Connections to the ports of one pod. */
    public interface Ports {

        /**
         * Connects.
         *
         * @throws ApiException if nobody listens there, or the node cannot be reached
         */
        NodeStream connect(int port) throws InterruptedException;
    }

    /**
     * The ports of a pod.
     *
     * @throws ApiException NOT_FOUND if there is no such pod, BAD_REQUEST if it is on no node
     */
    public Ports ports(String namespace, String pod) {
        NodeStreams.Where where = PodContainers.where(PodContainers.pod(api, namespace, pod));
        return port -> {
            if (port < 1 || port > LAST_PORT) {
                throw ApiException.badRequest("port " + port + " is not between 1 and " + LAST_PORT);
            }
            return nodes.connect(where, port);
        };
    }
}

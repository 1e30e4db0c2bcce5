package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
     * A program that a client talks to.
     *
     * @param stream to it
     * @param io which streams there are: others than were asked for, if admission has changed that
     */
    public record Program(NodeStream stream, ContainerIo io) {}

    private ObjectNode admit(User user, String namespace, String pod, String subresource, ObjectNode options) {
        return api.admitConnection(user, new Ref(Kinds.POD, namespace, pod), subresource, options);
    }

    /** What is wanted, as those see it who have a say; what is false or empty is not said. */
    private static ObjectNode options(String kind, String container, ContainerIo io) {
        ObjectNode options = Json.object().put("kind", kind).put("apiVersion", "v1");
        Map<String, Boolean> streams = new LinkedHashMap<>();
        streams.put("stdin", io.stdin());
        streams.put("stdout", io.stdout());
        streams.put("stderr", io.stderr());
        streams.put("tty", io.terminal());
        streams.forEach((stream, wanted) -> {
            if (wanted) {
                options.put(stream, true);
            }
        });
        return container.isEmpty() ? options : options.put("container", container);
    }

    private static ContainerIo io(ObjectNode options) {
        return new ContainerIo(
                flag(options, "stdin"), flag(options, "stdout"), flag(options, "stderr"), flag(options, "tty"));
    }

    private static boolean flag(ObjectNode options, String name) {
        return options.path(name).asBoolean(false);
    }

    private static String container(ObjectNode pod, ObjectNode options) {
        return PodContainers.container(pod, Json.string(options, "container").orElse(""));
    }

    /**
     * Runs a command.
     *
     * @param user who has been found to have the right to it
     * @param container may be empty if it is clear which
     * @throws ApiException NOT_FOUND if there is no such pod, or the container does not run; whatever admission says; BAD_REQUEST if the container is not clear, the
     *     pod is on no node or there is no command; SERVICE_UNAVAILABLE if the node has no connection to this server
     */
    public Program exec(User user, String namespace, String pod, String container, List<String> command, ContainerIo io)
            throws InterruptedException {
        ObjectNode object = PodContainers.pod(api, namespace, pod);
        if (command.isEmpty()) {
            throw ApiException.badRequest("you must specify at least one command for the container");
        }
        ObjectNode options = options("PodExecOptions", container, io);
        command.forEach(options.putArray("command")::add);
        ObjectNode admitted = admit(user, namespace, pod, "exec", options);
        List<String> words = Json.items(admitted, "command").stream()
                .map(word -> word.asString(""))
                .toList();
        ContainerIo streams = io(admitted);
        NodeStream stream = nodes.exec(PodContainers.where(object), container(object, admitted), words, streams);
        return new Program(stream, streams);
    }

    /** Joins a container's own program; fails as {@link #exec}. */
    public Program attach(User user, String namespace, String pod, String container, ContainerIo io)
            throws InterruptedException {
        ObjectNode object = PodContainers.pod(api, namespace, pod);
        ObjectNode admitted = admit(user, namespace, pod, "attach", options("PodAttachOptions", container, io));
        ContainerIo streams = io(admitted);
        return new Program(nodes.attach(PodContainers.where(object), container(object, admitted), streams), streams);
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
     * @param user who has been found to have the right to them
     * @param wanted ports that are known beforehand
     * @throws ApiException NOT_FOUND if there is no such pod, BAD_REQUEST if it is on no node
     */
    public Ports ports(User user, String namespace, String pod, List<Integer> wanted) {
        NodeStreams.Where where = PodContainers.where(PodContainers.pod(api, namespace, pod));
        ObjectNode options = Json.object().put("kind", "PodPortForwardOptions").put("apiVersion", "v1");
        if (!wanted.isEmpty()) {
            wanted.forEach(options.putArray("ports")::add);
        }
        ObjectNode _ = admit(user, namespace, pod, "portforward", options);
        return port -> {
            if (port < 1 || port > LAST_PORT) {
                throw ApiException.badRequest("port " + port + " is not between 1 and " + LAST_PORT);
            }
            return nodes.connect(where, port);
        };
    }
}

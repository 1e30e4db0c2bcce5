package io.keelson.orchestrator.api;

import java.util.List;

/** The way to what runs on nodes. Each method returns when the node has begun; its refusal is an {@link ApiException}. */
public interface NodeStreams {

    /**
     * A pod on a node.
     *
     * @param uid the pod's uid, for a name may have been given anew
     */
    record Where(String node, String namespace, String pod, String uid) {}

    /** Runs a command in a running container. */
    NodeStream exec(Where where, String container, List<String> command, ContainerIo io) throws InterruptedException;

    /** Joins the streams of a running container. */
    NodeStream attach(Where where, String container, ContainerIo io) throws InterruptedException;

    /** Connects to a port of a pod. */
    NodeStream connect(Where where, int port) throws InterruptedException;
}

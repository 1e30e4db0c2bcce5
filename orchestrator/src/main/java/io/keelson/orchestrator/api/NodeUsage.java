package io.keelson.orchestrator.api;

import tools.jackson.databind.node.ObjectNode;

/** The way to what nodes measure of themselves. */
public interface NodeUsage {

    /**
     * What a node and its containers use: {@code node} and {@code containers[]} (with {@code uid} of the pod and {@code name}), each with
     * {@code timestamp}, {@code windowMillis}, {@code nanocores} and {@code memoryBytes}.
     *
     * @throws ApiException SERVICE_UNAVAILABLE if the node has no connection to this server, TIMEOUT if it does not answer
     */
    ObjectNode usage(String node) throws InterruptedException;
}

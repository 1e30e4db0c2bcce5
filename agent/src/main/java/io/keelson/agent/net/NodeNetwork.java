package io.keelson.agent.net;

import java.util.Map;

/** Sets up the node's side of the pod network. Called by one thread; blocking. */
public interface NodeNetwork {
    /**
     * Pods of this node get addresses from {@code podCidr}; those of each peer are reached at its address. Idempotent: called whenever
     * something changed, and again after a failure ({@link IllegalStateException} with the tool's own message).
     *
     * @param peers the other nodes by name
     */
    void configure(String podCidr, String clusterCidr, String serviceCidr, Map<String, Peer> peers);

    /** Another node: where it is, and the range of its pods. */
    record Peer(String address, String podCidr) {}

    /** For runtimes whose pods live in the node's own network. */
    NodeNetwork NONE = (podCidr, clusterCidr, serviceCidr, peers) -> {};
}

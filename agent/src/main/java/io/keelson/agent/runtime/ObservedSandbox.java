package io.keelson.agent.runtime;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A sandbox as the runtime sees it.
 *
 * @param ready its network and holder process are there
 * @param ips the pod's addresses, the main one first; empty with hostNetwork or when not ready
 * @param pid of the process that holds the namespaces, in the node's view; 0 if unknown
 */
public record ObservedSandbox(
        SandboxId id,
        PodId pod,
        int attempt,
        boolean ready,
        boolean hostNetwork,
        Instant createdAt,
        List<String> ips,
        long pid,
        Map<String, String> labels,
        Map<String, String> annotations) {
    public ObservedSandbox {
        ips = List.copyOf(ips);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}

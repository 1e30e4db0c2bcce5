package io.keelson.agent.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How to make a pod's sandbox.
 *
 * @param attempt counts the sandboxes of this pod, from 0
 * @param hostname as the pod sees it; empty with hostNetwork
 * @param logDirectory absolute; log paths of containers are relative to it
 * @param hostNetwork the pod uses the node's network
 * @param hostPid the pod sees the node's processes
 * @param hostIpc the pod shares the node's IPC
 * @param sharePid the pod's containers see each other's processes
 * @param cgroupParent the pod's cgroup, e.g. {@code /keelson-<node>/kubepods/burstable/pod<uid>}; empty: the runtime's choice
 * @param resources the sum for the pod, for its own cgroup
 */
public record SandboxConfig(
        PodId pod,
        int attempt,
        String hostname,
        Path logDirectory,
        Dns dns,
        List<HostPort> hostPorts,
        boolean hostNetwork,
        boolean hostPid,
        boolean hostIpc,
        boolean sharePid,
        String cgroupParent,
        Resources resources,
        Map<String, String> sysctls,
        Security security,
        Map<String, String> labels,
        Map<String, String> annotations) {
    public SandboxConfig {
        hostPorts = List.copyOf(hostPorts);
        sysctls = Map.copyOf(sysctls);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /** The pod's resolv.conf. All empty: no servers, the pod resolves only its own hosts file. */
    public record Dns(List<String> servers, List<String> searches, List<String> options) {
        public static final Dns NONE = new Dns(List.of(), List.of(), List.of());

        public Dns {
            servers = List.copyOf(servers);
            searches = List.copyOf(searches);
            options = List.copyOf(options);
        }
    }

    /** A port of the node that leads to the pod. {@code protocol} is TCP, UDP or SCTP; {@code hostIp} may be empty (all). */
    public record HostPort(String protocol, int containerPort, int hostPort, String hostIp) {}
}

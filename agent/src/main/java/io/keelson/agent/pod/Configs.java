package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.keelson.agent.runtime.ContainerConfig;
import io.keelson.agent.runtime.Image;
import io.keelson.agent.runtime.Labels;
import io.keelson.agent.runtime.Mount;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.runtime.Security;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** From a pod's spec to what the runtime is asked for. */
public final class Configs {
    private Configs() {}

    /** The pod's sandbox. {@code logs} is the agent's log directory, {@code dns} what ClusterFirst means here. */
    public static SandboxConfig sandbox(DesiredPod pod, int attempt, Path logs, SandboxConfig.Dns dns, NodeFacts node) {
        var id = pod.id();
        var spec = pod.spec();
        var ports = pod.allContainers().stream()
                .flatMap(c -> DesiredPod.list(c.getPorts()).stream())
                .filter(p -> p.getHostPort() != null && p.getHostPort() > 0 && !pod.hostNetwork())
                .map(p -> new SandboxConfig.HostPort(
                        Objects.requireNonNullElse(p.getProtocol(), "TCP"),
                        p.getContainerPort(),
                        p.getHostPort(),
                        Objects.requireNonNullElse(p.getHostIP(), "")))
                .toList();
        var context = spec.getSecurityContext();
        Map<String, String> sysctls = context == null
                ? Map.of()
                : DesiredPod.list(context.getSysctls()).stream()
                        .collect(Collectors.toMap(s -> s.getName(), s -> s.getValue(), (a, b) -> b));
        return new SandboxConfig(
                id,
                attempt,
                pod.hostNetwork() ? "" : pod.hostname(),
                logs.resolve(id.logDirectoryName()),
                dns(pod, dns),
                ports,
                pod.hostNetwork(),
                Boolean.TRUE.equals(spec.getHostPID()),
                Boolean.TRUE.equals(spec.getHostIPC()),
                Boolean.TRUE.equals(spec.getShareProcessNamespace()),
                "/keelson-" + node.name() + "/kubepods/"
                        + QosClass.of(pod).word().toLowerCase(Locale.ROOT) + "/pod" + id.uid(),
                CgroupValues.ofPod(pod, node.memoryBytes()),
                sysctls,
                security(pod, new Container()),
                labels(id, pod.labels()),
                annotations(pod));
    }

    private static Map<String, String> annotations(DesiredPod pod) {
        var annotations = new HashMap<>(pod.annotations());
        annotations.put(Labels.ALLOCATED_RESOURCES, Allocated.written(pod));
        return annotations;
    }

    /**
     * One container.
     *
     * @param seen where the container is found whose processes this one is to see, and what the pod has got of the node
     * @param image already on the node
     * @param environment from {@link Environment}
     * @param mounts volumes and the pod's own hosts file
     */
    public static ContainerConfig container(
            DesiredPod pod,
            Container container,
            int attempt,
            int streak,
            PodObservation seen,
            Image image,
            Map<String, String> environment,
            List<Mount> mounts,
            NodeFacts node)
            throws ConfigProblem {
        var security = security(pod, container);
        if (security.runAsNonRoot()) {
            refuseRoot(container.getName(), security, image);
        }
        var labels = labels(pod.id(), Map.of());
        labels.put(Labels.CONTAINER_NAME, container.getName());
        var annotations = new HashMap<String, String>();
        annotations.put(Labels.CONTAINER_HASH, PodPlan.hash(container));
        annotations.put(Labels.RESTART_COUNT, Integer.toString(attempt));
        annotations.put(Labels.GRACE_SECONDS, Long.toString(pod.grace().toSeconds()));
        annotations.put(Backoff.STREAK, Integer.toString(streak));
        return new ContainerConfig(
                container.getName(),
                attempt,
                image,
                expand(DesiredPod.list(container.getCommand()), environment),
                expand(DesiredPod.list(container.getArgs()), environment),
                Objects.requireNonNullElse(container.getWorkingDir(), ""),
                environment,
                mounts,
                CgroupValues.of(pod, Allocated.in(seen.readySandbox(), container), node.memoryBytes()),
                security,
                Boolean.TRUE.equals(container.getStdin()),
                Boolean.TRUE.equals(container.getStdinOnce()),
                Boolean.TRUE.equals(container.getTty()),
                Ephemeral.target(pod, container.getName(), seen),
                container.getName() + "/" + attempt + ".log",
                labels,
                annotations);
    }

    /** Pod and container level merged; the container's word wins. */
    static Security security(DesiredPod pod, Container container) {
        var ofPod = Objects.requireNonNullElseGet(pod.spec().getSecurityContext(), PodSecurityContext::new);
        var own = Objects.requireNonNullElseGet(container.getSecurityContext(), SecurityContext::new);
        var groups = new ArrayList<>(DesiredPod.list(ofPod.getSupplementalGroups()));
        if (ofPod.getFsGroup() != null) {
            groups.add(ofPod.getFsGroup());
        }
        var capabilities = own.getCapabilities();
        boolean privileged = Boolean.TRUE.equals(own.getPrivileged());
        var seccomp = own.getSeccompProfile() != null ? own.getSeccompProfile() : ofPod.getSeccompProfile();
        return new Security(
                privileged,
                optional(own.getRunAsUser() != null ? own.getRunAsUser() : ofPod.getRunAsUser()),
                optional(own.getRunAsGroup() != null ? own.getRunAsGroup() : ofPod.getRunAsGroup()),
                Boolean.TRUE.equals(own.getRunAsNonRoot() != null ? own.getRunAsNonRoot() : ofPod.getRunAsNonRoot()),
                groups,
                Boolean.TRUE.equals(own.getReadOnlyRootFilesystem()),
                Boolean.FALSE.equals(own.getAllowPrivilegeEscalation()),
                capabilities == null ? List.of() : DesiredPod.list(capabilities.getAdd()),
                capabilities == null ? List.of() : DesiredPod.list(capabilities.getDrop()),
                // Unconfined is Kubernetes' default when nobody says otherwise.
                seccomp == null || "Unconfined".equals(seccomp.getType()));
    }

    private static void refuseRoot(String name, Security security, Image image) throws ConfigProblem {
        if (security.runAsUser().isPresent()) {
            if (security.runAsUser().getAsLong() == 0) {
                throw new ConfigProblem("container's runAsUser breaks non-root policy (container: " + name + ")");
            }
            return;
        }
        var user = image.user().split(":", 2)[0];
        if (user.isEmpty() || user.equals("0") || user.equals("root")) {
            throw new ConfigProblem("container has runAsNonRoot and image will run as root (container: " + name + ")");
        }
        if (!user.matches("\\d+")) {
            throw new ConfigProblem("container has runAsNonRoot and image has non-numeric user (" + user
                    + "), cannot verify user is non-root (container: " + name + ")");
        }
    }

    private static SandboxConfig.Dns dns(DesiredPod pod, SandboxConfig.Dns cluster) {
        var policy = Objects.requireNonNullElse(pod.spec().getDnsPolicy(), "ClusterFirst");
        boolean useCluster =
                policy.equals("ClusterFirstWithHostNet") || (policy.equals("ClusterFirst") && !pod.hostNetwork());
        var base = useCluster ? cluster : SandboxConfig.Dns.NONE;
        var searches = new ArrayList<String>();
        base.searches()
                .forEach(s -> searches.add(s.replace("<namespace>", pod.id().namespace())));
        var servers = new ArrayList<>(base.servers());
        var options = new ArrayList<>(base.options());
        var own = pod.spec().getDnsConfig();
        if (own != null) {
            servers.addAll(DesiredPod.list(own.getNameservers()));
            searches.addAll(DesiredPod.list(own.getSearches()));
            DesiredPod.list(own.getOptions())
                    .forEach(o -> options.add(
                            o.getValue() == null || o.getValue().isEmpty()
                                    ? o.getName()
                                    : o.getName() + ":" + o.getValue()));
        }
        return new SandboxConfig.Dns(
                servers.stream().distinct().toList(),
                searches.stream().distinct().toList(),
                options);
    }

    private static Map<String, String> labels(PodId id, Map<String, String> own) {
        var labels = new HashMap<>(own);
        labels.put(Labels.POD_NAME, id.name());
        labels.put(Labels.POD_NAMESPACE, id.namespace());
        labels.put(Labels.POD_UID, id.uid());
        return labels;
    }

    private static List<String> expand(List<String> words, Map<String, String> environment) {
        return words.stream().map(w -> Expansion.expand(w, environment)).toList();
    }

    private static OptionalLong optional(Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}

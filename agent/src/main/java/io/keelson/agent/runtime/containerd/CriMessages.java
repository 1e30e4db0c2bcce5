package io.keelson.agent.runtime.containerd;

import io.keelson.agent.runtime.ContainerConfig;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ContainerUsage;
import io.keelson.agent.runtime.Image;
import io.keelson.agent.runtime.Mount;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.Resources;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.runtime.SandboxId;
import io.keelson.agent.runtime.Security;
import io.keelson.proto.cri.Capability;
import io.keelson.proto.cri.ContainerMetadata;
import io.keelson.proto.cri.ContainerStats;
import io.keelson.proto.cri.ContainerStatus;
import io.keelson.proto.cri.DNSConfig;
import io.keelson.proto.cri.ImageSpec;
import io.keelson.proto.cri.Int64Value;
import io.keelson.proto.cri.KeyValue;
import io.keelson.proto.cri.LinuxContainerConfig;
import io.keelson.proto.cri.LinuxContainerResources;
import io.keelson.proto.cri.LinuxContainerSecurityContext;
import io.keelson.proto.cri.LinuxPodSandboxConfig;
import io.keelson.proto.cri.LinuxSandboxSecurityContext;
import io.keelson.proto.cri.MountPropagation;
import io.keelson.proto.cri.NamespaceMode;
import io.keelson.proto.cri.NamespaceOption;
import io.keelson.proto.cri.PodIP;
import io.keelson.proto.cri.PodSandboxConfig;
import io.keelson.proto.cri.PodSandboxMetadata;
import io.keelson.proto.cri.PodSandboxState;
import io.keelson.proto.cri.PodSandboxStatus;
import io.keelson.proto.cri.SecurityProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Between the port's values and CRI's messages. Pure. */
final class CriMessages {
    /** Annotation of a sandbox: its pod's cgroup, which is ours to remove. */
    static final String CGROUP_PARENT = "io.keelson.cgroup-parent";
    /** Annotation of a container: the image's name as asked for; CRI tells any of its names. */
    static final String IMAGE_NAME = "io.keelson.image";

    /** What the kernel shows of the whole machine; the list that kubelet uses. */
    private static final List<String> MASKED_PATHS = List.of(
            "/proc/asound",
            "/proc/acpi",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/sys/firmware",
            "/sys/devices/virtual/powercap");

    private static final List<String> READONLY_PATHS =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private CriMessages() {}

    /** @param cgroup the pod's, as this node uses it */
    static PodSandboxConfig sandbox(SandboxConfig config, String cgroup) {
        SandboxConfig.Dns dns = config.dns();
        boolean noDns = dns.servers().isEmpty()
                && dns.searches().isEmpty()
                && dns.options().isEmpty();
        Map<String, String> annotations = new TreeMap<>(config.annotations());
        if (!cgroup.isEmpty()) {
            annotations.put(CGROUP_PARENT, cgroup);
        }
        LinuxSandboxSecurityContext.Builder security = LinuxSandboxSecurityContext.newBuilder()
                .setNamespaceOptions(namespaces(config))
                .setPrivileged(config.security().privileged())
                .setReadonlyRootfs(true)
                .setSeccomp(seccomp(config.security()));
        return PodSandboxConfig.newBuilder()
                .setMetadata(PodSandboxMetadata.newBuilder()
                        .setNamespace(config.pod().namespace())
                        .setName(config.pod().name())
                        .setUid(config.pod().uid())
                        .setAttempt(config.attempt()))
                .setHostname(config.hostNetwork() ? "" : config.hostname())
                .setLogDirectory(config.logDirectory().toString())
                // An empty resolv.conf makes the runtime take the machine's, whose servers are none of the pod's
                // business.
                .setDnsConfig(DNSConfig.newBuilder()
                        .addAllServers(dns.servers())
                        .addAllSearches(dns.searches())
                        .addAllOptions(noDns ? List.of("ndots:1") : dns.options()))
                .putAllLabels(config.labels())
                .putAllAnnotations(annotations)
                .setLinux(LinuxPodSandboxConfig.newBuilder()
                        .setCgroupParent(cgroup)
                        .putAllSysctls(config.sysctls())
                        .setSecurityContext(security))
                .build();
    }

    /**
     * @param mayLowerOomScore whether negative oom scores can be had
     * @throws RuntimeFault.CreateFailed for a user that the pod forbids
     */
    static io.keelson.proto.cri.ContainerConfig container(
            SandboxConfig sandbox, ContainerConfig config, boolean mayLowerOomScore) {
        Map<String, String> annotations = new TreeMap<>(config.annotations());
        annotations.put(IMAGE_NAME, config.image().name());
        io.keelson.proto.cri.ContainerConfig.Builder container = io.keelson.proto.cri.ContainerConfig.newBuilder()
                .setMetadata(
                        ContainerMetadata.newBuilder().setName(config.name()).setAttempt(config.attempt()))
                .setImage(ImageSpec.newBuilder().setImage(config.image().id()))
                .addAllCommand(config.command())
                .addAllArgs(config.args())
                .setWorkingDir(config.workingDir())
                .putAllLabels(config.labels())
                .putAllAnnotations(annotations)
                .setLogPath(config.logPath())
                .setStdin(config.stdin())
                .setStdinOnce(config.stdinOnce())
                .setTty(config.tty())
                .setLinux(LinuxContainerConfig.newBuilder()
                        .setResources(resources(config.resources(), mayLowerOomScore))
                        .setSecurityContext(security(sandbox, config)));
        config.env()
                .forEach((name, value) ->
                        container.addEnvs(KeyValue.newBuilder().setKey(name).setValue(value)));
        for (Mount mount : config.mounts()) {
            container.addMounts(io.keelson.proto.cri.Mount.newBuilder()
                    .setContainerPath(mount.containerPath())
                    .setHostPath(mount.hostPath().toString())
                    .setReadonly(mount.readOnly())
                    .setPropagation(
                            switch (mount.propagation()) {
                                case PRIVATE -> MountPropagation.PROPAGATION_PRIVATE;
                                case HOST_TO_CONTAINER -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
                                case BIDIRECTIONAL -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
                            }));
        }
        return container.build();
    }

    private static LinuxContainerResources resources(Resources resources, boolean mayLowerOomScore) {
        return LinuxContainerResources.newBuilder()
                .setCpuShares(resources.cpuShares())
                .setCpuQuota(resources.cpuQuotaMicros())
                .setCpuPeriod(resources.cpuPeriodMicros())
                .setMemoryLimitInBytes(resources.memoryLimitBytes())
                .setOomScoreAdj(mayLowerOomScore ? resources.oomScoreAdj() : Math.max(0, resources.oomScoreAdj()))
                .build();
    }

    private static LinuxContainerSecurityContext security(SandboxConfig sandbox, ContainerConfig config) {
        Security security = config.security();
        LinuxContainerSecurityContext.Builder context = LinuxContainerSecurityContext.newBuilder()
                .setNamespaceOptions(namespaces(sandbox, config))
                .setPrivileged(security.privileged())
                .setReadonlyRootfs(security.readOnlyRootFilesystem())
                .setNoNewPrivs(security.noNewPrivileges())
                .addAllSupplementalGroups(security.supplementalGroups())
                .setSeccomp(seccomp(security));
        if (!security.privileged()) {
            context.addAllMaskedPaths(MASKED_PATHS)
                    .addAllReadonlyPaths(READONLY_PATHS)
                    .setCapabilities(Capability.newBuilder()
                            .addAllAddCapabilities(security.addCapabilities())
                            .addAllDropCapabilities(security.dropCapabilities()));
        }
        user(context, security, config);
        return context.build();
    }

    private static void user(LinuxContainerSecurityContext.Builder context, Security security, ContainerConfig config) {
        String imageUser = config.image().user();
        OptionalLong uid = security.runAsUser();
        if (uid.isEmpty() && imageUser.isEmpty()) {
            uid = OptionalLong.of(0);
        } else if (uid.isEmpty() && NUMBER.matcher(imageUser).matches()) {
            uid = OptionalLong.of(Long.parseLong(imageUser));
        }
        if (security.runAsNonRoot() && uid.isEmpty()) {
            throw new RuntimeFault.CreateFailed("container " + config.name()
                    + " has runAsNonRoot and its image names its user as " + imageUser
                    + ", which may be root: set securityContext.runAsUser to a number");
        }
        if (security.runAsNonRoot() && uid.equals(OptionalLong.of(0))) {
            throw new RuntimeFault.CreateFailed("container " + config.name()
                    + " has runAsNonRoot and would run as root: set securityContext.runAsUser or another image");
        }
        security.runAsUser().ifPresent(id -> context.setRunAsUser(int64(id)));
        if (security.runAsGroup().isPresent()) {
            context.setRunAsGroup(int64(security.runAsGroup().getAsLong()));
            // CRI takes a group only beside a user, so the image's own is named.
            if (uid.isPresent()) {
                context.setRunAsUser(int64(uid.getAsLong()));
            } else {
                context.setRunAsUsername(imageUser);
            }
        }
    }

    private static NamespaceOption namespaces(SandboxConfig sandbox, ContainerConfig config) {
        NamespaceOption ofSandbox = namespaces(sandbox);
        if (config.pidTarget().isEmpty() || ofSandbox.getPid() != NamespaceMode.CONTAINER) {
            return ofSandbox;
        }
        return ofSandbox.toBuilder()
                .setPid(NamespaceMode.TARGET)
                .setTargetId(config.pidTarget().get().value())
                .build();
    }

    private static NamespaceOption namespaces(SandboxConfig config) {
        NamespaceMode pid =
                config.hostPid() ? NamespaceMode.NODE : config.sharePid() ? NamespaceMode.POD : NamespaceMode.CONTAINER;
        return NamespaceOption.newBuilder()
                .setNetwork(config.hostNetwork() ? NamespaceMode.NODE : NamespaceMode.POD)
                .setPid(pid)
                .setIpc(config.hostIpc() ? NamespaceMode.NODE : NamespaceMode.POD)
                .build();
    }

    private static SecurityProfile seccomp(Security security) {
        return SecurityProfile.newBuilder()
                .setProfileType(
                        security.seccompUnconfined() || security.privileged()
                                ? SecurityProfile.ProfileType.Unconfined
                                : SecurityProfile.ProfileType.RuntimeDefault)
                .build();
    }

    private static Int64Value int64(long value) {
        return Int64Value.newBuilder().setValue(value).build();
    }

    static ObservedSandbox observed(PodSandboxStatus status, long pid) {
        List<String> ips = new ArrayList<>();
        if (!status.getNetwork().getIp().isEmpty()) {
            ips.add(status.getNetwork().getIp());
        }
        status.getNetwork().getAdditionalIpsList().stream().map(PodIP::getIp).forEach(ips::add);
        boolean ready = status.getState() == PodSandboxState.SANDBOX_READY;
        boolean hostNetwork = status.getLinux().getNamespaces().getOptions().getNetwork() == NamespaceMode.NODE;
        return new ObservedSandbox(
                new SandboxId(status.getId()),
                pod(status.getMetadata()),
                status.getMetadata().getAttempt(),
                ready,
                hostNetwork,
                time(status.getCreatedAt()),
                ready ? ips : List.of(),
                ready ? pid : 0,
                status.getLabelsMap(),
                status.getAnnotationsMap());
    }

    static ObservedContainer observed(ContainerStatus status, SandboxId sandbox, PodId pod, long pid) {
        boolean ended = switch (status.getState()) {
            case CONTAINER_CREATED, CONTAINER_RUNNING -> false;
            case CONTAINER_EXITED, CONTAINER_UNKNOWN, UNRECOGNIZED -> true;
        };
        return new ObservedContainer(
                new ContainerId(status.getId()),
                sandbox,
                pod,
                status.getMetadata().getName(),
                status.getMetadata().getAttempt(),
                switch (status.getState()) {
                    case CONTAINER_CREATED -> ObservedContainer.State.CREATED;
                    case CONTAINER_RUNNING -> ObservedContainer.State.RUNNING;
                    case CONTAINER_EXITED -> ObservedContainer.State.EXITED;
                    case CONTAINER_UNKNOWN, UNRECOGNIZED -> ObservedContainer.State.UNKNOWN;
                },
                time(status.getCreatedAt()),
                optionalTime(status.getStartedAt()),
                optionalTime(status.getFinishedAt()),
                status.getExitCode(),
                // An OOM kill is noted before the end that it causes.
                ended ? status.getReason() : "",
                ended ? status.getMessage() : "",
                status.getAnnotationsMap()
                        .getOrDefault(IMAGE_NAME, status.getImage().getImage()),
                status.getImageRef(),
                status.getState() == io.keelson.proto.cri.ContainerState.CONTAINER_RUNNING ? pid : 0,
                status.getLabelsMap(),
                status.getAnnotationsMap());
    }

    static ContainerUsage usage(ContainerStats stats) {
        long nanos = stats.getCpu().getTimestamp();
        return new ContainerUsage(
                new ContainerId(stats.getAttributes().getId()),
                Instant.ofEpochSecond(0, nanos),
                stats.getCpu().getUsageCoreNanoSeconds().getValue(),
                stats.getMemory().getWorkingSetBytes().getValue());
    }

    static PodId pod(PodSandboxMetadata metadata) {
        return new PodId(metadata.getNamespace(), metadata.getName(), metadata.getUid());
    }

    /** @param fullName as it was asked for */
    static Image image(String fullName, io.keelson.proto.cri.Image image) {
        String user = image.hasUid() ? Long.toString(image.getUid().getValue()) : image.getUsername();
        return new Image(fullName, image.getId(), user);
    }

    private static Optional<Instant> optionalTime(long nanos) {
        return nanos == 0 ? Optional.empty() : Optional.of(time(nanos));
    }

    private static Instant time(long nanos) {
        return Instant.ofEpochSecond(nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND);
    }
}

package io.keelson.orchestrator.admit;

import static io.keelson.orchestrator.admit.PodView.containers;
import static io.keelson.orchestrator.admit.PodView.context;
import static io.keelson.orchestrator.admit.PodView.many;
import static io.keelson.orchestrator.admit.PodView.oneOf;
import static io.keelson.orchestrator.admit.PodView.quoted;
import static io.keelson.orchestrator.admit.PodView.setters;
import static io.keelson.orchestrator.admit.PodView.strings;
import static io.keelson.orchestrator.admit.PodView.text;
import static io.keelson.orchestrator.admit.SecurityCheck.always;
import static io.keelson.orchestrator.admit.SecurityCheck.since;

import io.keelson.orchestrator.admit.SecurityCheck.Violation;
import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The pod security standard {@code baseline}: nothing by which a pod is known to get out of its containers. The words are Kubernetes'. */
final class BaselineChecks {

    private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

    private static final Set<String> CAPABILITIES = Set.of(
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT");

    /** Which kernel parameters are harmless, and since which version they are known to be. */
    private static final Map<String, Integer> SYSCTLS = Map.ofEntries(
            Map.entry("kernel.shm_rmid_forced", 0),
            Map.entry("net.ipv4.ip_local_port_range", 0),
            Map.entry("net.ipv4.tcp_syncookies", 0),
            Map.entry("net.ipv4.ping_group_range", 0),
            Map.entry("net.ipv4.ip_unprivileged_port_start", 0),
            Map.entry("net.ipv4.ip_local_reserved_ports", 27),
            Map.entry("net.ipv4.tcp_keepalive_time", 29),
            Map.entry("net.ipv4.tcp_fin_timeout", 29),
            Map.entry("net.ipv4.tcp_keepalive_intvl", 29),
            Map.entry("net.ipv4.tcp_keepalive_probes", 29),
            Map.entry("net.ipv4.tcp_rmem", 32),
            Map.entry("net.ipv4.tcp_wmem", 32));

    /** In the order in which Kubernetes tells of them. */
    static final List<SecurityCheck> ALL = List.of(
            always(BaselineChecks::appArmor),
            always(BaselineChecks::capabilities).stricterSince(22),
            always(BaselineChecks::hostNamespaces),
            always(BaselineChecks::hostPaths).stricterSince(0),
            always(BaselineChecks::hostPorts),
            since(34, BaselineChecks::probeHosts),
            always(BaselineChecks::privileged),
            always(BaselineChecks::procMount),
            always(BaselineChecks::seLinux),
            since(19, BaselineChecks::seccomp).stricterSince(19),
            always(BaselineChecks::sysctls),
            always(BaselineChecks::hostProcess));

    private BaselineChecks() {}

    private static Optional<Violation> appArmor(PodView pod, int version) {
        List<String> bad = new ArrayList<>();
        pod.annotations().forEach((key, value) -> {
            boolean fine = value.isEmpty() || value.equals("runtime/default") || value.startsWith("localhost/");
            if (key.startsWith(APP_ARMOR) && !fine) {
                bad.add(key + "=\"" + value + "\"");
            }
        });
        bad.sort(null);
        boolean onPod = unconfined(pod.spec(), "appArmorProfile");
        List<String> on = pod.named(container -> unconfined(container, "appArmorProfile"));
        if (onPod || !on.isEmpty()) {
            bad.addFirst(setters(onPod, on) + " must not set AppArmor profile type to \"Unconfined\"");
        }
        return Violation.of(
                !bad.isEmpty(),
                many("forbidden AppArmor profile", "forbidden AppArmor profiles", bad.size()),
                String.join(", ", bad));
    }

    private static boolean unconfined(JsonNode podOrContainer, String profile) {
        return text(podOrContainer, profile, "type").equals("Unconfined");
    }

    private static Optional<Violation> capabilities(PodView pod, int version) {
        Set<String> added = new TreeSet<>();
        List<String> by = pod.named(container -> {
            List<String> bad = strings(context(container, "capabilities", "add")).stream()
                    .filter(each -> !CAPABILITIES.contains(each))
                    .toList();
            return added.addAll(bad) || !bad.isEmpty();
        });
        return Violation.of(
                !by.isEmpty(),
                "non-default capabilities",
                containers(by) + " must not include " + quoted(added) + " in securityContext.capabilities.add");
    }

    private static Optional<Violation> hostNamespaces(PodView pod, int version) {
        List<String> used = Stream.of("hostNetwork", "hostPID", "hostIPC")
                .filter(field -> pod.spec().path(field).asBoolean(false))
                .map(field -> field + "=true")
                .toList();
        return Violation.of(!used.isEmpty(), "host namespaces", String.join(", ", used));
    }

    private static Optional<Violation> hostPaths(PodView pod, int version) {
        List<String> volumes = Json.items(pod.spec(), "volumes").stream()
                .filter(volume -> volume.has("hostPath"))
                .map(PodView::name)
                .toList();
        return Violation.of(
                !volumes.isEmpty(), "hostPath volumes", many("volume ", "volumes ", volumes.size()) + quoted(volumes));
    }

    private static Optional<Violation> hostPorts(PodView pod, int version) {
        Set<Long> ports = new TreeSet<>();
        List<String> by = pod.named(container -> {
            List<Long> own = Json.items(container, "ports").stream()
                    .map(port -> Json.number(port, "hostPort").orElse(0L))
                    .filter(port -> port != 0)
                    .toList();
            ports.addAll(own);
            return !own.isEmpty();
        });
        String all = String.join(", ", ports.stream().map(String::valueOf).toList());
        return Violation.of(
                !by.isEmpty(),
                "hostPort",
                containers(by)
                        + many(" uses ", " use ", by.size())
                        + many("hostPort ", "hostPorts ", ports.size())
                        + all);
    }

    private static Optional<Violation> probeHosts(PodView pod, int version) {
        Set<String> hosts = new TreeSet<>();
        List<String> by = pod.named(container -> {
            List<String> own = Stream.of(
                            container.path("livenessProbe"),
                            container.path("readinessProbe"),
                            container.path("startupProbe"),
                            container.path("lifecycle").path("postStart"),
                            container.path("lifecycle").path("preStop"))
                    .flatMap(each -> Stream.of(each.path("httpGet"), each.path("tcpSocket")))
                    .map(each -> each.path("host").asString(""))
                    .filter(host -> !host.isEmpty())
                    .toList();
            hosts.addAll(own);
            return !own.isEmpty();
        });
        return Violation.of(
                !by.isEmpty(),
                "probe or lifecycle host",
                containers(by)
                        + many(" uses ", " use ", by.size())
                        + many("probe or lifecycle host ", "probe or lifecycle hosts ", hosts.size())
                        + quoted(hosts));
    }

    private static Optional<Violation> privileged(PodView pod, int version) {
        List<String> by =
                pod.named(container -> context(container, "privileged").asBoolean(false));
        return Violation.of(
                !by.isEmpty(), "privileged", containers(by) + " must not set securityContext.privileged=true");
    }

    private static Optional<Violation> procMount(PodView pod, int version) {
        Set<String> mounts = new TreeSet<>();
        List<String> by = pod.named(container -> {
            String mount = text(container, "procMount");
            boolean bad = !oneOf(mount, "", "Default");
            if (bad) {
                mounts.add(mount);
            }
            return bad;
        });
        return Violation.of(
                !by.isEmpty(),
                "procMount",
                containers(by) + " must not set securityContext.procMount to " + quoted(mounts));
    }

    private static Optional<Violation> seLinux(PodView pod, int version) {
        Set<String> allowed = new TreeSet<>(Set.of("", "container_t", "container_init_t", "container_kvm_t"));
        if (version >= 31) {
            allowed.add("container_engine_t");
        }
        Set<String> types = new TreeSet<>();
        Set<String> fields = new TreeSet<>(Comparator.reverseOrder());
        boolean onPod = seLinux(pod.spec(), allowed, types, fields);
        List<String> by = pod.named(container -> seLinux(container, allowed, types, fields));
        List<String> bad = new ArrayList<>();
        if (!types.isEmpty()) {
            bad.add(many("type ", "types ", types.size()) + quoted(types));
        }
        fields.forEach(field -> bad.add(field + " may not be set"));
        return Violation.of(
                onPod || !by.isEmpty(),
                "seLinuxOptions",
                setters(onPod, by) + " set forbidden securityContext.seLinuxOptions: " + String.join("; ", bad));
    }

    private static boolean seLinux(JsonNode setter, Set<String> allowed, Set<String> types, Set<String> fields) {
        boolean bad = false;
        String type = text(setter, "seLinuxOptions", "type");
        if (!allowed.contains(type)) {
            types.add(type);
            bad = true;
        }
        for (String field : List.of("user", "role")) {
            if (!text(setter, "seLinuxOptions", field).isEmpty()) {
                fields.add(field);
                bad = true;
            }
        }
        return bad;
    }

    private static Optional<Violation> seccomp(PodView pod, int version) {
        boolean onPod = unconfined(pod.spec(), "seccompProfile");
        List<String> by = pod.named(container -> unconfined(container, "seccompProfile"));
        return Violation.of(
                onPod || !by.isEmpty(),
                "seccompProfile",
                setters(onPod, by) + " must not set securityContext.seccompProfile.type to \"Unconfined\"");
    }

    private static Optional<Violation> sysctls(PodView pod, int version) {
        List<String> bad = Json.items(pod.spec(), "securityContext", "sysctls").stream()
                .map(PodView::name)
                .filter(each ->
                        SYSCTLS.getOrDefault(each, SecurityLevel.LATEST) > version || !SYSCTLS.containsKey(each))
                .toList();
        return Violation.of(!bad.isEmpty(), "forbidden sysctls", String.join(", ", bad));
    }

    private static Optional<Violation> hostProcess(PodView pod, int version) {
        boolean onPod = hostProcess(pod.spec());
        List<String> by = pod.named(BaselineChecks::hostProcess);
        return Violation.of(
                onPod || !by.isEmpty(),
                "hostProcess",
                setters(onPod, by) + " must not set securityContext.windowsOptions.hostProcess=true");
    }

    private static boolean hostProcess(JsonNode podOrContainer) {
        return context(podOrContainer, "windowsOptions", "hostProcess").asBoolean(false);
    }
}

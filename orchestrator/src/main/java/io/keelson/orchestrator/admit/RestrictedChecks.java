package io.keelson.orchestrator.admit;

import static io.keelson.orchestrator.admit.PodView.containers;
import static io.keelson.orchestrator.admit.PodView.context;
import static io.keelson.orchestrator.admit.PodView.many;
import static io.keelson.orchestrator.admit.PodView.oneOf;
import static io.keelson.orchestrator.admit.PodView.quoted;
import static io.keelson.orchestrator.admit.PodView.setters;
import static io.keelson.orchestrator.admit.PodView.strings;
import static io.keelson.orchestrator.admit.PodView.text;
import static io.keelson.orchestrator.admit.SecurityCheck.since;

import io.keelson.orchestrator.admit.SecurityCheck.Violation;
import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** What the pod security standard {@code restricted} asks beyond {@code baseline}: best practice. The words are Kubernetes'. */
final class RestrictedChecks {

    private static final int WINDOWS_EXEMPT = 25;

    private static final Set<String> VOLUMES = Set.of(
            "",
            "configMap",
            "csi",
            "downwardAPI",
            "emptyDir",
            "ephemeral",
            "image",
            "persistentVolumeClaim",
            "projected",
            "secret");

    /** In the order in which Kubernetes tells of them. */
    static final List<SecurityCheck> ALL = List.of(
            since(8, RestrictedChecks::privilegeEscalation),
            since(22, RestrictedChecks::capabilities),
            since(0, RestrictedChecks::volumes),
            since(0, RestrictedChecks::runAsNonRoot),
            since(23, RestrictedChecks::runAsUser),
            since(19, RestrictedChecks::seccomp));

    private RestrictedChecks() {}

    private static boolean exempt(PodView pod, int version) {
        return version >= WINDOWS_EXEMPT && pod.windows();
    }

    private static Optional<Violation> privilegeEscalation(PodView pod, int version) {
        List<String> by = exempt(pod, version)
                ? List.of()
                : pod.named(container ->
                        context(container, "allowPrivilegeEscalation").asBoolean(true));
        return Violation.of(
                !by.isEmpty(),
                "allowPrivilegeEscalation != false",
                containers(by) + " must set securityContext.allowPrivilegeEscalation=false");
    }

    private static Optional<Violation> capabilities(PodView pod, int version) {
        if (exempt(pod, version)) {
            return Optional.empty();
        }
        List<String> keeping = pod.named(container ->
                !strings(context(container, "capabilities", "drop")).contains("ALL"));
        Set<String> added = new TreeSet<>();
        List<String> adding = pod.named(container -> {
            List<String> bad = strings(context(container, "capabilities", "add")).stream()
                    .filter(each -> !each.equals("NET_BIND_SERVICE"))
                    .toList();
            added.addAll(bad);
            return !bad.isEmpty();
        });
        List<String> details = new ArrayList<>();
        if (!keeping.isEmpty()) {
            details.add(containers(keeping) + " must set securityContext.capabilities.drop=[\"ALL\"]");
        }
        if (!adding.isEmpty()) {
            details.add(
                    containers(adding) + " must not include " + quoted(added) + " in securityContext.capabilities.add");
        }
        return Violation.of(!details.isEmpty(), "unrestricted capabilities", String.join("; ", details));
    }

    private static Optional<Violation> volumes(PodView pod, int version) {
        List<String> names = new ArrayList<>();
        Set<String> sources = new TreeSet<>();
        for (JsonNode volume : Json.items(pod.spec(), "volumes")) {
            if (!VOLUMES.contains(PodView.source(volume))) {
                names.add(PodView.name(volume));
                sources.add(PodView.source(volume));
            }
        }
        return Violation.of(
                !names.isEmpty(),
                "restricted volume types",
                many("volume ", "volumes ", names.size())
                        + quoted(names)
                        + many(" uses ", " use ", names.size())
                        + many("restricted volume type ", "restricted volume types ", sources.size())
                        + quoted(sources));
    }

    private static Optional<Violation> runAsNonRoot(PodView pod, int version) {
        JsonNode onPod = context(pod.spec(), "runAsNonRoot");
        boolean podSaysRoot = onPod.isBoolean() && !onPod.booleanValue();
        List<String> root = pod.named(container -> {
            JsonNode said = context(container, "runAsNonRoot");
            return said.isBoolean() && !said.booleanValue();
        });
        if (podSaysRoot || !root.isEmpty()) {
            return Optional.of(new Violation(
                    "runAsNonRoot != true",
                    setters(podSaysRoot, root) + " must not set securityContext.runAsNonRoot=false"));
        }
        List<String> silent = onPod.asBoolean(false)
                ? List.of()
                : pod.named(container -> !context(container, "runAsNonRoot").asBoolean(false));
        return Violation.of(
                !silent.isEmpty(),
                "runAsNonRoot != true",
                "pod or " + containers(silent) + " must set securityContext.runAsNonRoot=true");
    }

    private static Optional<Violation> runAsUser(PodView pod, int version) {
        boolean onPod = isRoot(pod.spec());
        List<String> by = pod.named(RestrictedChecks::isRoot);
        return Violation.of(onPod || !by.isEmpty(), "runAsUser=0", setters(onPod, by) + " must not set runAsUser=0");
    }

    private static boolean isRoot(JsonNode podOrContainer) {
        return Json.number(podOrContainer, "securityContext", "runAsUser").orElse(1L) == 0;
    }

    private static Optional<Violation> seccomp(PodView pod, int version) {
        if (exempt(pod, version)) {
            return Optional.empty();
        }
        Set<String> types = new TreeSet<>();
        boolean onPod = unconfined(pod.spec(), types);
        List<String> by = pod.named(container -> unconfined(container, types));
        if (onPod || !by.isEmpty()) {
            return Optional.of(new Violation(
                    "seccompProfile",
                    setters(onPod, by) + " must not set securityContext.seccompProfile.type to " + quoted(types)));
        }
        List<String> silent = confined(pod.spec()) ? List.of() : pod.named(container -> !confined(container));
        return Violation.of(
                !silent.isEmpty(),
                "seccompProfile",
                "pod or " + containers(silent)
                        + " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"");
    }

    private static boolean confined(JsonNode podOrContainer) {
        return oneOf(text(podOrContainer, "seccompProfile", "type"), "RuntimeDefault", "Localhost");
    }

    private static boolean unconfined(JsonNode podOrContainer, Set<String> types) {
        String type = text(podOrContainer, "seccompProfile", "type");
        boolean bad = !type.isEmpty() && !confined(podOrContainer);
        if (bad) {
            types.add(type);
        }
        return bad;
    }
}

package io.keelson.orchestrator.kind;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Advice to who writes pods, and templates for pods. */
final class PodAdvice {

    /** Of pods, when they are made: those who change pods are seldom people. */
    static final Advice POD = name("the Pod's hostname")
            .and((_, pod, warn) -> new PodAdvice("", pod, warn).all())
            .atCreation();

    /** Of a name from which those of pods are made. */
    static final Advice NAME_OF_PODS = name("Pod names and hostnames").atCreation();

    private static final int MANY_COMPLETIONS = 100_000;
    private static final int MUCH_PARALLELISM = 10_000;

    private static final List<String> BYTES = List.of("memory", "ephemeral-storage");
    private static final List<String> CONTAINERS = List.of("initContainers", "containers", "ephemeralContainers");

    private static final String SECCOMP_OF_POD = "seccomp.security.alpha.kubernetes.io/pod";
    private static final String SECCOMP_OF_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";
    private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

    private static final String NO_SYSCTLS = "non-functional in v1.11+; use the \"sysctls\" field instead";

    private final String path;
    private final JsonNode pod;
    private final JsonNode spec;
    private final Consumer<String> warn;

    /**
     * About one pod.
     *
     * @param path of the template, with a dot at its end; empty for a pod
     */
    private PodAdvice(String path, JsonNode pod, Consumer<String> warn) {
        this.path = path;
        this.pod = pod;
        this.spec = pod.path("spec");
        this.warn = warn;
    }

    private static Advice name(String use) {
        return (_, object, warn) -> {
            List<String> problems = Names.dns1123LabelProblems(
                    Json.string(object, "metadata", "name").orElse(""));
            if (!problems.isEmpty()) {
                warn.accept("metadata.name: this is used in " + use
                        + ", which can result in surprising behavior; a DNS label is recommended: ["
                        + String.join(" ", problems) + "]");
            }
        };
    }

    /** Of the template at a path of field names, when it or what is beside it changes. */
    static Advice template(String... steps) {
        Advice advice = (_, object, warn) -> Json.at(object, steps)
                .ifPresent(template -> new PodAdvice(String.join(".", steps) + ".", template, warn).all());
        return advice.whenChanged(steps[0]);
    }

    /** Of the specification of a job at a path of field names. */
    static Advice job(String... steps) {
        Advice advice = (_, object, warn) -> Json.at(object, steps).ifPresent(spec -> {
            String path = String.join(".", steps);
            indexes(path, spec, warn);
            Json.at(spec, "template").ifPresent(template -> new PodAdvice(path + ".template.", template, warn).all());
        });
        return advice.whenChanged(steps[0]);
    }

    private static void indexes(String path, JsonNode spec, Consumer<String> warn) {
        if (Json.string(spec, "completionMode").orElse("").equals("Indexed")
                && Json.number(spec, "completions").orElse(0L) > MANY_COMPLETIONS
                && Json.number(spec, "parallelism").orElse(0L) > MUCH_PARALLELISM) {
            warn.accept(
                    path + ": In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher"
                            + " than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes"
                            + " fail");
        }
    }

    private void all() {
        nodes();
        spread();
        annotations();
        List<JsonNode> volumes = Json.items(spec, "volumes");
        for (int i = 0; i < volumes.size(); i++) {
            VolumeAdvice.ofPod(path + "spec.volumes[" + i + "]", volumes.get(i), warn);
        }
        volumes.forEach(volume -> VolumePaths.advise(volume, warn));
        twice("hostAliases", "ip");
        twice("imagePullSecrets", "name");
        namelessSecrets();
        BYTES.forEach(resource -> VolumeAdvice.bytes(path + "spec.overhead", spec.path("overhead"), resource, warn));
        if (Json.at(spec, "securityContext", "seccompProfile").isEmpty()) {
            annotation(SECCOMP_OF_POD, "non-functional in v1.27+; use the \"seccompProfile\" field instead");
        }
        containers(this::container);
        ContainerPorts ports = new ContainerPorts(warn);
        containers(ports::advise);
        if (Json.number(spec, "terminationGracePeriodSeconds").orElse(0L) < 0) {
            warn.accept(
                    path + "spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be"
                            + " treated as 1");
        }
        affinity("podAffinity");
        affinity("podAntiAffinity");
        IpAdvice.ips(spec.path("dnsConfig"), path + "spec.dnsConfig", "nameservers", warn);
        IpAdvice.each(spec, path + "spec", "hostAliases", "ip", warn);
    }

    private interface OfContainer {
        void advise(String path, JsonNode container);
    }

    private void containers(OfContainer advice) {
        for (String list : CONTAINERS) {
            List<JsonNode> containers = Json.items(spec, list);
            for (int i = 0; i < containers.size(); i++) {
                advice.advise(path + "spec." + list + "[" + i + "]", containers.get(i));
            }
        }
    }

    private void nodes() {
        NodeLabels.each(
                spec.path("nodeSelector"),
                (label, why) -> warn.accept(path + "spec.nodeSelector[" + label + "]: " + why));
        String at = path + "spec.affinity.nodeAffinity.";
        JsonNode affinity = spec.path("affinity").path("nodeAffinity");
        String required = "requiredDuringSchedulingIgnoredDuringExecution";
        NodeLabels.terms(at + required, affinity.path(required), warn);
        String preferred = "preferredDuringSchedulingIgnoredDuringExecution";
        List<JsonNode> terms = Json.items(affinity, preferred);
        for (int i = 0; i < terms.size(); i++) {
            NodeLabels.expressions(
                    at + preferred + "[" + i + "].preference", terms.get(i).path("preference"), warn);
        }
    }

    private void spread() {
        List<JsonNode> constraints = Json.items(spec, "topologySpreadConstraints");
        for (int i = 0; i < constraints.size(); i++) {
            String at = path + "spec.topologySpreadConstraints[" + i + "].";
            String key = Json.string(constraints.get(i), "topologyKey").orElse("");
            NodeLabels.deprecated(key).ifPresent(why -> warn.accept(at + "topologyKey: " + key + " is " + why));
            matchesNone(at, constraints.get(i));
        }
    }

    private void matchesNone(String at, JsonNode selecting) {
        if (!selecting.hasNonNull("labelSelector")) {
            warn.accept(at + "labelSelector: a null labelSelector results in matching no pod");
        }
    }

    private void annotations() {
        annotation(
                "scheduler.alpha.kubernetes.io/critical-pod",
                "non-functional in v1.16+; use the \"priorityClassName\" field instead");
        annotation("security.alpha.kubernetes.io/sysctls", NO_SYSCTLS);
        annotation("security.alpha.kubernetes.io/unsafe-sysctls", NO_SYSCTLS);
    }

    private void annotation(String key, String why) {
        if (Json.at(pod, "metadata", "annotations", key).isPresent()) {
            warn.accept(path + "metadata.annotations[" + key + "]: " + why);
        }
    }

    private void twice(String list, String field) {
        List<JsonNode> items = Json.items(spec, list);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < items.size(); i++) {
            String value = Json.string(items.get(i), field).orElse("");
            if (!seen.add(value)) {
                warn.accept(path + "spec." + list + "[" + i + "]." + field + ": duplicate " + field + " "
                        + Causes.quoted(value));
            }
        }
    }

    private void namelessSecrets() {
        List<JsonNode> secrets = Json.items(spec, "imagePullSecrets");
        for (int i = 0; i < secrets.size(); i++) {
            if (Json.string(secrets.get(i), "name").orElse("").isEmpty()) {
                warn.accept(path + "spec.imagePullSecrets[" + i + "].name: invalid empty name \"\"");
            }
        }
    }

    private void container(String at, JsonNode container) {
        String name = Json.string(container, "name").orElse("");
        if (Json.at(container, "securityContext", "seccompProfile").isEmpty()) {
            annotation(
                    SECCOMP_OF_CONTAINER + name, "non-functional in v1.27+; use the \"seccompProfile\" field instead");
        }
        if (Json.at(container, "securityContext", "appArmorProfile").isEmpty()
                && Json.at(spec, "securityContext", "appArmorProfile").isEmpty()) {
            annotation(APP_ARMOR + name, "deprecated since v1.30; use the \"appArmorProfile\" field instead");
        }
        for (String resource : BYTES) {
            for (String part : List.of("limits", "requests")) {
                JsonNode amounts = container.path("resources").path(part);
                VolumeAdvice.bytes(at + ".resources." + part, amounts, resource, warn);
            }
        }
        environment(at, Json.items(container, "env"));
    }

    /** A variable that comes again may be meant, if it makes its value of the one before. */
    private void environment(String at, List<JsonNode> variables) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < variables.size(); i++) {
            JsonNode variable = variables.get(i);
            String name = Json.string(variable, "name").orElse("");
            if (!seen.add(name)) {
                String before = "$(" + name + ")";
                String value = Json.string(variable, "value").orElse("");
                if (variable.hasNonNull("valueFrom") || value.equals(before) || !value.contains(before)) {
                    warn.accept(at + ".env[" + i + "]: hides previous definition of " + Causes.quoted(name)
                            + ", which may be dropped when using apply");
                }
            }
        }
    }

    private void affinity(String which) {
        JsonNode affinity = spec.path("affinity").path(which);
        String at = path + "spec.affinity." + which + ".";
        String required = "requiredDuringSchedulingIgnoredDuringExecution";
        List<JsonNode> terms = Json.items(affinity, required);
        for (int i = 0; i < terms.size(); i++) {
            matchesNone(at + required + "[" + i + "].", terms.get(i));
        }
        String preferred = "preferredDuringSchedulingIgnoredDuringExecution";
        List<JsonNode> weighted = Json.items(affinity, preferred);
        for (int i = 0; i < weighted.size(); i++) {
            matchesNone(
                    at + preferred + "[" + i + "].podAffinityTerm.",
                    weighted.get(i).path("podAffinityTerm"));
        }
    }
}

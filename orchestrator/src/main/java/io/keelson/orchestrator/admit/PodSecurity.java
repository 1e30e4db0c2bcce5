package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.admit.SecurityCheck.Violation;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The pod security standards, as the labels of a namespace ask for them. Only pods are refused; of workloads the writer is warned. */
final class PodSecurity implements Validator {

    /** So many pods are looked at when a namespace becomes stricter. */
    private static final int MAX_PODS = 3_000;

    private static final String PREFIX = "pod-security.kubernetes.io/";

    private static final Set<String> WORKLOADS = Set.of(
            "podtemplates",
            "replicationcontrollers",
            "replicasets.apps",
            "deployments.apps",
            "statefulsets.apps",
            "daemonsets.apps",
            "jobs.batch",
            "cronjobs.batch");

    @Override
    public Verdict validate(Request request, Facts facts) {
        if (request.operation() == Operation.DELETE) {
            return Verdict.FINE;
        }
        if (request.of(Kinds.NAMESPACE)) {
            return request.subresource().isEmpty() ? namespace(request, facts) : Verdict.FINE;
        }
        boolean pod = request.of(Kinds.POD) && Set.of("", "ephemeralcontainers").contains(request.subresource());
        boolean workload = request.subresource().isEmpty()
                && WORKLOADS.contains(request.kind().qualifiedResource());
        if ((!pod && !workload) || (pod && !significant(request))) {
            return Verdict.FINE;
        }
        SecurityPolicy policy = facts.find(Kinds.NAMESPACE, "", request.namespace())
                .map(namespace -> SecurityPolicy.of(Json.strings(namespace, "metadata", "labels")))
                .orElse(SecurityPolicy.of(Map.of()));
        return template(request).map(view -> judge(request, policy, view, pod)).orElse(Verdict.FINE);
    }

    /** The pod that is to be stored, or that a workload would make. */
    private static Optional<PodView> template(Request request) {
        ObjectNode object = request.object().orElseThrow();
        JsonNode pod = switch (request.kind().qualifiedResource()) {
            case "pods" -> object;
            case "podtemplates" -> object.path("template");
            case "cronjobs.batch" ->
                object.path("spec").path("jobTemplate").path("spec").path("template");
            default -> object.path("spec").path("template");
        };
        return pod.path("spec").isObject()
                ? Optional.of(new PodView(Json.strings(pod, "metadata", "annotations"), pod.path("spec")))
                : Optional.empty();
    }

    /** Of a pod that is there only changes count that a rule speaks of: images, and containers that are added. */
    private static boolean significant(Request request) {
        if (request.old().isEmpty()) {
            return true;
        }
        ObjectNode old = request.old().get();
        ObjectNode object = request.object().orElseThrow();
        return !containers(old).equals(containers(object)) || !profiles(old).equals(profiles(object));
    }

    private static List<String> containers(ObjectNode pod) {
        return new PodView(Map.of(), pod.path("spec"))
                .containers().stream()
                        .map(container -> PodView.name(container) + " "
                                + container.path("image").asString(""))
                        .toList();
    }

    private static Map<String, String> profiles(ObjectNode pod) {
        Map<String, String> annotations = Json.strings(pod, "metadata", "annotations");
        annotations.keySet().removeIf(key -> !key.contains("apparmor.security.") && !key.contains("seccomp.security."));
        return annotations;
    }

    private static Verdict judge(Request request, SecurityPolicy policy, PodView view, boolean pod) {
        List<Violation> enforced = pod ? violations(policy.enforce(), view) : List.of();
        Map<String, String> audit = new TreeMap<>();
        if (pod) {
            audit.put(PREFIX + "enforce-policy", policy.enforce().toString());
        }
        List<Violation> audited = violations(policy.audit(), view);
        if (!audited.isEmpty()) {
            audit.put(PREFIX + "audit-violations", would(policy.audit(), audited));
        }
        if (!enforced.isEmpty()) {
            String why = "violates PodSecurity \"" + policy.enforce() + "\": " + listed(enforced);
            return new Verdict(Optional.of(request.forbidden(why)), List.of(), audit);
        }
        List<Violation> warned = violations(policy.warn(), view);
        return new Verdict(
                Optional.empty(), warned.isEmpty() ? List.of() : List.of(would(policy.warn(), warned)), audit);
    }

    private static String would(SecurityLevel level, List<Violation> violations) {
        return "would violate PodSecurity \"" + level + "\": " + listed(violations);
    }

    private static String listed(List<Violation> violations) {
        return violations.stream().map(Violation::toString).collect(Collectors.joining(", "));
    }

    private static List<Violation> violations(SecurityLevel level, PodView view) {
        List<SecurityCheck> checks = switch (level.level()) {
            case PRIVILEGED -> List.of();
            case BASELINE -> BaselineChecks.ALL;
            case RESTRICTED ->
                Stream.concat(BaselineChecks.ALL.stream(), RestrictedChecks.ALL.stream())
                        .toList();
        };
        return checks.stream()
                .filter(check -> check.holdsFor(level))
                .flatMap(check -> check.rule().look(view, level.minor()).stream())
                .toList();
    }

    private static Verdict namespace(Request request, Facts facts) {
        SecurityPolicy policy = policy(request.object().orElseThrow());
        SecurityPolicy before = request.old().map(PodSecurity::policy).orElse(SecurityPolicy.of(Map.of()));
        if (!policy.mistakes().isEmpty() && !policy.mistakes().equals(before.mistakes())) {
            return Verdict.refused(Rejection.invalid(Kinds.NAMESPACE, request.name(), policy.mistakes()));
        }
        boolean stricter = !policy.enforce().equals(before.enforce())
                && policy.enforce().level() != SecurityLevel.Level.PRIVILEGED
                && !(policy.enforce().minor() == before.enforce().minor()
                        && policy.enforce().level().compareTo(before.enforce().level()) < 0);
        return request.operation() == Operation.UPDATE && stricter
                ? Verdict.warning(existing(request.name(), policy.enforce(), facts))
                : Verdict.FINE;
    }

    private static SecurityPolicy policy(ObjectNode namespace) {
        return SecurityPolicy.of(Json.strings(namespace, "metadata", "labels"));
    }

    private static List<String> existing(String namespace, SecurityLevel level, Facts facts) {
        List<ObjectNode> pods = facts.list(Kinds.POD, namespace);
        Map<String, List<String>> byReasons = new TreeMap<>();
        for (ObjectNode pod : pods.subList(0, Math.min(MAX_PODS, pods.size()))) {
            String reasons =
                    violations(level, new PodView(Json.strings(pod, "metadata", "annotations"), pod.path("spec")))
                            .stream()
                            .map(Violation::reason)
                            .collect(Collectors.joining(", "));
            if (!reasons.isEmpty()) {
                byReasons
                        .computeIfAbsent(reasons, _ -> new ArrayList<>())
                        .add(Json.string(pod, "metadata", "name").orElse(""));
            }
        }
        List<String> warnings = new ArrayList<>();
        if (pods.size() > MAX_PODS) {
            warnings.add("new PodSecurity enforce level only checked against the first " + MAX_PODS + " of "
                    + pods.size() + " existing pods");
        }
        if (!byReasons.isEmpty()) {
            warnings.add("existing pods in namespace \"" + namespace + "\" violate the new PodSecurity enforce level \""
                    + level + "\"");
        }
        byReasons.entrySet().stream()
                .map(entry -> pods(entry.getValue()) + ": " + entry.getKey())
                .sorted()
                .forEach(warnings::add);
        return warnings;
    }

    private static String pods(List<String> names) {
        String first = names.stream().sorted().findFirst().orElse("");
        int others = names.size() - 1;
        return switch (others) {
            case 0 -> first;
            case 1 -> first + " (and 1 other pod)";
            default -> first + " (and " + others + " other pods)";
        };
    }
}

package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Operation;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** What a node may write is its own: its Node, its lease, and the status of the pods that run on it. */
final class NodeRestriction implements Validator {

    private static final String GROUP = "system:nodes";
    private static final String PREFIX = "system:node:";
    private static final String RESTRICTED = "node-restriction.kubernetes.io/";
    private static final String LEASES = "kube-node-lease";

    /** Labels in Kubernetes' own space that a node may set on itself. */
    private static final Set<String> OWN_LABELS = Set.of(
            "kubernetes.io/hostname",
            "kubernetes.io/arch",
            "kubernetes.io/os",
            "beta.kubernetes.io/instance-type",
            "node.kubernetes.io/instance-type",
            "failure-domain.beta.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone",
            "topology.kubernetes.io/region",
            "topology.kubernetes.io/zone",
            "beta.kubernetes.io/arch",
            "beta.kubernetes.io/os");

    @Override
    public Verdict validate(Request request, Facts facts) {
        boolean isNode =
                request.user().groups().contains(GROUP) && request.user().name().startsWith(PREFIX);
        if (!isNode) {
            return Verdict.FINE;
        }
        String node = request.user().name().substring(PREFIX.length());
        Optional<String> why = Optional.empty();
        if (request.of(Kinds.NODE)) {
            why = node(request, node);
        } else if (request.of(Kinds.POD)) {
            why = pod(request, node);
        } else if (request.of(Kinds.LEASE)
                && request.namespace().equals(LEASES)
                && !request.name().equals(node)) {
            why = Optional.of("can only access node lease with the same name as the requesting node");
        }
        return Verdict.of(why.map(request::forbidden));
    }

    private static Optional<String> node(Request request, String node) {
        if (!request.name().equals(node)) {
            return Optional.of("node \"" + node + "\" is not allowed to modify node \"" + request.name() + "\"");
        }
        if (request.operation() == Operation.DELETE) {
            return Optional.empty();
        }
        ObjectNode object = request.object().orElseThrow();
        Map<String, String> before = request.old()
                .map(old -> Json.strings(old, "metadata", "labels"))
                .orElse(Map.of());
        Set<String> forbidden = changedLabels(before, Json.strings(object, "metadata", "labels"));
        forbidden.removeIf(label -> !restricted(label));
        if (!forbidden.isEmpty()) {
            return Optional.of("is not allowed to modify labels: "
                    + String.join(", ", forbidden.stream().sorted().toList()));
        }
        boolean taints = request.old()
                .filter(old -> !Json.items(old, "spec", "taints").equals(Json.items(object, "spec", "taints")))
                .isPresent();
        return taints ? Optional.of("node \"" + node + "\" is not allowed to modify taints") : Optional.empty();
    }

    private static Set<String> changedLabels(Map<String, String> before, Map<String, String> after) {
        Set<String> changed = new HashSet<>(before.keySet());
        changed.addAll(after.keySet());
        changed.removeIf(label -> before.containsKey(label)
                && after.containsKey(label)
                && before.get(label).equals(after.get(label)));
        return changed;
    }

    private static boolean restricted(String label) {
        String space = label.contains("/") ? label.substring(0, label.indexOf('/')) : "";
        boolean kubernetes = space.equals("kubernetes.io")
                || space.endsWith(".kubernetes.io")
                || space.equals("k8s.io")
                || space.endsWith(".k8s.io");
        boolean kubelet = space.equals("kubelet.kubernetes.io")
                || space.endsWith(".kubelet.kubernetes.io")
                || space.equals("node.kubernetes.io")
                || space.endsWith(".node.kubernetes.io");
        return label.startsWith(RESTRICTED)
                || space.endsWith(".node-restriction.kubernetes.io")
                || (kubernetes && !kubelet && !OWN_LABELS.contains(label));
    }

    private static Optional<String> pod(Request request, String node) {
        ObjectNode pod = request.old().or(request::object).orElseThrow();
        String on = Json.string(pod, "spec", "nodeName").orElse("");
        boolean mine = on.equals(node);
        return switch (request.operation()) {
            case CREATE ->
                mine
                                && Json.at(pod, "metadata", "annotations", "kubernetes.io/config.mirror")
                                        .isPresent()
                        ? Optional.empty()
                        : Optional.of("pod does not have \"kubernetes.io/config.mirror\" annotation, node \"" + node
                                + "\" can only create mirror pods");
            case UPDATE ->
                request.subresource().equals("status")
                        ? mine
                                ? Optional.empty()
                                : Optional.of("node \"" + node
                                        + "\" can only update pod status for pods with spec.nodeName set to itself")
                        : Optional.of("unexpected operation \"UPDATE\", node \"" + node
                                + "\" can only update the status of pods");
            case CONNECT -> Optional.empty();
            case DELETE ->
                mine
                        ? Optional.empty()
                        : Optional.of("node \"" + node + "\" can only delete pods with spec.nodeName set to itself");
        };
    }
}

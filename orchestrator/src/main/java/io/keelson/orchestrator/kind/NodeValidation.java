package io.keelson.orchestrator.kind;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Nodes, and the leases by which they say that they live. */
final class NodeValidation {

    private NodeValidation() {}

    static void node(Optional<ObjectNode> live, ObjectNode node, Causes causes) {
        Optional<String> before = live.flatMap(stored -> Json.string(stored, "spec", "podCIDR"));
        if (before.isPresent() && !before.equals(Json.string(node, "spec", "podCIDR"))) {
            causes.add(
                    Cause.forbidden("spec.podCIDR", "node updates may not change podCIDR except from \"\" to valid"));
        }
        int ranges = 0;
        for (var range : Json.items(node, "spec", "podCIDRs")) {
            ServiceValidation.cidr("spec.podCIDRs[" + ranges++ + "]", range.asString(""), causes);
        }
        int i = 0;
        for (var taint : Json.items(node, "spec", "taints")) {
            String path = "spec.taints[" + i++ + "]";
            if (causes.present(taint, path, "key")) {
                String key = Json.string(taint, "key").orElse("");
                causes.invalid(path + ".key", key, Names.qualifiedNameProblems(key));
            }
            if (causes.present(taint, path, "effect")) {
                causes.oneOf(taint, path, "effect", PodValidation.TAINT_EFFECTS);
            }
        }
    }

    static void lease(ObjectNode lease, Causes causes) {
        Json.at(lease, "spec").ifPresent(spec -> {
            causes.atLeast(spec, "spec", "leaseDurationSeconds", 1);
            causes.atLeast(spec, "spec", "leaseTransitions", 0);
        });
    }
}

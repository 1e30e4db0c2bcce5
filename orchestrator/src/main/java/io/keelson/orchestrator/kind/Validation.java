package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whether an object makes sense: required fields, syntax of names, ranges, and fields that may not change. The wording is
 * Kubernetes'. Types are the business of {@link Schema}: a field of a wrong type is skipped here.
 */
public final class Validation {

    private Validation() {}

    /**
     * What is wrong with an object that has its default values already.
     *
     * @param live the object as it is stored, for an update; empty for a create
     * @param incoming the object as it shall be
     * @return nothing if the object is valid; else every reason, for a Status of code 422
     */
    public static List<Cause> validate(Kind kind, Optional<ObjectNode> live, ObjectNode incoming) {
        Causes causes = new Causes();
        MetadataValidation.validate(kind, incoming, causes);
        switch (kind.qualifiedResource()) {
            case "pods" -> PodValidation.pod(live, incoming, causes);
            case "deployments.apps" -> WorkloadValidation.deployment(live, incoming, causes);
            case "replicasets.apps" -> WorkloadValidation.replicaSet(live, incoming, causes);
            case "services" -> ServiceValidation.service(live, incoming, causes);
            case "endpoints" -> ServiceValidation.endpoints(incoming, causes);
            case "endpointslices.discovery.k8s.io" -> ServiceValidation.endpointSlice(live, incoming, causes);
            case "configmaps" -> ConfigValidation.configMap(live, incoming, causes);
            case "secrets" -> ConfigValidation.secret(live, incoming, causes);
            case "nodes" -> node(live, incoming, causes);
            case "leases.coordination.k8s.io" -> lease(incoming, causes);
            case "events" -> event(incoming, causes);
            default -> {}
        }
        return causes.found();
    }

    private static void node(Optional<ObjectNode> live, ObjectNode node, Causes causes) {
        Optional<String> before = live.flatMap(stored -> Json.string(stored, "spec", "podCIDR"));
        if (before.isPresent() && !before.equals(Json.string(node, "spec", "podCIDR"))) {
            causes.add(
                    Cause.forbidden("spec.podCIDR", "node updates may not change podCIDR except from \"\" to valid"));
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

    private static void lease(ObjectNode lease, Causes causes) {
        Json.at(lease, "spec").ifPresent(spec -> {
            causes.atLeast(spec, "spec", "leaseDurationSeconds", 1);
            causes.atLeast(spec, "spec", "leaseTransitions", 0);
        });
    }

    private static void event(ObjectNode event, Causes causes) {
        Json.at(event, "involvedObject")
                .ifPresentOrElse(
                        involved -> {
                            String namespace =
                                    Json.string(involved, "namespace").orElse("");
                            String own =
                                    Json.string(event, "metadata", "namespace").orElse("");
                            // Events of objects without a namespace live in the default one.
                            if (!namespace.isEmpty() && !namespace.equals(own)) {
                                causes.add(Cause.invalid(
                                        "involvedObject.namespace",
                                        Causes.quoted(namespace),
                                        "does not match event.namespace"));
                            }
                        },
                        () -> causes.required("involvedObject"));
    }
}

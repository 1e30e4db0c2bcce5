package io.keelson.orchestrator.kind;

import io.keelson.orchestrator.kind.WorkloadValidation.Words;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** StatefulSets, DaemonSets, ReplicationControllers and templates of pods. */
final class SetValidation {

    private static final Words STATEFUL_SET = new Words("statefulset", "StatefulSet");
    private static final Words DAEMON_SET = new Words("daemonset", "DaemonSet");
    private static final Set<String> MUTABLE = Set.of(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds");

    private SetValidation() {}

    static void statefulSet(Optional<ObjectNode> live, ObjectNode set, Causes causes) {
        Optional<JsonNode> spec = Json.at(set, "spec");
        if (spec.isEmpty()) {
            causes.required("spec");
            return;
        }
        policy(spec.get(), causes);
        JsonNode strategy = spec.get().path("updateStrategy");
        switch (strategy.path("type").asString("")) {
            case "RollingUpdate" ->
                causes.atLeast(strategy.path("rollingUpdate"), "spec.updateStrategy.rollingUpdate", "partition", 0);
            case "OnDelete" ->
                Json.at(strategy, "rollingUpdate")
                        .ifPresent(rolling -> causes.invalid(
                                "spec.updateStrategy.rollingUpdate",
                                rolling,
                                "only allowed for updateStrategy 'RollingUpdate'"));
            default -> causes.invalid("spec.updateStrategy", strategy, "must be 'RollingUpdate' or 'OnDelete'");
        }
        causes.atLeast(spec.get().path("ordinals"), "spec.ordinals", "start", 0);
        retention(spec.get(), causes);
        // What may change at all is said once, below.
        WorkloadValidation.common(Optional.empty(), spec.get(), STATEFUL_SET, causes);
        // The pod itself is not looked at, as in Kubernetes: its mounts may be of claims that are not there yet.
        WorkloadValidation.podTemplate(spec.get().path("template").path("spec"), STATEFUL_SET, causes);
        boolean fixedChanged = live.map(stored -> fixed(stored.path("spec")))
                .filter(before -> !before.equals(fixed(spec.get())))
                .isPresent();
        if (fixedChanged) {
            causes.add(Cause.forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
                            + " 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
                            + " 'minReadySeconds' are forbidden"));
        }
    }

    private static void policy(JsonNode spec, Causes causes) {
        String policy = spec.path("podManagementPolicy").asString("");
        if (!policy.equals("OrderedReady") && !policy.equals("Parallel")) {
            causes.invalid(
                    "spec.podManagementPolicy",
                    spec.path("podManagementPolicy"),
                    "must be 'OrderedReady' or 'Parallel'");
        }
    }

    private static void retention(JsonNode spec, Causes causes) {
        String path = "spec.persistentVolumeClaimRetentionPolicy";
        for (String field : new String[] {"whenDeleted", "whenScaled"}) {
            causes.oneOf(spec.path("persistentVolumeClaimRetentionPolicy"), path, field, Set.of("Retain", "Delete"));
        }
    }

    private static JsonNode fixed(JsonNode spec) {
        return spec instanceof ObjectNode object ? object.deepCopy().without(MUTABLE) : spec;
    }

    static void daemonSet(Optional<ObjectNode> live, ObjectNode set, Causes causes) {
        Optional<JsonNode> spec = Json.at(set, "spec");
        if (spec.isEmpty()) {
            causes.required("spec");
            return;
        }
        WorkloadValidation.whole(live, spec.get(), DAEMON_SET, causes);
        causes.atLeast(spec.get(), "spec", "revisionHistoryLimit", 0);
        JsonNode strategy = spec.get().path("updateStrategy");
        causes.oneOf(strategy, "spec.updateStrategy", "type", Set.of("RollingUpdate", "OnDelete"));
        Json.at(strategy, "rollingUpdate").ifPresent(rolling -> {
            String path = "spec.updateStrategy.rollingUpdate";
            boolean unavailable = WorkloadValidation.amount(rolling, path, "maxUnavailable", causes) != 0;
            boolean surge = WorkloadValidation.amount(rolling, path, "maxSurge", causes) != 0;
            if (unavailable && surge) {
                causes.invalid(
                        path + ".maxSurge", rolling.path("maxSurge"), "may not be set when maxUnavailable is non-zero");
            } else if (!unavailable && !surge) {
                causes.add(Cause.required(path + ".maxUnavailable", "cannot be 0 when maxSurge is 0"));
            }
        });
    }

    static void replicationController(ObjectNode controller, Causes causes) {
        Optional<JsonNode> spec = Json.at(controller, "spec");
        if (spec.isEmpty()) {
            causes.required("spec");
            return;
        }
        causes.atLeast(spec.get(), "spec", "replicas", 0);
        causes.atLeast(spec.get(), "spec", "minReadySeconds", 0);
        Map<String, String> selector = Json.strings(spec.get(), "selector");
        if (selector.isEmpty()) {
            causes.required("spec.selector");
        }
        Optional<JsonNode> template = Json.at(spec.get(), "template").filter(JsonNode::isObject);
        if (template.isEmpty()) {
            causes.required("spec.template");
            return;
        }
        boolean selects =
                Json.strings(template.get(), "metadata", "labels").entrySet().containsAll(selector.entrySet());
        if (!selects) {
            causes.invalid(
                    "spec.template.metadata.labels",
                    Json.at(template.get(), "metadata", "labels").orElseGet(Json::object),
                    "`selector` does not match template `labels`");
        }
        JsonNode podSpec = template.get().path("spec");
        PodValidation.template(podSpec, "spec.template.spec", causes);
        causes.oneOf(podSpec, "spec.template.spec", "restartPolicy", Set.of("Always"));
    }

    static void podTemplate(ObjectNode podTemplate, Causes causes) {
        Json.at(podTemplate, "template", "metadata")
                .ifPresent(metadata -> MetadataValidation.template(metadata, "template.metadata", causes));
        PodValidation.template(podTemplate.path("template").path("spec"), "template.spec", causes);
    }

    static void controllerRevision(Optional<ObjectNode> live, ObjectNode revision, Causes causes) {
        if (Json.at(revision, "data").isEmpty()) {
            causes.add(Cause.required("data", "data is mandatory"));
        }
        causes.atLeast(revision, "", "revision", 0);
        causes.unchanged(live, revision, "data");
    }
}

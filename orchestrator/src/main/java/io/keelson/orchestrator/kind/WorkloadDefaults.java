package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Defaults.absent;
import static io.keelson.orchestrator.kind.Defaults.absentObject;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Default values of the kinds that make pods from a template, deployments and replica sets apart. */
final class WorkloadDefaults {

    private static final int REVISION_HISTORY = 10;
    private static final int BACKOFF_LIMIT = 6;
    private static final int SUCCESSFUL_JOBS = 3;

    private WorkloadDefaults() {}

    static void podTemplate(ObjectNode podTemplate) {
        PodDefaults.template(podTemplate);
    }

    static void replicationController(ObjectNode controller) {
        ObjectNode spec = Json.child(controller, "spec");
        absent(spec, "replicas", 1);
        PodDefaults.template(spec);
        if (spec.path("template").path("metadata").path("labels") instanceof ObjectNode labels) {
            if (spec.path("selector").isEmpty()) {
                spec.set("selector", labels.deepCopy());
            }
            labelled(controller, labels);
        }
        absent(Json.child(controller, "status"), "replicas", 0);
    }

    static void statefulSet(ObjectNode set) {
        ObjectNode spec = Json.child(set, "spec");
        absent(spec, "podManagementPolicy", "OrderedReady");
        ObjectNode strategy = Json.child(spec, "updateStrategy");
        absent(strategy, "type", "RollingUpdate");
        if (strategy.path("type").asString("").equals("RollingUpdate")) {
            absent(Json.child(strategy, "rollingUpdate"), "partition", 0);
        }
        ObjectNode retention = Json.child(spec, "persistentVolumeClaimRetentionPolicy");
        absent(retention, "whenDeleted", "Retain");
        absent(retention, "whenScaled", "Retain");
        absent(spec, "replicas", 1);
        absent(spec, "revisionHistoryLimit", REVISION_HISTORY);
        PodDefaults.template(spec);
        Json.items(spec, "volumeClaimTemplates").forEach(WorkloadDefaults::claimTemplate);
        ObjectNode status = Json.child(set, "status");
        absent(status, "availableReplicas", 0);
        absent(status, "replicas", 0);
    }

    private static void claimTemplate(JsonNode template) {
        if (template instanceof ObjectNode claim) {
            claim.put("apiVersion", "v1").put("kind", "PersistentVolumeClaim");
            StorageDefaults.claim(claim);
        }
    }

    static void daemonSet(ObjectNode set) {
        ObjectNode spec = Json.child(set, "spec");
        ObjectNode strategy = Json.child(spec, "updateStrategy");
        absent(strategy, "type", "RollingUpdate");
        if (strategy.path("type").asString("").equals("RollingUpdate")) {
            ObjectNode rolling = Json.child(strategy, "rollingUpdate");
            absent(rolling, "maxSurge", 0);
            absent(rolling, "maxUnavailable", surges(rolling) ? 0 : 1);
        }
        absent(spec, "revisionHistoryLimit", REVISION_HISTORY);
        PodDefaults.template(spec);
        ObjectNode status = Json.child(set, "status");
        for (String field :
                new String[] {"currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady"
                }) {
            absent(status, field, 0);
        }
    }

    /** Kubernetes sets one of the two only, so that a surge needs no second field to be valid. */
    private static boolean surges(ObjectNode rolling) {
        JsonNode surge = rolling.path("maxSurge");
        return surge.isString() ? !surge.stringValue().equals("0%") : surge.asInt(0) != 0;
    }

    static void job(ObjectNode job) {
        ObjectNode spec = Json.child(job, "spec");
        if (!spec.has("completions") && !spec.has("parallelism")) {
            spec.put("completions", 1);
        }
        absent(spec, "parallelism", 1);
        absent(spec, "backoffLimit", spec.has("backoffLimitPerIndex") ? Integer.MAX_VALUE : BACKOFF_LIMIT);
        absent(spec, "completionMode", "NonIndexed");
        absent(spec, "suspend", false);
        absent(spec, "manualSelector", false);
        absent(spec, "podReplacementPolicy", spec.has("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
        Json.items(spec, "podFailurePolicy", "rules")
                .forEach(rule ->
                        Json.items(rule, "onPodConditions").forEach(condition -> absent(condition, "status", "True")));
        PodDefaults.template(spec);
        if (spec.path("template").path("metadata").path("labels") instanceof ObjectNode labels) {
            labelled(job, labels);
        }
        absentObject(job, "status");
    }

    /** An object without labels has those of its pods. */
    private static void labelled(ObjectNode object, ObjectNode labels) {
        ObjectNode metadata = Json.child(object, "metadata");
        if (metadata.path("labels").isEmpty() && !labels.isEmpty()) {
            metadata.set("labels", labels.deepCopy());
        }
    }

    static void cronJob(ObjectNode cronJob) {
        ObjectNode spec = Json.child(cronJob, "spec");
        absent(spec, "concurrencyPolicy", "Allow");
        absent(spec, "suspend", false);
        absent(spec, "successfulJobsHistoryLimit", SUCCESSFUL_JOBS);
        absent(spec, "failedJobsHistoryLimit", 1);
        if (spec.path("jobTemplate").path("spec") instanceof ObjectNode jobSpec) {
            PodDefaults.template(jobSpec);
        }
        absentObject(cronJob, "status");
    }

    static void disruptionBudget(ObjectNode budget) {
        ObjectNode status = Json.child(budget, "status");
        for (String field : new String[] {"currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods"}) {
            absent(status, field, 0);
        }
    }

    static void priorityClass(ObjectNode priorityClass) {
        absent(priorityClass, "value", 0);
        absent(priorityClass, "preemptionPolicy", "PreemptLowerPriority");
    }
}

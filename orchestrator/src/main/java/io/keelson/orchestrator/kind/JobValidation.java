package io.keelson.orchestrator.kind;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Jobs and CronJobs. */
final class JobValidation {

    /** A CronJob's name leaves room for the 11 characters that its Jobs' names have more. */
    private static final int MAX_CRON_JOB_NAME = 52;

    private static final String MODES = "completionMode";
    private static final String[] COUNTS = {
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes"
    };
    private static final String[] FIXED = {
        MODES, "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"
    };

    private JobValidation() {}

    static void job(Optional<ObjectNode> live, ObjectNode job, Causes causes) {
        Optional<JsonNode> spec = Json.at(job, "spec");
        if (spec.isEmpty()) {
            causes.required("spec");
            return;
        }
        spec(spec.get(), "spec", causes);
        selector(job, spec.get(), causes);
        live.ifPresent(stored -> update(stored, job, causes));
    }

    private static void spec(JsonNode spec, String path, Causes causes) {
        for (String count : COUNTS) {
            causes.atLeast(spec, path, count, 0);
        }
        causes.oneOf(spec, path, MODES, Set.of("NonIndexed", "Indexed"));
        boolean indexed = spec.path(MODES).asString("").equals("Indexed");
        if (indexed && !spec.has("completions")) {
            causes.add(Cause.required(path + ".completions", "when completion mode is Indexed"));
        }
        if (!indexed && spec.has("backoffLimitPerIndex")) {
            causes.invalid(
                    path + ".backoffLimitPerIndex",
                    spec.path("backoffLimitPerIndex"),
                    "requires indexed completion mode");
        }
        causes.oneOf(spec, path, "podReplacementPolicy", Set.of("Failed", "TerminatingOrFailed"));
        Optional<JsonNode> template = Json.at(spec, "template").filter(JsonNode::isObject);
        if (template.isEmpty()) {
            causes.required(path + ".template");
            return;
        }
        Json.at(template.get(), "metadata")
                .ifPresent(metadata -> MetadataValidation.template(metadata, path + ".template.metadata", causes));
        JsonNode podSpec = template.get().path("spec");
        PodValidation.template(podSpec, path + ".template.spec", causes);
        if (podSpec.path("restartPolicy").asString("").equals("Always")) {
            causes.add(Cause.required(path + ".template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\""));
        } else {
            causes.oneOf(podSpec, path + ".template.spec", "restartPolicy", Set.of("OnFailure", "Never"));
        }
    }

    private static void selector(ObjectNode job, JsonNode spec, Causes causes) {
        Optional<JsonNode> selector = Json.at(spec, "selector").filter(JsonNode::isObject);
        if (selector.isEmpty()) {
            causes.required("spec.selector");
            return;
        }
        WorkloadValidation.selector(selector.get(), "spec.selector", causes);
        Map<String, String> labels = Json.strings(spec, "template", "metadata", "labels");
        if (!WorkloadValidation.selects(selector.get(), labels)) {
            causes.invalid(
                    "spec.template.metadata.labels",
                    Json.at(spec, "template", "metadata", "labels").orElseGet(Json::object),
                    "`selector` does not match template `labels`");
        }
        boolean own = Json.string(job, "metadata", "uid")
                .filter(uid ->
                        uid.equals(Json.strings(selector.get(), "matchLabels").get(InitialState.JOB_UID)))
                .isPresent();
        if (!own && !spec.path("manualSelector").asBoolean(false)) {
            causes.invalid("spec.selector", selector.get(), "`selector` not auto-generated");
        }
    }

    private static void update(ObjectNode live, ObjectNode job, Causes causes) {
        Optional<ObjectNode> before = Optional.of(live);
        if (!resizes(live.path("spec"), job.path("spec"))) {
            causes.unchanged(before, job, "spec", "completions");
        }
        causes.unchanged(before, job, "spec", "selector");
        for (String field : FIXED) {
            causes.unchanged(before, job, "spec", field);
        }
        boolean notBegun = live.path("spec").path("suspend").asBoolean(false)
                && Json.at(live, "status", "startTime").isEmpty();
        if (!template(live, notBegun).equals(template(job, notBegun))) {
            causes.immutable("spec.template", job.path("spec").path("template"));
        }
    }

    /** An indexed job may get more or fewer indexes, if as many as it has pods at once. */
    private static boolean resizes(JsonNode before, JsonNode after) {
        return after.path(MODES).asString("").equals("Indexed")
                && before.has("completions")
                && after.path("completions").equals(after.path("parallelism"));
    }

    /** The template, without what may still change while nothing has begun. */
    private static JsonNode template(ObjectNode job, boolean notBegun) {
        JsonNode template = job.path("spec").path("template").deepCopy();
        if (notBegun && template.path("spec") instanceof ObjectNode podSpec) {
            podSpec.remove(Set.of("nodeSelector", "tolerations", "schedulingGates"));
            if (podSpec.get("affinity") instanceof ObjectNode affinity) {
                affinity.remove("nodeAffinity");
            }
            if (template.get("metadata") instanceof ObjectNode metadata) {
                metadata.remove(Set.of("labels", "annotations"));
            }
        }
        return template;
    }

    static void cronJob(Optional<ObjectNode> live, ObjectNode cronJob, Causes causes) {
        String name = Json.string(cronJob, "metadata", "name").orElse("");
        if (name.length() > MAX_CRON_JOB_NAME) {
            causes.add(Cause.invalid(
                    "metadata.name", Causes.quoted(name), "must be no more than " + MAX_CRON_JOB_NAME + " characters"));
        }
        Optional<JsonNode> spec = Json.at(cronJob, "spec");
        if (spec.isEmpty()) {
            causes.required("spec");
            return;
        }
        boolean zoned = live.flatMap(stored -> Json.string(stored, "spec", "schedule"))
                .filter(JobValidation::hasZone)
                .isPresent();
        schedule(spec.get(), zoned, causes);
        causes.requiredOneOf(spec.get(), "spec", "concurrencyPolicy", Set.of("Allow", "Forbid", "Replace"));
        for (String field :
                new String[] {"startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"}) {
            causes.atLeast(spec.get(), "spec", field, 0);
        }
        Optional<JsonNode> jobSpec = Json.at(spec.get(), "jobTemplate", "spec");
        if (jobSpec.isEmpty()) {
            causes.required("spec.jobTemplate.spec");
            return;
        }
        spec(jobSpec.get(), "spec.jobTemplate.spec", causes);
        if (jobSpec.get().path("manualSelector").asBoolean(false)) {
            causes.add(Cause.notSupported(
                    "spec.jobTemplate.spec.manualSelector", "true", java.util.List.of("nil", "false")));
        }
    }

    /**
     * Checks when a CronJob begins.
     *
     * @param zoned whether it named a zone in its schedule before, when that was allowed; it may keep what it has
     */
    private static void schedule(JsonNode spec, boolean zoned, Causes causes) {
        if (!causes.present(spec, "spec", "schedule")) {
            return;
        }
        JsonNode schedule = spec.path("schedule");
        String text = schedule.asString("");
        if (hasZone(text) && !zoned) {
            causes.invalid(
                    "spec.schedule", schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        } else {
            CronSchedule.problem(text).ifPresent(problem -> causes.invalid("spec.schedule", schedule, problem));
            if (hasZone(text) && spec.hasNonNull("timeZone")) {
                causes.invalid(
                        "spec.schedule", schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
            }
        }
        Json.at(spec, "timeZone").ifPresent(zone -> timeZone(zone, causes));
    }

    /** Whether a schedule names a zone, as {@code CRON_TZ=UTC 0 * * * *} does; Kubernetes looks no closer. */
    private static boolean hasZone(String schedule) {
        return schedule.contains("TZ");
    }

    static void adviseCronJob(Optional<ObjectNode> live, ObjectNode cronJob, Consumer<String> warn) {
        if (live.isPresent() && hasZone(Json.string(cronJob, "spec", "schedule").orElse(""))) {
            // "spec.spec" is Kubernetes' own mistake.
            warn.accept("cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see"
                    + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details");
        }
    }

    private static void timeZone(JsonNode zone, Causes causes) {
        String name = zone.asString("");
        if (name.isEmpty()) {
            causes.invalid("spec.timeZone", zone, "timeZone must be nil or non-empty string");
        } else if (name.equalsIgnoreCase("Local")) {
            causes.invalid(
                    "spec.timeZone",
                    zone,
                    "timeZone must be an explicit time zone as defined in" + " https://www.iana.org/time-zones");
        } else if (!known(name)) {
            causes.invalid("spec.timeZone", zone, "unknown time zone " + name);
        }
    }

    static boolean known(String zone) {
        try {
            return zone.equals("UTC") || ZoneId.of(zone).getId().contains("/");
        } catch (DateTimeException e) {
            return false;
        }
    }
}

package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Printer.Column.AGE;
import static io.keelson.orchestrator.kind.Printer.Column.NAME;
import static io.keelson.orchestrator.kind.Printer.Column.number;
import static io.keelson.orchestrator.kind.Printer.Column.text;
import static io.keelson.orchestrator.kind.Printer.Column.wide;
import static io.keelson.orchestrator.kind.Printers.NONE;
import static io.keelson.orchestrator.kind.Printers.age;
import static io.keelson.orchestrator.kind.Printers.count;
import static io.keelson.orchestrator.kind.Printers.name;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The printers of the kinds that make pods from a template, deployments and replica sets apart. */
final class WorkloadPrinters {

    static final Printer REPLICATION_CONTROLLER = Printers.replicas((controller, cells) -> {
        Printers.containers(controller.path("spec").path("template"), cells);
        cells.add(Printers.labels(controller, "spec", "selector"));
    });

    static final Printer POD_TEMPLATE = new Printer(
            List.of(NAME, text("Containers"), text("Images"), text("Pod Labels")), (podTemplate, now, cells) -> {
                cells.add(name(podTemplate));
                Printers.containers(podTemplate.path("template"), cells);
                cells.add(Printers.labels(podTemplate, "template", "metadata", "labels"));
            });

    static final Printer STATEFUL_SET =
            new Printer(List.of(NAME, text("Ready"), AGE, wide("Containers"), wide("Images")), (set, now, cells) -> {
                cells.add(name(set))
                        .add(count(set, "status", "readyReplicas") + "/" + count(set, "spec", "replicas"))
                        .add(age(set, now));
                Printers.containers(set.path("spec").path("template"), cells);
            });

    static final Printer DAEMON_SET = new Printer(
            List.of(
                    NAME,
                    number("Desired"),
                    number("Current"),
                    number("Ready"),
                    number("Up-to-date"),
                    number("Available"),
                    text("Node Selector"),
                    AGE,
                    wide("Containers"),
                    wide("Images"),
                    wide("Selector")),
            (set, now, cells) -> {
                cells.add(name(set))
                        .add(count(set, "status", "desiredNumberScheduled"))
                        .add(count(set, "status", "currentNumberScheduled"))
                        .add(count(set, "status", "numberReady"))
                        .add(count(set, "status", "updatedNumberScheduled"))
                        .add(count(set, "status", "numberAvailable"))
                        .add(Printers.labels(set, "spec", "template", "spec", "nodeSelector"))
                        .add(age(set, now));
                Printers.template(set, cells);
            });

    static final Printer JOB = new Printer(
            List.of(
                    NAME,
                    text("Status"),
                    text("Completions"),
                    text("Duration"),
                    AGE,
                    wide("Containers"),
                    wide("Images"),
                    wide("Selector")),
            (job, now, cells) -> {
                cells.add(name(job))
                        .add(status(job))
                        .add(completions(job))
                        .add(duration(job, now))
                        .add(age(job, now));
                Printers.template(job, cells);
            });

    static final Printer CRON_JOB = new Printer(
            List.of(
                    NAME,
                    text("Schedule"),
                    text("Timezone"),
                    new Printer.Column("Suspend", "boolean", "", 0),
                    number("Active"),
                    text("Last Schedule"),
                    AGE,
                    wide("Containers"),
                    wide("Images"),
                    wide("Selector")),
            (cronJob, now, cells) -> {
                cells.add(name(cronJob))
                        .add(Json.string(cronJob, "spec", "schedule").orElse(""))
                        .add(Printers.orNone(cronJob, "spec", "timeZone"))
                        .add(cronJob.path("spec").path("suspend").asBoolean(false) ? "True" : "False")
                        .add(Json.items(cronJob, "status", "active").size())
                        .add(
                                Age.time(cronJob, "status", "lastScheduleTime").isPresent()
                                        ? Age.since(now, cronJob, "status", "lastScheduleTime")
                                        : NONE)
                        .add(age(cronJob, now));
                JsonNode jobSpec = cronJob.path("spec").path("jobTemplate").path("spec");
                Printers.containers(jobSpec.path("template"), cells);
                cells.add(Printers.selector(jobSpec.path("selector")));
            });

    static final Printer CONTROLLER_REVISION = new Printer(
            List.of(NAME, text("Controller"), text("Revision"), AGE),
            (revision, now, cells) -> cells.add(name(revision))
                    .add(controller(revision))
                    .add(Json.number(revision, "revision").orElse(0L))
                    .add(age(revision, now)));

    static final Printer SCALE = new Printer(
            List.of(NAME, number("Desired"), number("Available"), AGE),
            (scale, now, cells) -> cells.add(name(scale))
                    .add(count(scale, "spec", "replicas"))
                    .add(count(scale, "status", "replicas"))
                    .add(age(scale, now)));

    private WorkloadPrinters() {}

    private static String status(ObjectNode job) {
        if (holds(job, "Complete")) {
            return "Complete";
        }
        if (holds(job, "Failed")) {
            return "Failed";
        }
        if (Json.at(job, "metadata", "deletionTimestamp").isPresent()) {
            return "Terminating";
        }
        return List.of("Suspended", "FailureTarget", "SuccessCriteriaMet").stream()
                .filter(condition -> holds(job, condition))
                .findFirst()
                .orElse("Running");
    }

    private static boolean holds(ObjectNode job, String type) {
        return Json.items(job, "status", "conditions").stream()
                .anyMatch(condition -> condition.path("type").asString("").equals(type)
                        && condition.path("status").asString("").equals("True"));
    }

    private static String completions(ObjectNode job) {
        int succeeded = count(job, "status", "succeeded");
        Optional<Long> completions = Json.number(job, "spec", "completions");
        if (completions.isPresent()) {
            return succeeded + "/" + completions.get();
        }
        int parallelism = count(job, "spec", "parallelism");
        return parallelism > 1 ? succeeded + "/1 of " + parallelism : succeeded + "/1";
    }

    private static String duration(ObjectNode job, Instant now) {
        return Age.time(job, "status", "startTime")
                .map(start -> Age.of(Duration.between(
                        start, Age.time(job, "status", "completionTime").orElse(now))))
                .orElse("");
    }

    /** {@code statefulset.apps/web}. */
    private static String controller(ObjectNode revision) {
        return Json.items(revision, "metadata", "ownerReferences").stream()
                .filter(owner -> owner.path("controller").asBoolean(false))
                .findFirst()
                .map(owner -> {
                    String apiVersion = owner.path("apiVersion").asString("");
                    int slash = apiVersion.indexOf('/');
                    String group = slash < 0 ? "" : "." + apiVersion.substring(0, slash);
                    return (owner.path("kind").asString("") + group).toLowerCase(Locale.ROOT) + "/"
                            + owner.path("name").asString("");
                })
                .orElse(NONE);
    }
}

package io.keelson.orchestrator.why;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Why work that should end has not ended. */
final class Jobs {

    private Jobs() {}

    static Explanation job(Cluster cluster, ClusterObject job) {
        if (holds(job, "Complete").isPresent()) {
            return Explanation.asWished(job.ref(), Words.title(job) + " is complete.");
        }
        Optional<JsonNode> failed = holds(job, "Failed");
        Optional<Explanation> worst = Pods.worst(cluster, Workloads.podsOf(cluster, job));
        if (failed.isPresent()) {
            String says = "Failed: " + failed.get().path("reason").asString("");
            return worst.map(explanation -> explanation.causing(job.ref(), says))
                    .orElseGet(() -> Explanation.stuck(
                            job.ref(),
                            says,
                            Words.title(job) + " has failed" + Words.because(failed.get()) + ".",
                            "A job that has failed does not run again: delete it and make it again."));
        }
        if (job.at("spec", "suspend").asBoolean(false)) {
            return Explanation.stuck(
                    job.ref(), "suspended", Words.title(job) + " is suspended.", "Set spec.suspend to false.");
        }
        long wanted = Json.number(job.json(), "spec", "completions").orElse(1L);
        long done = Json.number(job.json(), "status", "succeeded").orElse(0L);
        String says = done + " of " + wanted + " done";
        return worst.map(explanation -> explanation.causing(job.ref(), says))
                .orElseGet(() -> Explanation.underWay(
                        job.ref(),
                        says,
                        Words.title(job) + " is at work: " + says + ".",
                        "It ends by itself when its pods do."));
    }

    static Explanation cronJob(ClusterObject job) {
        return job.at("spec", "suspend").asBoolean(false)
                ? Explanation.stuck(
                        job.ref(), "suspended", Words.title(job) + " is suspended.", "Set spec.suspend to false.")
                : Explanation.asWished(
                        job.ref(),
                        Words.title(job) + " runs at "
                                + job.at("spec", "schedule").asString("") + ".");
    }

    private static Optional<JsonNode> holds(ClusterObject job, String type) {
        return Pod.condition(job, type)
                .filter(condition -> condition.path("status").asString("").equals("True"));
    }
}

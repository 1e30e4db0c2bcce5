package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.select.LabelSelector;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether a pod may be evicted: asked of the disruption budgets of its namespace. The rules and words are Kubernetes'. */
public final class Eviction {

    /** So many evictions may be under way in one budget. */
    static final int MAX_DISRUPTED = 2_000;

    /** Seconds after which to ask again when a budget is not counted yet. */
    private static final int NOT_COUNTED_RETRY = 10;

    /** A pod that does not serve, or is going anyway, needs no leave. */
    private static final Set<String> NO_LOSS = Set.of("Pending", "Succeeded", "Failed");

    private Eviction() {}

    /** What the budgets say. */
    public sealed interface Verdict {

        /** No budget is concerned. */
        record Free() implements Verdict {}

        /**
         * The eviction is within a budget, which has to be told first.
         *
         * @param budget the budget with its new status, at the revision at which it was read
         */
        record Counted(ObjectNode budget) implements Verdict {}

        /** Not now, or never. */
        record Refused(Rejection rejection) implements Verdict {}
    }

    /**
     * The verdict about a pod.
     *
     * @param budgets all budgets of its namespace, as they are stored
     */
    public static Verdict judge(ObjectNode pod, List<ObjectNode> budgets, Instant now) {
        boolean noLoss = NO_LOSS.contains(Json.string(pod, "status", "phase").orElse("")) || Metadata.terminating(pod);
        List<ObjectNode> about = noLoss
                ? List.of()
                : budgets.stream().filter(budget -> selects(budget, pod)).toList();
        if (about.isEmpty()) {
            return new Verdict.Free();
        }
        if (about.size() > 1) {
            return new Verdict.Refused(
                    Rejection.of(
                            Reason.INTERNAL_ERROR,
                            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."));
        }
        ObjectNode budget = about.getFirst();
        return !ready(pod) && mayGoUnready(budget) ? new Verdict.Free() : count(pod, budget, now);
    }

    private static boolean selects(ObjectNode budget, ObjectNode pod) {
        return Json.at(budget, "spec", "selector")
                .map(selector -> LabelSelector.of(selector).matches(pod))
                .orElse(false);
    }

    private static boolean ready(ObjectNode pod) {
        return Json.items(pod, "status", "conditions").stream()
                .anyMatch(condition -> condition.path("type").asString("").equals("Ready")
                        && condition.path("status").asString("").equals("True"));
    }

    private static boolean mayGoUnready(ObjectNode budget) {
        long desired = number(budget, "desiredHealthy");
        return Json.string(budget, "spec", "unhealthyPodEvictionPolicy")
                        .orElse("")
                        .equals("AlwaysAllow")
                || (desired > 0 && number(budget, "currentHealthy") >= desired);
    }

    private static long number(ObjectNode budget, String field) {
        return Json.number(budget, "status", field).orElse(0L);
    }

    private static Verdict count(ObjectNode pod, ObjectNode budget, Instant now) {
        String name = Metadata.name(budget);
        long generation = Json.number(budget, "metadata", "generation").orElse(0L);
        if (number(budget, "observedGeneration") < generation) {
            return new Verdict.Refused(violates(
                    NOT_COUNTED_RETRY, "The disruption budget " + name + " is still being processed by the server."));
        }
        long allowed = number(budget, "disruptionsAllowed");
        int disrupted = budget.path("status").path("disruptedPods").size();
        if (allowed < 0 || disrupted > MAX_DISRUPTED) {
            return new Verdict.Refused(
                    Rejection.of(
                            Reason.FORBIDDEN,
                            "poddisruptionbudgets.policy \"" + name + "\" is forbidden: "
                                    + (allowed < 0
                                            ? "pdb disruptions allowed is negative"
                                            : "DisruptedPods map too big - too many evictions not confirmed by PDB controller")));
        }
        if (allowed == 0) {
            return new Verdict.Refused(violates(
                    0,
                    "The disruption budget " + name + " needs " + number(budget, "desiredHealthy")
                            + " healthy pods and has " + number(budget, "currentHealthy") + " currently"));
        }
        ObjectNode counted = budget.deepCopy();
        ObjectNode status = Json.child(counted, "status");
        status.put("disruptionsAllowed", (int) (allowed - 1));
        Json.child(status, "disruptedPods").put(Metadata.name(pod), Metadata.time(now));
        if (allowed == 1) {
            exhausted(status, now);
        }
        return new Verdict.Counted(counted);
    }

    /** The condition that tells that nothing more may go. */
    private static void exhausted(ObjectNode status, Instant now) {
        for (JsonNode condition : Json.items(status, "conditions")) {
            boolean allows = condition.path("type").asString("").equals("DisruptionAllowed");
            if (allows && condition instanceof ObjectNode object) {
                object.put("status", "False").put("reason", "InsufficientPods");
                object.put("lastTransitionTime", Metadata.time(now));
            }
        }
    }

    private static Rejection violates(int retryAfterSeconds, String why) {
        Cause cause = new Cause("DisruptionBudget", "", why);
        return new Rejection(
                Reason.TOO_MANY_REQUESTS,
                "Cannot evict pod as it would violate the pod's disruption budget.",
                Optional.of(new Rejection.Details("", "", "", "", List.of(cause), retryAfterSeconds)));
    }
}

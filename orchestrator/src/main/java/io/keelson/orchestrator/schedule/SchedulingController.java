package io.keelson.orchestrator.schedule;

import io.keelson.orchestrator.control.Action;
import io.keelson.orchestrator.control.Controller;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns plans into actions. All pending pods are one unit of work: the next plan is made when the bindings of the last one are done and in
 * the picture, so no plan counts on what is not so.
 */
public final class SchedulingController implements Controller {

    /** How many pods one plan binds at most; the next plan goes on. */
    static final int BURST = 1_000;

    /** Name of the scheduler that pods name in {@code schedulerName}; those of other names are left to others. */
    static final String NAME = Pod.DEFAULT_SCHEDULER;

    /** Stands for all pending pods together. */
    static final Ref QUEUE = new Ref(Kinds.POD, "kube-system", "scheduling-queue");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String fieldManager() {
        return "keelson-scheduler";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        // Mostly nobody waits, and to compare pods is work.
        return !cluster.pending(NAME).isEmpty() && touches(change) ? Stream.of(QUEUE) : Stream.of();
    }

    private static boolean touches(Change change) {
        if (change.ref().kind().equals(Kinds.POD)) {
            // An unbound pod wants a place; a bound one that ends, goes or changes its labels may make one.
            return change.after().isEmpty()
                    || Pod.of(change.after().get()).finished()
                    || change.before()
                            .filter(before -> sameTerms(before, change.after().get()))
                            .isEmpty();
        }
        if (change.ref().kind().equals(Kinds.NODE) && change.after().isPresent()) {
            NodeState.Facts after = NodeState.Facts.of(change.after().get());
            return change.before()
                    .filter(before -> NodeState.Facts.of(before).equals(after))
                    .isEmpty();
        }
        return change.ref().kind().equals(Kinds.NODE);
    }

    /** Whether nothing of a pod has changed that a plan looks at: there may be many that wait, and statuses change often. */
    private static boolean sameTerms(ClusterObject before, ClusterObject after) {
        return before.labels().equals(after.labels())
                && (!Pod.of(after).nodeName().isEmpty()
                        || (Pod.of(before).active() == Pod.of(after).active()
                                && before.at("spec").equals(after.at("spec"))));
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        List<ClusterObject> pending = cluster.pending(NAME).stream()
                .filter(SchedulingController::isReady)
                .toList();
        List<Action> actions = new ArrayList<>();
        int bound = 0;
        for (Decision decision : Scheduler.plan(cluster, pending)) {
            switch (decision) {
                case Decision.Place place -> {
                    if (bound++ < BURST) {
                        actions.add(bind(place));
                    }
                }
                case Decision.Wait wait -> waiting(wait, now).ifPresent(actions::add);
            }
        }
        return actions;
    }

    private static boolean isReady(ClusterObject pod) {
        return Pod.of(pod).active()
                && Json.items(pod.json(), "spec", "schedulingGates").isEmpty();
    }

    private static Action bind(Decision.Place place) {
        ClusterObject pod = place.pod();
        return new Action.Announced(
                new Action.Bind(pod.ref(), pod.revision(), place.node()),
                Action.RecordEvent.normal(
                        pod,
                        "Scheduled",
                        "Successfully assigned " + pod.namespace() + "/" + pod.name() + " to " + place.node()));
    }

    /** Says why in the pod's condition, and in an event when that is news. */
    private static Optional<Action> waiting(Decision.Wait wait, Instant now) {
        ClusterObject pod = wait.pod();
        String message = wait.message();
        Optional<JsonNode> before = Pod.condition(pod, "PodScheduled");
        if (before.filter(condition -> condition.path("message").asString("").equals(message))
                .isPresent()) {
            return Optional.empty();
        }
        ObjectNode changed = pod.json().deepCopy();
        ArrayNode conditions = Json.array();
        Json.items(pod.json(), "status", "conditions").stream()
                .filter(condition -> !condition.path("type").asString("").equals("PodScheduled"))
                .forEach(conditions::add);
        conditions
                .addObject()
                .put("type", "PodScheduled")
                .put("status", "False")
                .put(
                        "lastTransitionTime",
                        before.flatMap(condition -> Json.string(condition, "lastTransitionTime"))
                                .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString()))
                .put("reason", "Unschedulable")
                .put("message", message);
        Json.child(changed, "status").set("conditions", conditions);
        return Optional.of(new Action.Announced(
                new Action.Update(pod.ref(), "status", pod.revision(), changed),
                Action.RecordEvent.warning(pod, "FailedScheduling", message)));
    }
}

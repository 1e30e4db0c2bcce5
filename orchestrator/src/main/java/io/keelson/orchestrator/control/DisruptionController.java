package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.orchestrator.select.SelectorException;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Counts for disruption budgets how many of their pods may go now. Evictions note the pods that they have let go in the budget's status;
 * such a pod counts as gone until it is, or until {@link Disrupted#PATIENCE} has passed.
 */
public final class DisruptionController implements Controller {

    private static final String ALLOWED = "DisruptionAllowed";

    @Override
    public String name() {
        return "disruption-controller";
    }

    /** Also of workloads, for a percentage is one of their size. */
    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        if (change.ref().kind().equals(Kinds.POD_DISRUPTION_BUDGET)) {
            return Stream.of(change.ref());
        }
        Stream<ClusterObject> budgets =
                cluster.in(Kinds.POD_DISRUPTION_BUDGET, change.ref().namespace()).stream();
        if (change.ref().kind().equals(Kinds.POD)) {
            return budgets.filter(budget -> Stream.of(change.before(), change.after())
                            .flatMap(Optional::stream)
                            .anyMatch(pod -> selects(budget, pod)))
                    .map(ClusterObject::ref);
        }
        return change.ref().kind().subresources().contains("scale") ? budgets.map(ClusterObject::ref) : Stream.of();
    }

    /** Of version 1: an empty selector selects all pods, none selects none. */
    private static boolean selects(ClusterObject budget, ClusterObject pod) {
        return selector(budget)
                .filter(selector -> selector.matches(pod.labels()))
                .isPresent();
    }

    private static Optional<LabelSelector> selector(ClusterObject budget) {
        try {
            return Json.at(budget.json(), "spec", "selector").map(LabelSelector::of);
        } catch (SelectorException notUnderstood) {
            return Optional.empty();
        }
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        return cluster.get(ref).map(budget -> reconcile(cluster, budget, now)).orElse(List.of());
    }

    private static List<Action> reconcile(Cluster cluster, ClusterObject budget, Instant now) {
        List<Pod> pods = cluster.in(Kinds.POD, budget.namespace()).stream()
                .filter(pod -> selects(budget, pod))
                .map(Pod::of)
                .toList();
        return switch (Quorum.of(cluster, budget, pods)) {
            case Quorum.Unknown(String why) -> uncounted(budget, why, now);
            case Quorum.Needed needed -> counted(budget, pods, needed, now);
        };
    }

    /** Who cannot count lets nobody go. */
    private static List<Action> uncounted(ClusterObject budget, String why, Instant now) {
        ObjectNode status = Json.child(budget.json().deepCopy(), "status");
        status.put("disruptionsAllowed", 0).put("observedGeneration", budget.generation());
        condition(budget, status, now, false, "SyncFailed", why);
        return Statuses.update(budget, status)
                .<Action>map(write -> new Action.Announced(
                        write,
                        Action.RecordEvent.warning(
                                budget,
                                "CalculateExpectedPodCountFailed",
                                "Failed to calculate the number of expected pods: " + why)))
                .stream()
                .toList();
    }

    private static List<Action> counted(ClusterObject budget, List<Pod> pods, Quorum.Needed needed, Instant now) {
        Disrupted disrupted = Disrupted.of(budget, pods, now);
        int healthy = (int) pods.stream()
                .filter(pod -> pod.ready() && !pod.object().terminating() && !disrupted.has(pod))
                .count();
        int allowed = needed.expected() <= 0 ? 0 : Math.max(0, healthy - needed.healthy());
        ObjectNode status = Json.object()
                .put("currentHealthy", healthy)
                .put("desiredHealthy", needed.healthy())
                .put("disruptionsAllowed", allowed)
                .put("expectedPods", needed.expected())
                .put("observedGeneration", budget.generation());
        disrupted.putInto(status);
        condition(budget, status, now, allowed > 0, allowed > 0 ? "SufficientPods" : "InsufficientPods", "");
        List<Action> actions = new ArrayList<>();
        Statuses.update(budget, status)
                .map(write -> pods.isEmpty() ? noPods(budget, write) : write)
                .ifPresent(actions::add);
        disrupted.next().ifPresent(at -> actions.add(new Action.LookAgain(budget.ref(), at)));
        return actions;
    }

    private static Action noPods(ClusterObject budget, Action write) {
        return new Action.Announced(write, Action.RecordEvent.normal(budget, "NoPods", "No matching pods found"));
    }

    private static void condition(
            ClusterObject budget, ObjectNode status, Instant now, boolean allowed, String reason, String message) {
        Conditions conditions = new Conditions(budget, now);
        conditions.set(ALLOWED, allowed ? "True" : "False", reason, message);
        conditions.get(ALLOWED).ifPresent(condition -> condition.put("observedGeneration", budget.generation()));
        Statuses.putConditions(status, conditions);
    }
}

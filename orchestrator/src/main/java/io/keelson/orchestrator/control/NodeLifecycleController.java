package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Watches over nodes: one whose lease is not renewed for {@link #GRACE} counts as lost, its conditions become Unknown, its pods not
 * ready; taints follow the conditions, and pods that do not tolerate them are evicted in their time. One that has never said how it is has
 * {@link #STARTUP_GRACE}, and no taint for that meanwhile, as in Kubernetes; the scheduler leaves it alone.
 *
 * <p>Time is counted from when the loop saw the lease change, not from what the lease says, so clocks need not agree; and a new leader
 * gives every node the whole grace.
 */
public final class NodeLifecycleController implements Controller {

    /** How long a node may be silent. */
    public static final Duration GRACE = Duration.ofSeconds(40);

    /** How long a node may take until it says for the first time how it is. */
    public static final Duration STARTUP_GRACE = Duration.ofSeconds(60);

    /** Namespace of the leases of nodes. */
    public static final String LEASES = "kube-node-lease";

    /** How many pods one look evicts or marks at most; the next look goes on. */
    static final int BURST = 500;

    private static final List<String> CONDITIONS = List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

    @Override
    public String name() {
        return "node-lifecycle-controller";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        Ref ref = change.ref();
        if (ref.kind().equals(Kinds.NODE)) {
            return Stream.of(ref);
        }
        if (ref.kind().equals(Kinds.LEASE) && ref.namespace().equals(LEASES)) {
            return Stream.of(new Ref(Kinds.NODE, "", ref.name()));
        }
        if (ref.kind().equals(Kinds.POD)) {
            return change
                    .after()
                    .map(pod -> Pod.of(pod).nodeName())
                    .filter(node -> !node.isEmpty())
                    .map(node -> new Ref(Kinds.NODE, "", node))
                    .stream();
        }
        return Stream.of();
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        return cluster.get(ref).map(node -> reconcile(cluster, node, now)).orElse(List.of());
    }

    private static List<Action> reconcile(Cluster cluster, ClusterObject node, Instant now) {
        List<Action> actions = new ArrayList<>();
        Duration grace = Pod.condition(node, "Ready").isPresent() ? GRACE : STARTUP_GRACE;
        Instant lostAt = heard(cluster, node).plus(grace);
        boolean lost = !lostAt.isAfter(now);
        Optional<Action> status = lost ? unknown(node, now) : Optional.empty();
        status.or(() -> taints(node, now)).ifPresent(actions::add);
        if (!lost) {
            actions.add(new Action.LookAgain(node.ref(), lostAt));
        }
        if (lost && status.isEmpty()) {
            notReady(cluster, node, now).forEach(actions::add);
        }
        evictions(cluster, node, now, actions);
        return earliest(actions);
    }

    private static Instant heard(Cluster cluster, ClusterObject node) {
        Optional<ClusterObject> lease = cluster.get(new Ref(Kinds.LEASE, LEASES, node.name()));
        return lease.map(ClusterObject::seen).orElse(node.seen());
    }

    private static Optional<Action> unknown(ClusterObject node, Instant now) {
        Conditions conditions = new Conditions(node, now);
        boolean wasReady = conditions.is("Ready", "True");
        for (String type : CONDITIONS) {
            if (conditions.get(type).isEmpty()) {
                conditions.set(type, "Unknown", "NodeStatusNeverUpdated", "The agent never posted node status.");
            } else if (!conditions.is(type, "Unknown")) {
                conditions.set(type, "Unknown", "NodeStatusUnknown", "The agent has stopped posting node status.");
            }
        }
        ObjectNode status = Json.child(node.json().deepCopy(), "status");
        status.set("conditions", conditions.toJson());
        Optional<Action> update = Statuses.update(node, status);
        return wasReady
                ? update.map(write -> new Action.Announced(
                        write,
                        Action.RecordEvent.normal(
                                node, "NodeNotReady", "Node " + node.name() + " status is now: NodeNotReady")))
                : update;
    }

    /** Taints that follow from conditions and from {@code spec.unschedulable}; those of others stay as they are. */
    private static Optional<Action> taints(ClusterObject node, Instant now) {
        String ready = Pod.condition(node, "Ready")
                .map(condition -> condition.path("status").asString(""))
                .orElse("");
        // In the order in which they are to stand: key and effect.
        Map<String, Boolean> ours = new LinkedHashMap<>();
        ours.put(Taints.NOT_READY + ":NoSchedule", ready.equals("False"));
        ours.put(Taints.NOT_READY + ":NoExecute", ready.equals("False"));
        ours.put(Taints.UNREACHABLE + ":NoSchedule", ready.equals("Unknown"));
        ours.put(Taints.UNREACHABLE + ":NoExecute", ready.equals("Unknown"));
        ours.put(
                Taints.UNSCHEDULABLE + ":NoSchedule",
                node.at("spec", "unschedulable").asBoolean(false));

        ArrayNode wanted = Json.array();
        boolean changed = false;
        for (JsonNode taint : Json.items(node.json(), "spec", "taints")) {
            String id =
                    taint.path("key").asString("") + ":" + taint.path("effect").asString("");
            boolean stays = ours.getOrDefault(id, true);
            ours.remove(id);
            changed |= !stays;
            if (stays) {
                wanted.add(taint);
            }
        }
        for (Map.Entry<String, Boolean> entry : ours.entrySet()) {
            if (entry.getValue()) {
                int colon = entry.getKey().lastIndexOf(':');
                changed = true;
                wanted.addObject()
                        .put("key", entry.getKey().substring(0, colon))
                        .put("effect", entry.getKey().substring(colon + 1))
                        .put("timeAdded", Conditions.text(now));
            }
        }
        if (!changed) {
            return Optional.empty();
        }
        ObjectNode patch = Json.object();
        patch.putObject("spec").set("taints", wanted);
        return Optional.of(new Action.Patch(node.ref(), node.revision(), patch));
    }

    /** Pods of a lost node do not serve, as far as anybody can know. The agent says so itself again when it is back. */
    private static List<Action> notReady(Cluster cluster, ClusterObject node, Instant now) {
        return cluster.podsOn(node.name()).stream()
                .map(Pod::of)
                .filter(Pod::ready)
                .limit(BURST)
                .flatMap(pod -> {
                    Conditions conditions = new Conditions(pod.object(), now);
                    conditions.set("Ready", "False", "NodeNotReady", "Node is not ready");
                    ObjectNode status = Json.child(pod.object().json().deepCopy(), "status");
                    status.set("conditions", conditions.toJson());
                    return Statuses.update(pod.object(), status).stream();
                })
                .toList();
    }

    private static void evictions(Cluster cluster, ClusterObject node, Instant now, List<Action> actions) {
        List<Taints.Taint> taints = Taints.of(node);
        if (taints.stream().noneMatch(taint -> taint.effect().equals("NoExecute"))) {
            return;
        }
        int evicted = 0;
        for (ClusterObject pod : cluster.podsOn(node.name())) {
            Optional<Instant> leave = Taints.evictionTime(taints, Taints.tolerations(pod), now);
            if (leave.isEmpty() || pod.terminating()) {
                continue;
            }
            if (leave.get().isAfter(now)) {
                actions.add(new Action.LookAgain(node.ref(), leave.get()));
            } else if (evicted++ < BURST) {
                // A pod that is marked not ready in this look is written once; it is evicted in the next.
                if (actions.stream().noneMatch(action -> action.ref().equals(pod.ref()))) {
                    actions.add(new Action.Announced(
                            new Action.Delete(
                                    pod.ref(), pod.uid(), Optional.<Duration>empty(), Action.Propagation.BACKGROUND),
                            Action.RecordEvent.normal(
                                    pod,
                                    "TaintManagerEviction",
                                    "Marking for deletion Pod " + pod.namespace() + "/" + pod.name())));
                }
            }
        }
    }

    /** Only the earliest timer counts. */
    private static List<Action> earliest(List<Action> actions) {
        List<Action> writes = new ArrayList<>();
        Optional<Action.LookAgain> first = Optional.empty();
        for (Action action : actions) {
            if (action instanceof Action.LookAgain timer) {
                first = first.filter(best -> !timer.at().isBefore(best.at())).or(() -> Optional.of(timer));
            } else {
                writes.add(action);
            }
        }
        first.ifPresent(writes::add);
        return writes;
    }
}

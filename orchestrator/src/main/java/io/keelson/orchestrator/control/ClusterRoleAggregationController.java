package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Gives cluster roles that gather others the rules of all that they gather, in the order of these roles' names. */
public final class ClusterRoleAggregationController implements Controller {

    @Override
    public String name() {
        return "clusterrole-aggregation-controller";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        if (!change.ref().kind().equals(Kinds.CLUSTER_ROLE)) {
            return Stream.of();
        }
        return cluster.all(Kinds.CLUSTER_ROLE).stream()
                .filter(ClusterRoleAggregationController::gathers)
                .map(ClusterObject::ref);
    }

    private static boolean gathers(ClusterObject role) {
        return Json.at(role.json(), "aggregationRule").isPresent();
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        Optional<ClusterObject> role = cluster.get(ref).filter(ClusterRoleAggregationController::gathers);
        if (role.isEmpty() || role.get().terminating()) {
            return List.of();
        }
        ArrayNode rules = Json.array();
        for (ClusterObject other : cluster.all(Kinds.CLUSTER_ROLE)) {
            if (!other.name().equals(ref.name()) && isGathered(role.get(), other)) {
                for (JsonNode rule : Json.items(other.json(), "rules")) {
                    if (!contains(rules, rule)) {
                        rules.add(rule.deepCopy());
                    }
                }
            }
        }
        if (new ArrayList<>(Json.items(role.get().json(), "rules")).equals(list(rules))) {
            return List.of();
        }
        ObjectNode patch = Json.object();
        patch.set("rules", rules);
        return List.of(new Action.Patch(ref, role.get().revision(), patch));
    }

    private static boolean isGathered(ClusterObject role, ClusterObject other) {
        return Json.items(role.json(), "aggregationRule", "clusterRoleSelectors").stream()
                .anyMatch(selector -> LabelSelector.of(selector).matches(other.json()));
    }

    private static boolean contains(ArrayNode rules, JsonNode rule) {
        return list(rules).contains(rule);
    }

    private static List<JsonNode> list(ArrayNode nodes) {
        List<JsonNode> list = new ArrayList<>();
        nodes.forEach(list::add);
        return list;
    }
}

package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says of each FlowSchema, by its condition {@code Dangling}, whether the level that it names is missing: then it takes no request. In Kubernetes
 * every API server says so; here the leader does, once.
 */
public final class FlowSchemaController implements Controller {

    private static final String GROUP_VERSION = "flowcontrol.apiserver.k8s.io/v1";
    private static final Kind SCHEMA =
            Kinds.builtIn().byApiVersion(GROUP_VERSION, "FlowSchema").orElseThrow();
    private static final Kind LEVEL = Kinds.builtIn()
            .byApiVersion(GROUP_VERSION, "PriorityLevelConfiguration")
            .orElseThrow();

    @Override
    public String name() {
        return "flow-schema-controller";
    }

    @Override
    public String fieldManager() {
        return "api-priority-and-fairness-config-consumer-v1";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        Kind kind = change.ref().kind();
        if (kind.equals(SCHEMA)) {
            return Stream.of(change.ref());
        }
        // That a level is otherwise than before concerns nobody, only that there is one or none.
        boolean comesOrGoes = change.before().isPresent() != change.after().isPresent();
        if (kind.equals(LEVEL) && comesOrGoes) {
            String level = change.ref().name();
            return cluster.all(SCHEMA).stream()
                    .filter(schema -> level(schema).equals(level))
                    .map(ClusterObject::ref);
        }
        return Stream.of();
    }

    private static String level(ClusterObject schema) {
        return Json.string(schema.json(), "spec", "priorityLevelConfiguration", "name")
                .orElse("");
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        return cluster.get(ref).flatMap(schema -> said(cluster, schema, now)).stream()
                .toList();
    }

    private static Optional<Action> said(Cluster cluster, ClusterObject schema, Instant now) {
        String level = level(schema);
        boolean found = cluster.get(new Ref(LEVEL, "", level)).isPresent();
        Conditions conditions = new Conditions(schema, now);
        conditions.set(
                "Dangling",
                found ? "False" : "True",
                found ? "Found" : "NotFound",
                "This FlowSchema references the PriorityLevelConfiguration object named \"" + level + "\" "
                        + (found ? "and it exists" : "but there is no such object"));
        ObjectNode status = Json.child(schema.json().deepCopy(), "status");
        Statuses.putConditions(status, conditions);
        return Statuses.update(schema, status);
    }
}

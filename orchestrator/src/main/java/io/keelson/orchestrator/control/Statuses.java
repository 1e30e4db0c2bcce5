package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.view.ClusterObject;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writing what is observed, and only if it is news. */
final class Statuses {

    private Statuses() {}

    /** Writes a new status in place of the old one; empty if they are equal. */
    static Optional<Action> update(ClusterObject object, ObjectNode status) {
        // Compared as they are stored, where the order of fields is always the same.
        boolean same = Arrays.equals(
                Json.write(status), Json.write(Json.child(object.json().deepCopy(), "status")));
        if (same) {
            return Optional.empty();
        }
        ObjectNode changed = object.json().deepCopy();
        changed.set("status", status);
        return Optional.of(new Action.Update(object.ref(), "status", object.revision(), changed));
    }

    static void putConditions(ObjectNode status, Conditions conditions) {
        ArrayNode list = conditions.toJson();
        if (!list.isEmpty()) {
            status.set("conditions", list);
        }
    }
}

package io.keelson.orchestrator.past;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The way back to a state: everything that somebody wishes, which is all but status and what the system keeps in metadata. Of metadata
 * labels and annotations go back.
 */
public final class Restoring {

    /** Annotations by which a controller counts on; they stay as they are. */
    private static final String CONTROLLERS_OWN = "deployment.kubernetes.io/";

    /** What a new incarnation takes over from the metadata of the old. */
    private static final List<String> TAKEN_OVER =
            List.of("name", "namespace", "labels", "annotations", "ownerReferences");

    /** What a Job gets for itself: these name the uid of the old incarnation. */
    private static final Set<String> OF_ONE_JOB =
            Set.of("controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name");

    private Restoring() {}

    /** The update that makes a live object as it was; guarded by the live object's resourceVersion. */
    public static ObjectNode over(ObjectNode live, ObjectNode past) {
        ObjectNode object = past.deepCopy();
        object.remove("status");
        if (live.has("status")) {
            object.set("status", live.get("status").deepCopy());
        }
        ObjectNode metadata = Json.child(live.deepCopy(), "metadata");
        ObjectNode annotations = Json.object();
        Json.strings(past, "metadata", "annotations").forEach((name, value) -> {
            if (!name.startsWith(CONTROLLERS_OWN)) {
                annotations.put(name, value);
            }
        });
        Json.strings(live, "metadata", "annotations").forEach((name, value) -> {
            if (name.startsWith(CONTROLLERS_OWN)) {
                annotations.put(name, value);
            }
        });
        put(metadata, "annotations", annotations);
        put(metadata, "labels", past.path("metadata").path("labels"));
        object.set("metadata", metadata);
        return object;
    }

    private static void put(ObjectNode metadata, String field, JsonNode value) {
        if (value.isEmpty()) {
            metadata.remove(field);
        } else {
            metadata.set(field, value.deepCopy());
        }
    }

    /** The object to create so that one that is gone is there again: another incarnation, with a uid of its own. */
    public static ObjectNode anew(Kind kind, ObjectNode past) {
        ObjectNode object = past.deepCopy();
        object.remove("status");
        ObjectNode metadata = Json.object();
        for (String field : TAKEN_OVER) {
            JsonNode value = past.path("metadata").path(field);
            if (!value.isMissingNode()) {
                metadata.set(field, value.deepCopy());
            }
        }
        object.set("metadata", metadata);
        if (kind.equals(Kinds.POD)) {
            // Where it ran is not part of the wish; the scheduler decides again.
            Json.child(object, "spec").remove("nodeName");
        }
        if (kind.kind().equals("Job")
                && !object.path("spec").path("manualSelector").asBoolean(false)) {
            ObjectNode spec = Json.child(object, "spec");
            spec.remove("selector");
            remove(object, "metadata", "labels");
            remove(spec, "template", "metadata", "labels");
        }
        return object;
    }

    private static void remove(ObjectNode from, String... path) {
        Json.at(from, path).ifPresent(labels -> {
            if (labels instanceof ObjectNode object) {
                object.remove(OF_ONE_JOB);
            }
        });
    }

    /** Whether two states wish the same, whatever has come of it. */
    public static boolean sameWish(ObjectNode one, ObjectNode other) {
        return wish(one).equals(wish(other))
                || wish(one).toString().equals(wish(other).toString());
    }

    private static ObjectNode wish(ObjectNode object) {
        ObjectNode wish = Differences.withoutBookkeeping(object);
        wish.remove("status");
        ObjectNode metadata = Json.object();
        metadata.set("labels", Json.object());
        metadata.set("annotations", Json.object());
        Json.strings(wish, "metadata", "labels").forEach(Json.child(metadata, "labels")::put);
        Json.strings(wish, "metadata", "annotations").forEach((name, value) -> {
            if (!name.startsWith(CONTROLLERS_OWN)) {
                Json.child(metadata, "annotations").put(name, value);
            }
        });
        wish.set("metadata", metadata);
        return wish;
    }

    /**
     * Where an undo goes that names no revision: the state before the last change of what is wished; of an object that is gone, its last.
     *
     * @param states from the oldest known to the present; an empty one: it was gone
     * @return the place in the list; empty if there is no such state
     */
    public static Optional<Integer> previous(List<Optional<ObjectNode>> states) {
        if (states.isEmpty()) {
            return Optional.empty();
        }
        Optional<ObjectNode> present = states.getLast();
        for (int i = states.size() - 2; i >= 0; i--) {
            Optional<ObjectNode> state = states.get(i);
            if (state.isPresent()
                    && (present.isEmpty() || !sameWish(state.get(), present.get()))
                    && !ending(state.get())) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private static boolean ending(ObjectNode object) {
        return Json.string(object, "metadata", "deletionTimestamp").isPresent();
    }
}

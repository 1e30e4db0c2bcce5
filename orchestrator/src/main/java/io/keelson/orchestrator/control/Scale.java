package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.view.ClusterObject;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Changing the size of one replica set of a deployment, with a note of what size the whole was to have at the time. */
final class Scale {

    private Scale() {}

    static Action to(Rollout rollout, Replicas replicas, int size) {
        ClusterObject replicaSet = replicas.object();
        ObjectNode patch = Json.object();
        patch.putObject("metadata")
                .putObject("annotations")
                .put(Rollout.DESIRED, Integer.toString(rollout.replicas()))
                .put(Rollout.MAX, Integer.toString(rollout.replicas() + rollout.maxSurge()));
        patch.putObject("spec").put("replicas", size);
        Action.Patch write = new Action.Patch(replicaSet.ref(), replicaSet.revision(), patch);
        if (size == replicas.desired()) {
            return write;
        }
        String direction = size > replicas.desired() ? "up" : "down";
        return new Action.Announced(
                write,
                Action.RecordEvent.normal(
                        rollout.deployment(),
                        "ScalingReplicaSet",
                        "Scaled " + direction + " replica set " + replicas.name() + " from " + replicas.desired()
                                + " to " + size));
    }

    /** As {@link #to}; empty if the size and the note on it are right already. */
    static Optional<Action> ifNeeded(Rollout rollout, Replicas replicas, int size) {
        boolean noted =
                Rollout.annotatedNumber(replicas.object(), Rollout.DESIRED).orElse(-1) == rollout.replicas()
                        && Rollout.annotatedNumber(replicas.object(), Rollout.MAX)
                                        .orElse(-1)
                                == rollout.replicas() + rollout.maxSurge();
        return size == replicas.desired() && noted ? Optional.empty() : Optional.of(to(rollout, replicas, size));
    }
}

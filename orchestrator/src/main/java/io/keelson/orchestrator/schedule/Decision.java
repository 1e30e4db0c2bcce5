package io.keelson.orchestrator.schedule;

import io.keelson.orchestrator.view.ClusterObject;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the scheduler says of one pod. */
public sealed interface Decision {

    /** The pod, in the form that the decision is based on. */
    ClusterObject pod();

    /** The pod goes to a node. */
    record Place(ClusterObject pod, String node) implements Decision {}

    /**
     * The pod can go nowhere now.
     *
     * @param pod the pod
     * @param nodes how many nodes there are
     * @param reasons why not, with the number of nodes for each; a node may have several
     */
    record Wait(ClusterObject pod, int nodes, Map<Reason, Integer> reasons) implements Decision {

        /** Keeps its own copy of the reasons. */
        public Wait {
            reasons = Map.copyOf(reasons);
        }

        /** All of it in Kubernetes' words. */
        public String message() {
            if (nodes == 0) {
                return "no nodes available to schedule pods";
            }
            List<String> texts = reasons.entrySet().stream()
                    .map(entry -> entry.getValue() + " " + entry.getKey().text())
                    .sorted(Comparator.naturalOrder())
                    .toList();
            return "0/" + nodes + " nodes are available: " + texts.stream().collect(Collectors.joining(", ")) + ".";
        }
    }
}

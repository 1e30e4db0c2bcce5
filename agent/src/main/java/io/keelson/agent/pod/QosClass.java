package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/** How dear a pod is when memory runs short; Kubernetes' rules. */
public enum QosClass {
    GUARANTEED("Guaranteed"),
    BURSTABLE("Burstable"),
    BEST_EFFORT("BestEffort");

    private final String word;

    QosClass(String word) {
        this.word = word;
    }

    /** As it stands in the status. */
    public String word() {
        return word;
    }

    /** Guaranteed: every container has limits for cpu and memory, and requests equal to them. BestEffort: none has any of the four. */
    public static QosClass of(DesiredPod pod) {
        boolean any = false;
        boolean all = true;
        for (var container : pod.allContainers()) {
            for (var what : new String[] {"cpu", "memory"}) {
                var limit = CgroupValues.limits(container).get(what);
                var request = CgroupValues.requests(container).getOrDefault(what, limit);
                any |= isSet(limit) || isSet(request);
                all &= limit != null
                        && request != null
                        && isSet(limit)
                        && limit.getNumericalAmount().compareTo(request.getNumericalAmount()) == 0;
            }
        }
        return !any ? BEST_EFFORT : all ? GUARANTEED : BURSTABLE;
    }

    private static boolean isSet(@Nullable Quantity quantity) {
        return quantity != null && quantity.getNumericalAmount().signum() > 0;
    }
}

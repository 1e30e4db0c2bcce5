package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ObservedContainer;
import java.util.Map;

/**
 * What the probes of one pod's containers say.
 *
 * @param byContainer verdicts by the container they belong to; a container without an entry has not been probed yet
 */
public record Probes(Map<ContainerId, Verdicts> byContainer) {
    public static final Probes NONE = new Probes(Map.of());

    public Probes {
        byContainer = Map.copyOf(byContainer);
    }

    /** What one kind of probe says, thresholds applied. */
    public enum Verdict {
        UNKNOWN,
        SUCCESS,
        FAILURE
    }

    /**
     * The three verdicts on a container.
     *
     * @param message what the last failed probe said
     */
    public record Verdicts(Verdict startup, Verdict readiness, Verdict liveness, String message) {
        public static final Verdicts UNKNOWN = new Verdicts(Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN, "");
    }

    Verdicts of(ObservedContainer container) {
        return byContainer.getOrDefault(container.id(), Verdicts.UNKNOWN);
    }

    /** Running, and past its startup probe if it has one. */
    boolean started(Container spec, ObservedContainer container) {
        return container.state() == ObservedContainer.State.RUNNING
                && (spec.getStartupProbe() == null || of(container).startup() == Verdict.SUCCESS);
    }

    /** Started, and its readiness probe, if it has one, says yes. */
    boolean ready(Container spec, ObservedContainer container) {
        return started(spec, container)
                && (spec.getReadinessProbe() == null || of(container).readiness() == Verdict.SUCCESS);
    }

    /** Whether it must be restarted. */
    boolean dead(ObservedContainer container) {
        var verdicts = of(container);
        return verdicts.startup() == Verdict.FAILURE || verdicts.liveness() == Verdict.FAILURE;
    }
}

package io.keelson.orchestrator.http;

import io.keelson.orchestrator.flow.Load;
import io.keelson.orchestrator.flow.Turnstile;
import io.keelson.store.metrics.Metrics;
import io.keelson.store.metrics.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** What the turnstile knows, under Kubernetes' names. */
public final class FlowMetrics {

    private static final List<String> LABELS = List.of("flow_schema", "priority_level");

    private FlowMetrics() {}

    /** Shows it on the page. */
    public static void show(Metrics metrics, Turnstile turnstile) {
        metrics.gauges(
                "apiserver_flowcontrol_current_inqueue_requests",
                "Number of requests currently pending in queues of the API Priority and Fairness subsystem",
                LABELS,
                () -> readings(turnstile, Load::waiting));
        metrics.gauges(
                "apiserver_flowcontrol_current_executing_requests",
                "Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority"
                        + " and Fairness subsystem",
                LABELS,
                () -> readings(turnstile, Load::executing));
        metrics.countsFrom(
                "apiserver_flowcontrol_dispatched_requests_total",
                "Number of requests executed by API Priority and Fairness subsystem",
                LABELS,
                () -> readings(turnstile, Load::dispatched));
        metrics.countsFrom(
                "apiserver_flowcontrol_rejected_requests_total",
                "Number of requests rejected by API Priority and Fairness subsystem",
                List.of("flow_schema", "priority_level", "reason"),
                () -> refusals(turnstile));
    }

    private static List<Reading> readings(Turnstile turnstile, ToLongFunction<Load> value) {
        return turnstile.loads().stream()
                .map(load -> new Reading(List.of(load.of().schema(), load.of().level()), value.applyAsLong(load)))
                .toList();
    }

    private static List<Reading> refusals(Turnstile turnstile) {
        List<Reading> readings = new ArrayList<>();
        for (Load load : turnstile.loads()) {
            for (Load.Refusal why : Load.Refusal.values()) {
                long refused = load.refused(why);
                if (refused > 0) {
                    readings.add(
                            new Reading(List.of(load.of().schema(), load.of().level(), why.word()), refused));
                }
            }
        }
        return readings;
    }
}

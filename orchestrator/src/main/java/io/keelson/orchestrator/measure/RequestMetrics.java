package io.keelson.orchestrator.measure;

import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.MetricsKinds;
import io.keelson.store.metrics.Buckets;
import io.keelson.store.metrics.Count;
import io.keelson.store.metrics.Labelled;
import io.keelson.store.metrics.Metrics;
import io.keelson.store.metrics.Reading;
import io.keelson.store.metrics.Timing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * What is measured of requests by either door, under the names and labels of Kubernetes' API server. What a request is counted as is looked
 * up by its verb and path, and made only once: labels come from the table of kinds, never from what a client says, so that nobody can make their number
 * grow. Thread safe.
 */
public final class RequestMetrics {

    /** Kubernetes' own, for alerts that compare with one of them. */
    private static final Buckets BUCKETS = new Buckets(List.of(
            .005, .025, .05, .1, .2, .4, .6, .8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0,
            45.0, 60.0));

    private static final String COMPONENT = "apiserver";

    /** What requests are counted as. The labels of a metric are some of these. */
    private record Series(
            String verb,
            String dryRun,
            String group,
            String version,
            String resource,
            String subresource,
            String scope) {

        String[] labels() {
            return new String[] {verb, dryRun, group, version, resource, subresource, scope, COMPONENT};
        }

        static Series of(Request request) {
            String dryRun = request.dryRun() ? "All" : "";
            return request.objects()
                    .map(access -> new Series(
                            request.verb(),
                            dryRun,
                            access.group(),
                            request.version(),
                            access.plural(),
                            access.subresource(),
                            scope(access)))
                    .orElseGet(() -> new Series(request.verb(), dryRun, "", "", "", request.path(), ""));
        }

        private static String scope(Access.ToObjects access) {
            if (!access.name().isEmpty() || access.verb().equals("create")) {
                return "resource";
            }
            return access.namespace().isEmpty() ? "cluster" : "namespace";
        }
    }

    /** What is counted of one series. */
    private record Counted(Series series, Timing took, Map<Integer, Count> byCode, LongAdder longRunning) {}

    private final Supplier<Kinds> kinds;
    private final Metrics metrics;
    private final Labelled<Count> requests;
    private final Labelled<Timing> durations;
    private final Map<Series, Counted> series = new ConcurrentHashMap<>();
    private final LongAdder reading = new LongAdder();
    private final LongAdder mutating = new LongAdder();

    /**
     * Nothing yet.
     *
     * @param kinds what there is now
     * @param metrics what the page shows
     */
    public RequestMetrics(Supplier<Kinds> kinds, Metrics metrics) {
        this.kinds = kinds;
        this.metrics = metrics;
        requests = metrics.counts(
                "apiserver_request_total",
                "Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope,"
                        + " component, and HTTP response code.",
                "verb",
                "dry_run",
                "group",
                "version",
                "resource",
                "subresource",
                "scope",
                "component",
                "code");
        durations = metrics.timings(
                "apiserver_request_duration_seconds",
                "Response latency distribution in seconds for each verb, dry run value, group, version, resource,"
                        + " subresource, scope and component.",
                BUCKETS,
                "verb",
                "dry_run",
                "group",
                "version",
                "resource",
                "subresource",
                "scope",
                "component");
        metrics.gauges(
                "apiserver_current_inflight_requests",
                "Number of requests that are carried out now, without long-running ones, by their kind.",
                List.of("request_kind"),
                () -> List.of(
                        new Reading(List.of("readOnly"), reading.sum()),
                        new Reading(List.of("mutating"), mutating.sum())));
        metrics.gauges(
                "apiserver_longrunning_requests",
                "Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope"
                        + " and component.",
                List.of("verb", "group", "version", "resource", "subresource", "scope", "component"),
                this::longRunning);
    }

    private List<Reading> longRunning() {
        return series.values().stream()
                .filter(each -> each.series().dryRun().isEmpty())
                .filter(each -> goesOn(each.series()))
                .map(each -> new Reading(
                        List.of(
                                each.series().verb(),
                                each.series().group(),
                                each.series().version(),
                                each.series().resource(),
                                each.series().subresource(),
                                each.series().scope(),
                                COMPONENT),
                        each.longRunning().sum()))
                .toList();
    }

    private static boolean goesOn(Series series) {
        return series.verb().equals("WATCH") || series.verb().equals("CONNECT");
    }

    /** The page of all metrics, in the text form of Prometheus. */
    public String page() {
        return metrics.page();
    }

    /**
     * A request begins to be carried out.
     *
     * @param reads whether it changes nothing
     * @param began when its head came, by {@link System#nanoTime}
     */
    public Running begin(boolean reads, long began) {
        Running running = new Running(reads ? reading : mutating, began);
        running.inside.increment();
        return running;
    }

    /** One request on its way. */
    public final class Running {

        private final LongAdder inside;
        private final long began;
        private Optional<Counted> goesOn = Optional.empty();
        private boolean over;

        private Running(LongAdder inside, long began) {
            this.inside = inside;
            this.began = began;
        }

        /** Its answer begins and may take long. */
        public synchronized void goesOn(Request request) {
            if (goesOn.isEmpty() && !over) {
                Counted counted = counted(request);
                counted.longRunning().increment();
                inside.decrement();
                goesOn = Optional.of(counted);
            }
        }

        /** It is over, and was answered with this code of HTTP. Only the first time counts. */
        public synchronized void over(Request request, int code) {
            if (over) {
                return;
            }
            over = true;
            Counted counted = goesOn.orElseGet(() -> counted(request));
            goesOn.ifPresentOrElse(on -> on.longRunning().decrement(), inside::decrement);
            counted.took().record(System.nanoTime() - began);
            Count count = counted.byCode().get(code);
            if (count == null) {
                count = counted.byCode().computeIfAbsent(code, each -> count(counted.series(), each));
            }
            count.increment();
        }
    }

    private Count count(Series of, int code) {
        return requests.of(
                of.verb(),
                of.dryRun(),
                of.group(),
                of.version(),
                of.resource(),
                of.subresource(),
                of.scope(),
                COMPONENT,
                Integer.toString(code));
    }

    private Counted counted(Request request) {
        Series wanted = Series.of(request);
        Counted known = series.get(wanted);
        if (known != null) {
            return known;
        }
        Series there = wanted.resource().isEmpty() || exists(wanted)
                ? wanted
                : Series.of(Request.toPath(request.method(), ""));
        return series.computeIfAbsent(
                there,
                each -> new Counted(each, durations.of(each.labels()), new ConcurrentHashMap<>(), new LongAdder()));
    }

    private boolean exists(Series series) {
        if (series.group().equals(MetricsKinds.GROUP)) {
            return series.version().equals(MetricsKinds.VERSION)
                    && Set.of("nodes", "pods").contains(series.resource())
                    && series.subresource().isEmpty();
        }
        Optional<Kind> kind = kinds.get().byResource(series.group(), series.version(), series.resource());
        return kind.filter(each ->
                        series.subresource().isEmpty() || each.subresources().contains(series.subresource()))
                .isPresent();
    }
}

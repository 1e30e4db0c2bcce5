package io.keelson.orchestrator.http;

import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.RequestInfo;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is measured of requests, under the names and labels of Kubernetes' API server. What a request is counted as is looked up by its
 * verb and path, and made only once: labels come from the table of kinds, never from what a client says, so that nobody can make their number
 * grow. Thread safe.
 */
public final class RequestMetrics {

    /** Kubernetes' own, for alerts that compare with one of them. */
    private static final Buckets BUCKETS = new Buckets(List.of(
            .005, .025, .05, .1, .2, .4, .6, .8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0,
            45.0, 60.0));

    private static final String COMPONENT = "apiserver";

    /** What is asked by paths that are no objects', by their first step. */
    private static final Map<String, String> PATHS = Stream.of(
                    "api", "apis", "healthz", "livez", "metrics", "openapi", "readyz", "version")
            .collect(Collectors.toUnmodifiableMap(step -> step, step -> "/" + step));

    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

    /** Subresources that are no object but a connection. */
    private static final Set<String> CONNECTING = Set.of("attach", "exec", "log", "portforward", "proxy");

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

        static Series ofNoObject(String method, String path) {
            return new Series(method, "", "", "", "", path, "");
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
    String page() {
        return metrics.page();
    }

    /** A request begins. */
    Running begin(Exchange exchange) {
        boolean reads = Set.of("GET", "HEAD", "OPTIONS").contains(exchange.method());
        Running running = new Running(exchange, reads ? reading : mutating, System.nanoTime());
        running.inside.increment();
        return running;
    }

    /** One request on its way, for its thread. */
    final class Running {

        private final Exchange exchange;
        private final LongAdder inside;
        private final long began;
        private Optional<Counted> goesOn = Optional.empty();

        private Running(Exchange exchange, LongAdder inside, long began) {
            this.exchange = exchange;
            this.inside = inside;
            this.began = began;
        }

        /** Its answer begins and may take long. */
        void goesOn() {
            if (goesOn.isEmpty()) {
                Counted counted = counted(exchange);
                counted.longRunning().increment();
                inside.decrement();
                goesOn = Optional.of(counted);
            }
        }

        /** It is over, and was answered with this. */
        void over(int code) {
            Counted counted = goesOn.orElseGet(() -> counted(exchange));
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

    private Counted counted(Exchange exchange) {
        Optional<RequestInfo> info = exchange.infoIfReadable();
        Series wanted = info.filter(each -> each.access() instanceof Access.ToObjects)
                .map(each -> series(exchange, each, (Access.ToObjects) each.access()))
                .orElseGet(() -> ofNoObject(exchange, info.isPresent()));
        Counted known = series.get(wanted);
        if (known != null) {
            return known;
        }
        Series there = wanted.resource().isEmpty() || exists(wanted)
                ? wanted
                : Series.ofNoObject(method(exchange.method()), "");
        return series.computeIfAbsent(
                there,
                each -> new Counted(each, durations.of(each.labels()), new ConcurrentHashMap<>(), new LongAdder()));
    }

    private static Series ofNoObject(Exchange exchange, boolean readable) {
        String step = readable ? exchange.steps().getFirst() : "";
        return Series.ofNoObject(method(exchange.method()), PATHS.getOrDefault(step, ""));
    }

    private static Series series(Exchange exchange, RequestInfo info, Access.ToObjects access) {
        return new Series(
                verb(exchange, access),
                exchange.dryRun() ? "All" : "",
                access.group(),
                info.version(),
                access.plural(),
                access.subresource(),
                scope(access));
    }

    /** As Kubernetes counts them: methods, but for what one method has several meanings of. */
    private static String verb(Exchange exchange, Access.ToObjects access) {
        if (CONNECTING.contains(access.subresource())) {
            return "CONNECT";
        }
        return switch (access.verb()) {
            case "list" -> "LIST";
            case "watch" -> "WATCH";
            case "patch" -> Bodies.isApply(exchange) ? "APPLY" : "PATCH";
            default -> method(exchange.method());
        };
    }

    private static String method(String method) {
        if (method.equals("HEAD")) {
            return "GET";
        }
        return METHODS.contains(method) ? method : "other";
    }

    private static String scope(Access.ToObjects access) {
        if (!access.name().isEmpty() || access.verb().equals("create")) {
            return "resource";
        }
        return access.namespace().isEmpty() ? "cluster" : "namespace";
    }

    private boolean exists(Series series) {
        if (series.group().equals(MetricsDoor.GROUP)) {
            return series.version().equals(MetricsDoor.VERSION)
                    && Set.of("nodes", "pods").contains(series.resource())
                    && series.subresource().isEmpty();
        }
        Optional<Kind> kind = kinds.get().byResource(series.group(), series.version(), series.resource());
        return kind.filter(each ->
                        series.subresource().isEmpty() || each.subresources().contains(series.subresource()))
                .isPresent();
    }
}

package io.keelson.orchestrator.http;

import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.keelson.orchestrator.access.Questions;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.AuditNotes;
import io.keelson.orchestrator.api.Metrics;
import io.keelson.orchestrator.api.PodLogs;
import io.keelson.orchestrator.api.PodStreams;
import io.keelson.orchestrator.api.ProxyTargets;
import io.keelson.orchestrator.auth.RequestInfo;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.OpenApi;
import io.keelson.orchestrator.measure.RequestMetrics;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** The way of a REST request: by its path to discovery, health, OpenAPI or objects. Every failure is answered with a Status. */
public final class Rest implements Handler {

    private static final System.Logger LOG = System.getLogger(Rest.class.getName());

    /** The only form in which there is a document of OpenAPI 2. */
    private static final String OPEN_API_V2 = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private final Resources resources;
    private final Api api;
    private final AtomicReference<Served> served;
    private final Reception reception;
    private final QuestionDoor questions;
    private final StreamDoor streams;
    private final ProxyDoor proxies;
    private final MetricsDoor metrics;
    private final RequestMetrics measures;
    private final ObjectNode version;
    private final Health health;

    /**
     * REST over an API.
     *
     * @param reception lets requests in, or not
     * @param asked answers what is sent to be answered and not to be stored
     * @param measures counts requests, and shows all that this server measures
     * @param version what {@code /version} answers
     * @param notReady why this server cannot serve now; empty if it can. Asks the store
     */
    public Rest(
            Api api,
            Reception reception,
            Questions asked,
            PodLogs logs,
            PodStreams streams,
            ProxyTargets proxied,
            Metrics metrics,
            RequestMetrics measures,
            InstantSource clock,
            ObjectNode version,
            Supplier<Optional<String>> notReady) {
        this.reception = reception;
        this.questions = new QuestionDoor(asked);
        this.resources = new Resources(api, logs, clock);
        this.streams = new StreamDoor(streams);
        this.proxies = new ProxyDoor(proxied);
        this.metrics = new MetricsDoor(metrics, clock);
        this.measures = measures;
        this.api = api;
        this.served = new AtomicReference<>(Served.first(api.kinds()));
        this.version = version;
        this.health = new Health(notReady);
    }

    /** Who lets requests in. */
    Reception reception() {
        return reception;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        Exchange exchange = new Exchange(request, response, reception.gate(), reception.body());
        exchange.measured(measures.begin(CountedAs.reads(exchange), System.nanoTime()));
        try {
            AuditNotes.during(exchange.notes(), () -> serve(exchange));
        } finally {
            exchange.over();
        }
        if (exchange.hasSwitched()) {
            throw new CloseConnectionException("what was spoken instead of HTTP has ended");
        }
        if (exchange.isCutShort()) {
            exchange.cutShort();
            throw new CloseConnectionException("the body did not come in time");
        }
        if (exchange.isLast()) {
            exchange.complete();
            throw new CloseConnectionException("the client wanted this answer and no other");
        }
    }

    private void serve(Exchange exchange) {
        try {
            reception.admit(exchange);
            route(exchange);
        } catch (ApiException e) {
            fail(exchange, e);
        } catch (InterruptedException e) {
            // Helidon interrupts what is under way when the server stops, and ends the thread then.
            fail(exchange, new ApiException(Reason.SERVICE_UNAVAILABLE, "the server stops; ask another, or again"));
        } catch (Exchange.GoneException e) {
            LOG.log(Level.DEBUG, () -> exchange.method() + " " + exchange.path() + ": the client has gone");
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, exchange.method() + " " + exchange.path() + " failed", e);
            exchange.panicked();
            fail(exchange, new ApiException(Reason.INTERNAL_ERROR, "Internal error occurred: " + e));
        }
    }

    private static void fail(Exchange exchange, ApiException e) {
        exchange.refused(e.status());
        if (exchange.begun()) {
            // Too late for a Status: the client must see that the answer breaks off.
            throw new CloseConnectionException(e.rejection().message(), e);
        }
        retryAfter(e).ifPresent(seconds -> exchange.setHeader("Retry-After", Integer.toString(seconds)));
        exchange.reply(e.code(), e.status());
    }

    /** Seconds after which a client should ask again by itself; where the failure is of an object it says so or the client must not. */
    private static Optional<Integer> retryAfter(ApiException e) {
        return switch (e.reason()) {
            case SERVICE_UNAVAILABLE -> Optional.of(1);
            case TOO_MANY_REQUESTS ->
                e.rejection()
                        .details()
                        .map(Rejection.Details::retryAfterSeconds)
                        .or(() -> Optional.of(1))
                        .filter(seconds -> seconds > 0);
            case TIMEOUT ->
                e.rejection()
                        .details()
                        .map(Rejection.Details::retryAfterSeconds)
                        .filter(seconds -> seconds > 0);
            default -> Optional.empty();
        };
    }

    private void route(Exchange exchange) throws InterruptedException, Exchange.GoneException {
        List<String> steps = exchange.steps();
        switch (steps.getFirst()) {
            case "version" -> exchange.replyInLines(200, version);
            case "healthz", "livez", "readyz" -> health.answer(exchange);
            case "metrics" -> measures(exchange);
            case "api" -> {
                if (steps.size() > 2) {
                    objects(exchange, "", steps.get(1), steps.subList(2, steps.size()));
                } else {
                    requireGet(exchange);
                    core(exchange, steps);
                }
            }
            case "apis" -> {
                if (steps.size() > 3 && steps.get(1).equals(MetricsDoor.GROUP)) {
                    metrics.serve(exchange, steps.get(2), steps.subList(3, steps.size()));
                } else if (steps.size() > 3) {
                    objects(exchange, steps.get(1), steps.get(2), steps.subList(3, steps.size()));
                } else {
                    requireGet(exchange);
                    groups(exchange, steps);
                }
            }
            case "openapi" -> {
                requireGet(exchange);
                openApi(exchange, steps);
            }
            case "" -> {
                requireGet(exchange);
                paths(exchange);
            }
            case "openid", ".well-known" -> {
                requireGet(exchange);
                issuer(exchange);
            }
            default -> throw Target.notFound();
        }
    }

    /** What is told about the present table of kinds; made anew when that is another. */
    private Served served() {
        Kinds kinds = api.kinds();
        return served.updateAndGet(before -> before.of(kinds));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void requireGet(Exchange exchange) {
        if (!exchange.method().equals("GET")) {
            throw new ApiException(
                    Reason.METHOD_NOT_ALLOWED, "the server does not allow this method on the requested resource");
        }
    }

    private void measures(Exchange exchange) {
        requireGet(exchange);
        if (exchange.steps().size() > 1) {
            throw Target.notFound();
        }
        exchange.reply(200, io.keelson.store.metrics.Metrics.MEDIA_TYPE, bytes(measures.page()));
    }

    /** What others need to know to prove the tokens of service accounts. */
    private void issuer(Exchange exchange) {
        switch (exchange.path()) {
            case "/.well-known/openid-configuration" ->
                exchange.reply(200, reception.gate().documents().configuration());
            case "/openid/v1/jwks" ->
                exchange.reply(
                        200,
                        "application/jwk-set+json",
                        Json.write(reception.gate().documents().keySet()));
            default -> throw Target.notFound();
        }
    }

    private void objects(Exchange exchange, String group, String version, List<String> steps)
            throws InterruptedException, Exchange.GoneException {
        if (RequestInfo.isWatch(steps)) {
            requireGet(exchange);
            Target target = Target.find(api, group, version, steps.subList(1, steps.size()));
            if (!target.subresource().isEmpty()) {
                throw Target.notFound();
            }
            resources.watch(exchange, target);
            return;
        }
        if (proxies.served(exchange, group, version, steps)) {
            return;
        }
        Target target = Target.find(api, group, version, steps);
        if (!questions.answered(exchange, target) && !streams.served(exchange, target)) {
            resources.handle(exchange, target);
        }
    }

    private void core(Exchange exchange, List<String> steps) {
        Discovery discovery = served().discovery();
        if (steps.size() == 1) {
            discovered(exchange, true);
        } else if (discovery.has("", steps.get(1))) {
            exchange.reply(200, discovery.legacyResources("", steps.get(1)));
        } else {
            throw Target.notFound();
        }
    }

    private void groups(Exchange exchange, List<String> steps) {
        Discovery discovery = served().discovery();
        if (steps.size() == 1) {
            discovered(exchange, false);
        } else if (steps.equals(List.of("apis", MetricsDoor.GROUP))) {
            exchange.reply(200, MetricsDoor.group().put("kind", "APIGroup").put("apiVersion", "v1"));
        } else if (steps.equals(List.of("apis", MetricsDoor.GROUP, MetricsDoor.VERSION))) {
            exchange.reply(200, MetricsDoor.resources());
        } else if (steps.size() == 2
                && discovery.has(steps.get(1))
                && !steps.get(1).isEmpty()) {
            exchange.reply(200, discovery.legacyGroup(steps.get(1)));
        } else if (steps.size() == 3 && discovery.has(steps.get(1), steps.get(2))) {
            exchange.reply(200, discovery.legacyResources(steps.get(1), steps.get(2)));
        } else {
            throw Target.notFound();
        }
    }

    private void discovered(Exchange exchange, boolean core) {
        Discovery discovery = served().discovery();
        Representation form = Representation.accepted(exchange.header("Accept"), Set.of());
        if (form == Representation.DISCOVERY) {
            exchange.replyJson(200, form.contentType(), discovery.aggregated(core));
        } else {
            exchange.reply(200, core ? discovery.legacyCore() : discovery.legacyGroups());
        }
    }

    private void openApi(Exchange exchange, List<String> steps) {
        OpenApi openApi = served().openApi();
        if (steps.equals(List.of("openapi", "v2"))) {
            exchange.reply(200, OPEN_API_V2, openApi.v2());
            return;
        }
        if (steps.size() < 2 || !steps.get(1).equals("v3")) {
            throw Target.notFound();
        }
        if (steps.size() == 2) {
            exchange.reply(200, "application/json", openApi.index());
            return;
        }
        String groupVersion = String.join("/", steps.subList(2, steps.size()));
        byte[] document = openApi.document(groupVersion).orElseThrow(Target::notFound);
        openApi.hash(groupVersion).ifPresent(hash -> {
            exchange.setHeader("ETag", "\"" + hash + "\"");
            if (exchange.query().text("hash").equals(hash)) {
                exchange.setHeader("Cache-Control", "public, immutable");
            }
        });
        exchange.reply(200, "application/json", document);
    }

    private void paths(Exchange exchange) {
        ObjectNode answer = Json.object();
        var paths = answer.putArray("paths");
        List.of(
                        "/.well-known/openid-configuration",
                        "/api",
                        "/api/v1",
                        "/apis",
                        "/healthz",
                        "/healthz/ping",
                        "/livez",
                        "/livez/ping",
                        "/metrics",
                        "/openapi/v2",
                        "/openapi/v3",
                        "/openid/v1/jwks",
                        "/readyz",
                        "/readyz/etcd",
                        "/readyz/ping",
                        "/version")
                .forEach(paths::add);
        exchange.replyInLines(200, answer);
    }
}

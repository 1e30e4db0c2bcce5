package io.keelson.orchestrator.http;

import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.RequestInfo;
import io.keelson.orchestrator.measure.Request;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a request of REST is counted as, the way Kubernetes counts them. */
final class CountedAs {

    /** What is asked by paths that are no objects', by their first step. */
    private static final Map<String, String> PATHS = Stream.of(
                    "api", "apis", "healthz", "livez", "metrics", "openapi", "readyz", "version")
            .collect(Collectors.toUnmodifiableMap(step -> step, step -> "/" + step));

    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private CountedAs() {}

    /** Whether its method changes nothing. */
    static boolean reads(Exchange exchange) {
        return READING.contains(exchange.method());
    }

    static Request of(Exchange exchange) {
        Optional<RequestInfo> info = exchange.infoIfReadable();
        if (info.isPresent() && info.get().access() instanceof Access.ToObjects access) {
            return Request.toObjects(
                    method(exchange, access), access, info.get().version(), exchange.dryRun());
        }
        String step = info.isPresent() ? exchange.steps().getFirst() : "";
        return Request.toPath(method(exchange.method()), PATHS.getOrDefault(step, ""));
    }

    private static String method(Exchange exchange, Access.ToObjects access) {
        boolean applies = access.verb().equals("patch") && Bodies.isApply(exchange);
        return applies ? "APPLY" : method(exchange.method());
    }

    private static String method(String method) {
        if (method.equals("HEAD")) {
            return "GET";
        }
        return METHODS.contains(method) ? method : "other";
    }
}

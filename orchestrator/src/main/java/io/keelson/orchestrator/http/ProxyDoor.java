package io.keelson.orchestrator.http;

import io.keelson.orchestrator.access.GuardedStream;
import io.keelson.orchestrator.access.Renewal;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.NodeStream;
import io.keelson.orchestrator.api.ProxyTargets;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Reason;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Requests that are passed on: to a port of a pod, to one of the pods behind a service, or to a node. The way is the node's own tunnel, as for
 * forwarded ports.
 */
final class ProxyDoor {

    private static final Map<String, Kind> KINDS =
            Map.of("pods", Kinds.POD, "services", Kinds.SERVICE, "nodes", Kinds.NODE);

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final ProxyTargets targets;

    ProxyDoor(ProxyTargets targets) {
        this.targets = targets;
    }

    /**
     * What a path names.
     *
     * @param prefix the path up to the subresource, as it was sent
     * @param rest what comes after it, as it was sent; empty, or with a slash at its beginning
     */
    record Named(Kind kind, String namespace, String id, String prefix, String rest) {

        /**
         * Reads a path of the core group; empty if it is no such one.
         *
         * @param steps what comes after the version, decoded
         * @param raw the whole path, as it was sent
         */
        static Optional<Named> of(List<String> steps, String raw) {
            boolean inside = steps.size() > 2 && steps.getFirst().equals("namespaces");
            List<String> rest = inside ? steps.subList(2, steps.size()) : steps;
            Kind kind = rest.size() > 2 && rest.get(2).equals("proxy") ? KINDS.get(rest.getFirst()) : null;
            if (kind == null || kind.namespaced() != inside) {
                return Optional.empty();
            }
            // Before the rest are /api/v1, what says the namespace, and three steps more.
            int slashes = 2 + (inside ? 2 : 0) + 3;
            int end = 0;
            for (int i = 0; i < slashes; i++) {
                int next = raw.indexOf('/', end + 1);
                end = next < 0 ? raw.length() : next;
            }
            return Optional.of(new Named(
                    kind, inside ? steps.get(1) : "", rest.get(1), raw.substring(0, end), raw.substring(end)));
        }
    }

    /** Serves the request if it is of this kind; returns when all is over. */
    boolean served(Exchange exchange, String group, String version, List<String> steps)
            throws InterruptedException, Exchange.GoneException {
        Optional<Named> named =
                group.isEmpty() && version.equals("v1") ? Named.of(steps, exchange.rawPath()) : Optional.empty();
        if (named.isEmpty()) {
            return false;
        }
        if (!METHODS.contains(exchange.method())) {
            throw new ApiException(
                    Reason.METHOD_NOT_ALLOWED, "the server does not allow this method on the requested resource");
        }
        serve(exchange, named.get());
        return true;
    }

    private void serve(Exchange exchange, Named named) throws InterruptedException, Exchange.GoneException {
        String decoded = Exchange.decode(named.rest());
        ProxyTargets.Backend backend;
        try {
            backend = targets.find(exchange.user(), named.kind(), named.namespace(), named.id(), decoded);
        } catch (ApiException e) {
            tell(exchange, e);
            return;
        }
        boolean looks = Set.of("GET", "HEAD").contains(exchange.method());
        if (named.rest().isEmpty() && looks && exchange.wire().isEmpty()) {
            // Else links in what is answered would lead one step too high.
            String query = exchange.rawQuery();
            exchange.setHeader("Location", named.prefix() + "/" + (query.isEmpty() ? "" : "?" + query));
            exchange.reply(301, "text/plain", new byte[0]);
            return;
        }
        String path = backend.path().equals(decoded) ? named.rest() : ProxiedUrls.encoded(backend.path());
        // How long it takes is the program's affair, and nobody else is to wait for it.
        exchange.stand();
        Optional<NodeStream> stream = open(exchange, backend);
        if (stream.isPresent()) {
            try (NodeConnection connection =
                    backend.secure() ? NodeConnection.secured(stream.get()) : NodeConnection.plain(stream.get())) {
                new ProxiedCall(exchange, connection, named.prefix(), backend.host(), path).run();
            } catch (IOException | ApiException e) {
                failed(exchange, e);
            }
        }
    }

    private Optional<NodeStream> open(Exchange exchange, ProxyTargets.Backend backend) throws InterruptedException {
        try {
            Renewal right = new Renewal(exchange::authorizedStill, System::nanoTime);
            return Optional.of(new GuardedStream(targets.connect(backend), right));
        } catch (ApiException e) {
            failed(exchange, e);
            return Optional.empty();
        }
    }

    private static void failed(Exchange exchange, Exception e) {
        boolean own = e instanceof ApiException api
                && Set.of(Reason.UNAUTHORIZED, Reason.FORBIDDEN, Reason.TOO_MANY_REQUESTS)
                        .contains(api.reason());
        ApiException why = own
                ? (ApiException) e
                : ProxyTargets.unreachable(Optional.ofNullable(e.getMessage()).orElse("EOF"));
        if (exchange.begun()) {
            throw why;
        }
        tell(exchange, why);
    }

    /** Without {@code Retry-After}, as Kubernetes: clients would ask again by themselves, and nobody has said that it will be better then. */
    private static void tell(Exchange exchange, ApiException why) {
        exchange.reply(why.code(), why.status());
    }
}

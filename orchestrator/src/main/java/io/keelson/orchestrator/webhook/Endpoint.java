package io.keelson.orchestrator.webhook;

import io.keelson.orchestrator.kind.Json;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Where a webhook is.
 *
 * @param address to connect to
 * @param name that its certificate must have, and the host of requests
 * @param path of requests, with a slash at its beginning
 * @param caBundle PEM certificates of who vouches for it; empty for the authorities that Java trusts
 */
public record Endpoint(InetSocketAddress address, String name, String path, Optional<String> caBundle) {

    private static final int HTTPS = 443;

    /**
     * A service in the cluster, as a webhook names it.
     *
     * @param namespace its namespace
     * @param name its name
     * @param port one of its ports
     */
    public record Service(String namespace, String name, int port) {}

    /**
     * Reads a {@code clientConfig}.
     *
     * @param services finds the address at which a service can be reached from here
     * @throws WebhookException if it names no place, or a service that is not there
     */
    static Endpoint of(JsonNode clientConfig, Function<Service, Optional<InetSocketAddress>> services)
            throws WebhookException {
        Optional<String> ca = Json.string(clientConfig, "caBundle").filter(text -> !text.isEmpty());
        try {
            Optional<String> bundle =
                    ca.map(text -> new String(Base64.getMimeDecoder().decode(text), StandardCharsets.US_ASCII));
            Optional<JsonNode> service = Json.at(clientConfig, "service");
            return service.isPresent()
                    ? ofService(service.get(), services, bundle)
                    : ofUrl(Json.string(clientConfig, "url").orElse(""), bundle);
        } catch (IllegalArgumentException e) {
            throw new WebhookException("the clientConfig cannot be understood: " + e.getMessage(), e);
        }
    }

    /** The same, told in its query how long its caller waits, as Kubernetes tells it. */
    Endpoint within(Duration timeout) {
        String separator = path.contains("?") ? "&" : "?";
        return new Endpoint(address, name, path + separator + "timeout=" + timeout.toSeconds() + "s", caBundle);
    }

    /** The URL by which its caller knows it. */
    String url() {
        String port = address.getPort() == HTTPS ? "" : ":" + address.getPort();
        return "https://" + name + port + path;
    }

    private static Endpoint ofService(
            JsonNode node, Function<Service, Optional<InetSocketAddress>> services, Optional<String> bundle)
            throws WebhookException {
        Service service = new Service(
                Json.string(node, "namespace").orElse(""),
                Json.string(node, "name").orElse(""),
                Json.number(node, "port").orElse((long) HTTPS).intValue());
        String name = service.name() + "." + service.namespace() + ".svc";
        InetSocketAddress address = services.apply(service)
                .orElseThrow(() -> new WebhookException(
                        "service \"" + service.name() + "\" in namespace \"" + service.namespace() + "\" not found"));
        String path = Json.string(node, "path").orElse("/");
        return new Endpoint(address, name, path.startsWith("/") ? path : "/" + path, bundle);
    }

    private static Endpoint ofUrl(String url, Optional<String> bundle) throws WebhookException {
        URI uri = URI.create(url);
        if (!"https".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new WebhookException("\"" + url + "\" is no https URL with a host");
        }
        int port = uri.getPort() < 0 ? HTTPS : uri.getPort();
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new Endpoint(new InetSocketAddress(uri.getHost(), port), uri.getHost(), path + query, bundle);
    }
}

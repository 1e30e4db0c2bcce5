package io.keelson.orchestrator.webhook;

import io.keelson.orchestrator.admission.WebhookCaller;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Asks webhooks of admission, at URLs and at services of the cluster. */
public final class AdmissionCaller implements WebhookCaller {

    private final WebhookClient client = new WebhookClient();
    private final Function<Endpoint.Service, Optional<InetSocketAddress>> services;

    /** {@code services} gives the address at which a service can be reached from here. */
    public AdmissionCaller(Function<Endpoint.Service, Optional<InetSocketAddress>> services) {
        this.services = services;
    }

    @Override
    public Answer call(JsonNode clientConfig, byte[] question, Duration timeout) {
        try {
            Endpoint at = Endpoint.of(clientConfig, services);
            String path = at.path() + (at.path().contains("?") ? "&" : "?") + "timeout=" + timeout.toSeconds() + "s";
            Endpoint timed = new Endpoint(at.address(), at.name(), path, at.caBundle());
            try {
                return new Answer.Body(new String(client.post(timed, question, timeout), StandardCharsets.UTF_8));
            } catch (WebhookException e) {
                String port =
                        at.address().getPort() == 443 ? "" : ":" + at.address().getPort();
                return new Answer.None(
                        "failed to call webhook: Post \"https://" + at.name() + port + path + "\": " + e.getMessage());
            }
        } catch (WebhookException e) {
            return new Answer.None("failed to call webhook: " + e.getMessage());
        }
    }
}

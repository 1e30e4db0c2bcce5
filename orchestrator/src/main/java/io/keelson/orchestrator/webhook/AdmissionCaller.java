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
            Endpoint at = Endpoint.of(clientConfig, services).within(timeout);
            return new Answer.Body(new String(client.post(at, question, timeout), StandardCharsets.UTF_8));
        } catch (WebhookException e) {
            return new Answer.None("failed to call webhook: " + e.getMessage());
        }
    }
}

package io.keelson.orchestrator.webhook;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.custom.DefinedKinds;
import io.keelson.orchestrator.custom.Definition;
import io.keelson.orchestrator.kind.Conversion;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.registry.Reason;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** Objects go from one version to another by asking a webhook with a {@code ConversionReview}. */
public final class ConversionWebhooks implements DefinedKinds.Webhooks {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** So many objects are converted at once, at most. */
    private static final int MAX_OBJECTS = 500;

    /** So many bytes of objects are sent at once, unless one alone is larger: what comes back may be larger, and has its bound too. */
    private static final long MAX_REVIEW = 4L * 1024 * 1024;

    private final WebhookClient client = new WebhookClient();
    private final Function<Endpoint.Service, Optional<InetSocketAddress>> services;

    /** Webhooks at URLs, and at services of the cluster, of which {@code services} gives the address. */
    public ConversionWebhooks(Function<Endpoint.Service, Optional<InetSocketAddress>> services) {
        this.services = services;
    }

    @Override
    public Conversion conversion(Definition definition, Definition.Conversion.Webhook webhook) {
        return new Conversion() {
            @Override
            public ObjectNode fromStored(Kind kind, ObjectNode object) {
                return convert(webhook, kind.apiVersion(), List.of(object)).getFirst();
            }

            @Override
            public List<ObjectNode> allFromStored(Kind kind, List<ObjectNode> objects) {
                return convertAll(webhook, kind, objects);
            }

            @Override
            public ObjectNode toStored(Kind kind, ObjectNode object) {
                return convert(webhook, kind.stored().apiVersion(), List.of(object))
                        .getFirst();
            }
        };
    }

    /** In reviews that are not too large. */
    private List<ObjectNode> convertAll(Definition.Conversion.Webhook webhook, Kind kind, List<ObjectNode> objects) {
        List<ObjectNode> converted = new ArrayList<>(objects.size());
        List<ObjectNode> some = new ArrayList<>();
        long size = 0;
        for (ObjectNode object : objects) {
            int more = Json.write(object).length;
            if (!some.isEmpty() && (some.size() == MAX_OBJECTS || size + more > MAX_REVIEW)) {
                converted.addAll(convert(webhook, kind.apiVersion(), some));
                some.clear();
                size = 0;
            }
            some.add(object);
            size += more;
        }
        if (!some.isEmpty()) {
            converted.addAll(convert(webhook, kind.apiVersion(), some));
        }
        return converted;
    }

    private List<ObjectNode> convert(Definition.Conversion.Webhook webhook, String wanted, List<ObjectNode> objects) {
        ConversionReview review =
                ConversionReview.of(webhook.json(), UUID.randomUUID().toString(), wanted, objects);
        try {
            return review.converted(asked(webhook, review));
        } catch (WebhookException e) {
            // Kubernetes gives no reason here, but 500.
            throw new ApiException(Reason.UNKNOWN, String.valueOf(e.getMessage()));
        }
    }

    private ObjectNode asked(Definition.Conversion.Webhook webhook, ConversionReview review) throws WebhookException {
        try {
            Endpoint endpoint =
                    Endpoint.of(webhook.json().path("clientConfig"), services).within(TIMEOUT);
            return Json.parse(client.post(endpoint, Json.write(review.question()), TIMEOUT));
        } catch (WebhookException e) {
            throw new WebhookException("conversion webhook for " + review.what() + " failed: " + e.getMessage(), e);
        } catch (MalformedJsonException e) {
            throw new WebhookException(
                    "conversion webhook for " + review.what() + " failed: the answer " + e.getMessage(), e);
        }
    }
}

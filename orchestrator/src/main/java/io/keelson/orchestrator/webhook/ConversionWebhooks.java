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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects go from one version to another by asking a webhook with a {@code ConversionReview}. */
public final class ConversionWebhooks implements DefinedKinds.Webhooks {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String REVIEW = "apiextensions.k8s.io/v1";

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
                return convert(webhook, kind, kind.apiVersion(), object);
            }

            @Override
            public ObjectNode toStored(Kind kind, ObjectNode object) {
                return convert(webhook, kind, kind.stored().apiVersion(), object);
            }
        };
    }

    private ObjectNode convert(Definition.Conversion.Webhook webhook, Kind kind, String wanted, ObjectNode object) {
        try {
            Endpoint endpoint = Endpoint.of(webhook.json().path("clientConfig"), services);
            String uid = UUID.randomUUID().toString();
            byte[] answer = client.post(endpoint, Json.write(review(uid, wanted, object)), TIMEOUT);
            return checked(uid, wanted, object, Json.parse(answer));
        } catch (WebhookException | MalformedJsonException e) {
            String from = Json.string(object, "apiVersion").orElse("");
            throw new ApiException(
                    Reason.INTERNAL_ERROR,
                    "Internal error occurred: conversion webhook for " + from + ", Kind=" + kind.kind() + " failed: "
                            + e.getMessage());
        }
    }

    private static ObjectNode review(String uid, String wanted, ObjectNode object) {
        ObjectNode review = Json.object().put("apiVersion", REVIEW).put("kind", "ConversionReview");
        ObjectNode request = review.putObject("request").put("uid", uid).put("desiredAPIVersion", wanted);
        request.putArray("objects").add(object);
        return review;
    }

    /** What came back must be the same object: only labels and annotations of its metadata may be others. */
    private static ObjectNode checked(String uid, String wanted, ObjectNode object, ObjectNode review)
            throws WebhookException {
        JsonNode response = review.path("response");
        if (!response.path("uid").asString("").equals(uid)) {
            throw new WebhookException("expected response.uid=\"" + uid + "\", got \""
                    + response.path("uid").asString("") + "\"");
        }
        String status = response.path("result").path("status").asString("");
        if (!status.equals("Success")) {
            throw new WebhookException(response.path("result")
                    .path("message")
                    .asString("response.result.status was '" + status + "', not 'Success'"));
        }
        List<JsonNode> converted = Json.items(response, "convertedObjects");
        if (converted.size() != 1 || !(converted.getFirst() instanceof ObjectNode result)) {
            throw new WebhookException("webhook returned " + converted.size() + " objects, expected 1");
        }
        for (String[] field : new String[][] {
            {"kind"}, {"metadata", "name"}, {"metadata", "namespace"}, {"metadata", "uid"},
        }) {
            if (!Json.string(result, field).equals(Json.string(object, field))) {
                throw new WebhookException("invalid converted object: " + String.join(".", field) + " must not change");
            }
        }
        if (!Json.string(result, "apiVersion").orElse("").equals(wanted)) {
            throw new WebhookException("invalid converted object: apiVersion must be " + wanted);
        }
        ObjectNode whole = result.deepCopy();
        ObjectNode metadata = Json.child(object, "metadata").deepCopy();
        for (String field : List.of("labels", "annotations")) {
            metadata.remove(field);
            JsonNode said = result.path("metadata").path(field);
            if (said.isObject()) {
                metadata.set(field, said);
            }
        }
        whole.set("metadata", metadata);
        return whole;
    }
}

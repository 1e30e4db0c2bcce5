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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects go from one version to another by asking a webhook with a {@code ConversionReview}. */
public final class ConversionWebhooks implements DefinedKinds.Webhooks {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** So many objects are converted at once, at most. */
    private static final int MAX_OBJECTS = 500;

    /** So many bytes of objects are sent at once, unless one alone is larger: what comes back may be larger, and has its bound too. */
    private static final long MAX_REVIEW = 4L * 1024 * 1024;

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
                return convert(webhook, kind, kind.apiVersion(), List.of(object))
                        .getFirst();
            }

            @Override
            public List<ObjectNode> allFromStored(Kind kind, List<ObjectNode> objects) {
                return convertAll(webhook, kind, objects);
            }

            @Override
            public ObjectNode toStored(Kind kind, ObjectNode object) {
                return convert(webhook, kind, kind.stored().apiVersion(), List.of(object))
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
                converted.addAll(convert(webhook, kind, kind.apiVersion(), some));
                some.clear();
                size = 0;
            }
            some.add(object);
            size += more;
        }
        if (!some.isEmpty()) {
            converted.addAll(convert(webhook, kind, kind.apiVersion(), some));
        }
        return converted;
    }

    private List<ObjectNode> convert(
            Definition.Conversion.Webhook webhook, Kind kind, String wanted, List<ObjectNode> objects) {
        try {
            Endpoint endpoint = Endpoint.of(webhook.json().path("clientConfig"), services);
            String uid = UUID.randomUUID().toString();
            byte[] answer = client.post(endpoint, Json.write(review(uid, wanted, objects)), TIMEOUT);
            return checked(uid, wanted, objects, Json.parse(answer));
        } catch (WebhookException | MalformedJsonException e) {
            String from = Json.string(objects.getFirst(), "apiVersion").orElse("");
            throw new ApiException(
                    Reason.INTERNAL_ERROR,
                    "Internal error occurred: conversion webhook for " + from + ", Kind=" + kind.kind() + " failed: "
                            + e.getMessage());
        }
    }

    private static ObjectNode review(String uid, String wanted, List<ObjectNode> objects) {
        ObjectNode review = Json.object().put("apiVersion", REVIEW).put("kind", "ConversionReview");
        ObjectNode request = review.putObject("request").put("uid", uid).put("desiredAPIVersion", wanted);
        ArrayNode all = request.putArray("objects");
        objects.forEach(all::add);
        return review;
    }

    private static List<ObjectNode> checked(String uid, String wanted, List<ObjectNode> objects, ObjectNode review)
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
        if (converted.size() != objects.size()) {
            throw new WebhookException("webhook returned " + converted.size() + " objects, expected " + objects.size());
        }
        List<ObjectNode> results = new ArrayList<>(objects.size());
        for (int i = 0; i < objects.size(); i++) {
            results.add(checked(wanted, objects.get(i), converted.get(i)));
        }
        return results;
    }

    /** What came back must be the same object: only labels and annotations of its metadata may be others. */
    private static ObjectNode checked(String wanted, ObjectNode object, JsonNode converted) throws WebhookException {
        if (!(converted instanceof ObjectNode result)) {
            throw new WebhookException("webhook returned something that is no object");
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

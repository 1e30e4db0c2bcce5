package io.keelson.orchestrator.webhook;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code ConversionReview} of {@code apiextensions.k8s.io}: the question to a webhook, and its answer.
 *
 * @param version in which the webhook wants to be asked, {@code v1} or {@code v1beta1}
 * @param uid names the question in the answer
 * @param wanted the {@code apiVersion} that the objects are to have
 * @param objects to convert, of one kind and one version; at least one
 */
record ConversionReview(String version, String uid, String wanted, List<ObjectNode> objects) {

    private static final String GROUP = "apiextensions.k8s.io/";

    ConversionReview {
        objects = List.copyOf(objects);
    }

    /**
     * A question in the first version of reviews that the webhook knows and Keelson too.
     *
     * @param webhook as a definition configures it
     */
    static ConversionReview of(JsonNode webhook, String uid, String wanted, List<ObjectNode> objects) {
        String version = Json.items(webhook, "conversionReviewVersions").stream()
                .map(each -> each.asString(""))
                .filter(each -> each.equals("v1") || each.equals("v1beta1"))
                .findFirst()
                .orElse("v1");
        return new ConversionReview(version, uid, wanted, objects);
    }

    ObjectNode question() {
        ObjectNode review = Json.object().put("apiVersion", GROUP + version).put("kind", "ConversionReview");
        ObjectNode request = review.putObject("request").put("uid", uid).put("desiredAPIVersion", wanted);
        ArrayNode all = request.putArray("objects");
        objects.forEach(all::add);
        return review;
    }

    /** What Kubernetes calls the objects: {@code example.com/v1, Kind=Thing}. */
    String what() {
        ObjectNode first = objects.getFirst();
        return Json.string(first, "apiVersion").orElse("") + ", Kind="
                + Json.string(first, "kind").orElse("");
    }

    /**
     * The converted objects, in the order of the question.
     *
     * @throws WebhookException if the answer is none to this question, or the webhook says that it failed
     */
    List<ObjectNode> converted(ObjectNode review) throws WebhookException {
        JsonNode response = review.path("response");
        // Of v1beta1 Kubernetes looks at neither, as webhooks of that time did not say them.
        if (version.equals("v1")) {
            String said = Json.string(review, "apiVersion").orElse("") + ", Kind="
                    + Json.string(review, "kind").orElse("");
            String expected = GROUP + version + ", Kind=ConversionReview";
            if (!said.equals(expected)) {
                throw failed("expected webhook response of " + expected + ", got " + said);
            }
        }
        if (!response.isObject()) {
            throw failed("no response provided");
        }
        String answered = response.path("uid").asString("");
        if (version.equals("v1") && !answered.equals(uid)) {
            throw failed("expected response.uid=\"" + uid + "\", got \"" + answered + "\"");
        }
        String status = response.path("result").path("status").asString("");
        if (!status.equals("Success")) {
            throw failed(Json.string(response, "result", "message")
                    .filter(message -> !message.isEmpty())
                    .orElse("response.result.status was '" + status + "', not 'Success'"));
        }
        return checked(Json.items(response, "convertedObjects"));
    }

    private WebhookException failed(String why) {
        return new WebhookException("conversion webhook for " + what() + " failed: " + why);
    }

    private List<ObjectNode> checked(List<JsonNode> converted) throws WebhookException {
        if (converted.size() != objects.size()) {
            throw new WebhookException("conversion for " + what() + " returned " + converted.size()
                    + " objects, expected " + objects.size());
        }
        List<ObjectNode> results = new ArrayList<>(objects.size());
        for (int i = 0; i < objects.size(); i++) {
            String index = " at index " + i + ": ";
            if (!(converted.get(i) instanceof ObjectNode object)) {
                throw new WebhookException("conversion for " + what() + " returned invalid converted object" + index
                        + "must be a JSON object");
            }
            Optional<String> other = other(objects.get(i), object);
            if (other.isPresent()) {
                throw new WebhookException(
                        "conversion for " + what() + " returned invalid converted object" + index + other.get());
            }
            Optional<String> wrong = wrongMetadata(object);
            if (wrong.isPresent()) {
                throw new WebhookException(
                        "conversion for " + what() + " returned invalid metadata in object" + index + wrong.get());
            }
            results.add(restored(objects.get(i), object));
        }
        return results;
    }

    /** Why it is another object. */
    private Optional<String> other(ObjectNode object, ObjectNode converted) {
        String version = Json.string(converted, "apiVersion").orElse("");
        if (!version.equals(wanted)) {
            return Optional.of("invalid groupVersion (expected " + wanted + ", received " + version + ")");
        }
        String kind = Json.string(object, "kind").orElse("");
        String now = Json.string(converted, "kind").orElse("");
        if (!now.equals(kind)) {
            return Optional.of("invalid kind (expected " + kind + ", received " + now + ")");
        }
        for (String field : List.of("name", "namespace", "uid")) {
            String before = Json.string(object, "metadata", field).orElse("");
            String after = Json.string(converted, "metadata", field).orElse("");
            if (!after.equals(before)) {
                String shown = field.equals("uid") ? "UID" : field;
                return Optional.of("must have the same " + shown + ": " + before + " != " + after);
            }
        }
        return Optional.empty();
    }

    /** Labels and annotations are stored and selected by as they come, so they must be ones. */
    private static Optional<String> wrongMetadata(ObjectNode converted) {
        for (String field : List.of("labels", "annotations")) {
            JsonNode said = converted.path("metadata").path(field);
            if (said.isMissingNode() || said.isNull()) {
                continue;
            }
            if (!said.isObject()) {
                return Optional.of("invalid metadata." + field + " in converted object: must be an object");
            }
            for (var entry : said.properties()) {
                if (!entry.getValue().isString()) {
                    return Optional.of("metadata." + field + "[" + entry.getKey() + "] must be a string, but is "
                            + Json.typeOf(entry.getValue()) + " in converted object");
                }
            }
        }
        return Optional.empty();
    }

    /** Only labels and annotations of the metadata may be others. */
    private static ObjectNode restored(ObjectNode object, ObjectNode converted) {
        ObjectNode whole = converted.deepCopy();
        ObjectNode metadata = Json.child(object, "metadata").deepCopy();
        for (String field : List.of("labels", "annotations")) {
            metadata.remove(field);
            JsonNode said = converted.path("metadata").path(field);
            if (said.isObject()) {
                metadata.set(field, said);
            }
        }
        whole.set("metadata", metadata);
        return whole;
    }
}

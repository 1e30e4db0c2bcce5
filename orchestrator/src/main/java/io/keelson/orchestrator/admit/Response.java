package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The {@code response} of an {@code AdmissionReview}. */
final class Response {

    /** Of reviews, before their version. */
    static final String GROUP = "admission.k8s.io/";

    private Response() {}

    /**
     * The response within a review.
     *
     * @throws IllegalArgumentException if it is none to this question, in Kubernetes' words
     */
    static JsonNode verified(Webhook webhook, String uid, ObjectNode review, boolean mayPatch) {
        JsonNode response = review.path("response");
        if (!response.isObject()) {
            throw new IllegalArgumentException("webhook response was absent");
        }
        if (webhook.reviewVersion().equals("v1beta1")) {
            // Webhooks of that time said neither what their answer is nor to what, and Kubernetes does not ask them.
            return response;
        }
        String expected = GROUP + "v1, Kind=AdmissionReview";
        String is = review.path("apiVersion").asString("") + ", Kind="
                + review.path("kind").asString("");
        if (!is.equals(expected)) {
            throw new IllegalArgumentException("expected webhook response of " + expected + ", got " + is);
        }
        String said = response.path("uid").asString("");
        if (!said.equals(uid)) {
            throw new IllegalArgumentException("expected response.uid=\"" + uid + "\", got \"" + said + "\"");
        }
        boolean patch = !response.path("patch").asString("").isEmpty();
        boolean type = response.hasNonNull("patchType");
        if (!mayPatch && (patch || type)) {
            throw new IllegalArgumentException(
                    "validating webhook may not return response." + (patch ? "patch" : "patchType"));
        }
        if (patch != type) {
            throw new IllegalArgumentException(
                    patch
                            ? "webhook returned response.patch but not response.patchType"
                            : "webhook returned response.patchType but not response.patch");
        }
        String word = response.path("patchType").asString("JSONPatch");
        if (!word.equals("JSONPatch")) {
            throw new IllegalArgumentException("webhook returned invalid response.patchType of \"" + word + "\"");
        }
        return response;
    }

    /** The refusal of the webhook, in its words; {@code status} is of the response. */
    static Rejection denied(Webhook webhook, JsonNode status) {
        String by = "admission webhook \"" + webhook.name() + "\" denied the request";
        String message = status.path("message").asString("");
        String reason = status.path("reason").asString("");
        String why = message.isEmpty() ? reason : message;
        long code = Json.number(status, "code").orElse(0L);
        // Of several with one code the reason decides; a code that nobody knows counts as a bad request.
        Reason known = Arrays.stream(Reason.values())
                .filter(each ->
                        each.code() == code && (reason.isEmpty() || each.word().equals(reason)))
                .findFirst()
                .or(() -> Arrays.stream(Reason.values())
                        .filter(each -> each.code() == code)
                        .findFirst())
                .orElse(Reason.BAD_REQUEST);
        return Rejection.of(known, why.isEmpty() ? by + " without explanation" : by + ": " + why);
    }

    /**
     * The operations of the patch; empty if there is none, or if it does nothing.
     *
     * @throws IllegalArgumentException if it is no list in base64
     */
    static Optional<ArrayNode> patch(JsonNode response) {
        String encoded = response.path("patch").asString("");
        if (encoded.isEmpty()) {
            return Optional.empty();
        }
        byte[] patch = Base64.getDecoder().decode(encoded.getBytes(StandardCharsets.US_ASCII));
        if (!(Json.parseAny(patch) instanceof ArrayNode operations)) {
            throw new IllegalArgumentException("a JSON patch is a list of operations");
        }
        return operations.isEmpty() ? Optional.empty() : Optional.of(operations);
    }
}

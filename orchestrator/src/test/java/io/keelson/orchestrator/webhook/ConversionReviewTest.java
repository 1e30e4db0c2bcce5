package io.keelson.orchestrator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.orchestrator.kind.Json;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ConversionReviewTest {

    private static final ObjectNode OBJECT = Json.parse("""
            {"apiVersion": "e.io/v1", "kind": "K", "metadata": {"name": "a", "uid": "u", "finalizers": ["x/y"]}, "spec": {"s": 1}}""");

    private static ConversionReview review(String versions) {
        return ConversionReview.of(
                Json.parse("{\"conversionReviewVersions\": " + versions + "}"), "id", "e.io/v2", List.of(OBJECT));
    }

    private static ObjectNode answer(Consumer<ObjectNode> change) {
        ObjectNode answer = Json.parse("""
                {"apiVersion": "apiextensions.k8s.io/v1", "kind": "ConversionReview",
                 "response": {"uid": "id", "result": {"status": "Success"}, "convertedObjects": [
                   {"apiVersion": "e.io/v2", "kind": "K", "metadata": {"name": "a", "uid": "u"}, "spec": {"t": 1}}]}}""");
        change.accept(answer);
        return answer;
    }

    private static ObjectNode converted(ObjectNode answer) {
        return (ObjectNode) answer.path("response").path("convertedObjects").get(0);
    }

    private static void refused(String why, Consumer<ObjectNode> change) {
        assertThatThrownBy(() -> review("[\"v1\"]").converted(answer(change)))
                .isInstanceOf(WebhookException.class)
                .hasMessage(why);
    }

    @Test
    void onlyLabelsAndAnnotationsOfTheMetadataChange() throws WebhookException {
        ObjectNode answer = answer(a -> Json.child(converted(a), "metadata")
                .put("generation", 9)
                .putObject("labels")
                .put("l", "v"));
        assertThat(review("[\"v1\"]").converted(answer)).containsExactly(Json.parse("""
                {"apiVersion": "e.io/v2", "kind": "K", "spec": {"t": 1},
                 "metadata": {"name": "a", "uid": "u", "finalizers": ["x/y"], "labels": {"l": "v"}}}"""));
    }

    @Test
    void whatIsNoAnswerToTheQuestionIsRefusedInKubernetesWords() {
        String failed = "conversion webhook for e.io/v1, Kind=K failed: ";
        refused(
                failed + "expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got"
                        + " apiextensions.k8s.io/v1, Kind=X",
                a -> a.put("kind", "X"));
        refused(failed + "no response provided", a -> a.remove("response"));
        refused(
                failed + "expected response.uid=\"id\", got \"x\"",
                a -> Json.child(a, "response").put("uid", "x"));
        refused(
                failed + "response.result.status was 'Failure', not 'Success'",
                a -> Json.child(Json.child(a, "response"), "result")
                        .put("status", "Failure")
                        .put("message", ""));
    }

    @Test
    void anotherObjectIsRefusedInKubernetesWords() {
        String returned = "conversion for e.io/v1, Kind=K returned ";
        refused(
                returned + "0 objects, expected 1",
                a -> Json.child(a, "response").putArray("convertedObjects"));
        String at = returned + "invalid converted object at index 0: ";
        refused(
                at + "invalid groupVersion (expected e.io/v2, received e.io/v1)",
                a -> converted(a).put("apiVersion", "e.io/v1"));
        refused(at + "invalid kind (expected K, received L)", a -> converted(a).put("kind", "L"));
        refused(
                at + "must have the same name: a != b",
                a -> Json.child(converted(a), "metadata").put("name", "b"));
        refused(
                at + "must have the same UID: u != ",
                a -> Json.child(converted(a), "metadata").remove("uid"));
    }

    @Test
    void labelsThatAreNoTextAreRefused() {
        refused(
                "conversion for e.io/v1, Kind=K returned invalid metadata in object at index 0: metadata.labels[l] must be a"
                        + " string, but is a number in converted object",
                a -> Json.child(converted(a), "metadata").putObject("labels").put("l", 1));
    }

    @Test
    void aWebhookOfOlderReviewsIsAskedInThem() throws WebhookException {
        ConversionReview old = review("[\"v9\", \"v1beta1\", \"v1\"]");
        assertThat(old.question().path("apiVersion")).hasToString("\"apiextensions.k8s.io/v1beta1\"");
        assertThat(old.converted(answer(a -> {
                    a.remove("kind");
                    Json.child(a, "response").remove("uid");
                })))
                .hasSize(1);
    }
}

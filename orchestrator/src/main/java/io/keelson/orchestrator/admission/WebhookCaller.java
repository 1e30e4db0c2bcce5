package io.keelson.orchestrator.admission;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** Asks webhooks. Thread safe. */
@FunctionalInterface
public interface WebhookCaller {

    /** Where there is no network. */
    WebhookCaller NONE = (_, _, _) -> new Answer.None("failed to call webhook: this server calls none");

    /** What came back. */
    sealed interface Answer {

        /** A body with status 200. */
        record Body(String text) implements Answer {}

        /** Nothing in time, or nothing that can be used; {@code why} in Kubernetes' words. */
        record None(String why) implements Answer {}
    }

    /**
     * Posts a question, and waits for the answer.
     *
     * @param clientConfig where the webhook is, as in its configuration
     * @param timeout for the whole
     */
    Answer call(JsonNode clientConfig, byte[] question, Duration timeout);
}

package io.keelson.orchestrator.webhook;

/** A call that gave no answer that can be used; the message says why, for the operator. */
public final class WebhookException extends Exception {

    private static final long serialVersionUID = 1;

    WebhookException(String message) {
        super(message);
    }

    WebhookException(String message, Throwable cause) {
        super(message, cause);
    }
}

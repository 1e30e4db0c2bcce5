package io.keelson.orchestrator.select;

/** A selector that cannot be understood; the message says why, in Kubernetes' wording where there is one. */
public final class SelectorException extends RuntimeException {

    /** With a message for the person who wrote the selector. */
    public SelectorException(String message) {
        super(message);
    }
}

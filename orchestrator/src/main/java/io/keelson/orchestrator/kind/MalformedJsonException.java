package io.keelson.orchestrator.kind;

/** Bytes that are not one JSON object. The message says what is wrong, at which line and column. */
public final class MalformedJsonException extends RuntimeException {

    /** With a message for the person who sent the bytes. */
    public MalformedJsonException(String message) {
        super(message);
    }
}

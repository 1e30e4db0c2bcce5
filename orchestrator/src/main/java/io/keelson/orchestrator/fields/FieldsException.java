package io.keelson.orchestrator.fields;

/** A value whose fields cannot be told apart, or a set of fields that is none. The message says where and why. */
public final class FieldsException extends RuntimeException {

    /** With what is wrong. */
    public FieldsException(String message) {
        super(message);
    }
}

package io.keelson.orchestrator.cel;

/** An expression that cannot be compiled; the message is the compiler's, with the place. */
public final class ExpressionException extends Exception {

    private static final long serialVersionUID = 1;

    ExpressionException(String message) {
        super(message);
    }
}

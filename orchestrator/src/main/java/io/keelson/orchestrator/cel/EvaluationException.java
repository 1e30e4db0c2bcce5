package io.keelson.orchestrator.cel;

/** An expression that came to no value. */
public final class EvaluationException extends Exception {

    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** What it asked for is not there, or makes no sense for these values. */
        FAILED,
        /** It cost more than one expression may. */
        TOO_EXPENSIVE,
        /** All expressions that share the budget together cost more than they may. */
        BUDGET_USED_UP
    }

    private final Reason reason;

    EvaluationException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** In words, without a place. */
    public String words() {
        return String.valueOf(getMessage());
    }
}

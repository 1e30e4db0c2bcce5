package io.keelson.orchestrator.patch;

/** A patch that cannot be applied; the message says which part and why. */
public final class PatchException extends RuntimeException {

    /** Whose fault it is. */
    public enum Reason {
        /** The patch itself is malformed: HTTP 400. */
        MALFORMED,
        /** The patch is well-formed, but does not fit the object: HTTP 422. */
        NOT_APPLICABLE,
        /** The patch asks for more than one may: HTTP 413. */
        TOO_LARGE
    }

    private final Reason reason;

    /** With a message for the person who wrote the patch. */
    public PatchException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Whose fault it is. */
    public Reason reason() {
        return reason;
    }
}

package io.keelson.orchestrator.audit;

/** How much is told of a request; each tells what the one before it does, and more. */
public enum Level {
    /** Nothing. */
    NONE("None"),
    /** Who, when, what, and how it ended; no bodies. */
    METADATA("Metadata"),
    /** And what was sent. */
    REQUEST("Request"),
    /** And what was answered. */
    REQUEST_RESPONSE("RequestResponse");

    private final String word;

    Level(String word) {
        this.word = word;
    }

    /** As it stands in policies and events. */
    public String word() {
        return word;
    }
}

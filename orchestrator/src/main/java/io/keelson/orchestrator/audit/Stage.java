package io.keelson.orchestrator.audit;

/** At which moment of a request something is told. */
public enum Stage {
    /** It is known who asks for what; nothing was done yet. */
    REQUEST_RECEIVED("RequestReceived"),
    /** The first of an answer that takes long, such as a watch, is on its way. */
    RESPONSE_STARTED("ResponseStarted"),
    /** All was answered. */
    RESPONSE_COMPLETE("ResponseComplete"),
    /** The server failed. */
    PANIC("Panic");

    private final String word;

    Stage(String word) {
        this.word = word;
    }

    /** As it stands in policies and events. */
    public String word() {
        return word;
    }
}

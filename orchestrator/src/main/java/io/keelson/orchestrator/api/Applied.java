package io.keelson.orchestrator.api;

/**
 * What an apply did.
 *
 * @param outcome in a word
 * @param stored the object as it is now
 */
public record Applied(Outcome outcome, Stored stored) {

    /** What an apply did, in kubectl's words. */
    public enum Outcome {
        /** There was nothing to change. Nothing was written. */
        UNCHANGED,
        /** The object was not there. */
        CREATED,
        /** The object was there, and was changed. */
        CONFIGURED
    }
}

package io.keelson.orchestrator.loop;

import io.keelson.orchestrator.view.Refusal;

/** What became of an action. */
sealed interface Outcome {

    /**
     * It is so now.
     *
     * @param revision the revision that shows it; 0 if there was nothing to do
     */
    record Done(long revision) implements Outcome {}

    /** The world was not as the action assumed: the picture will show how it is. */
    record Stale(String message) implements Outcome {}

    /** It is not allowed, or makes no sense, and will not by being tried again soon. */
    record Refused(Refusal refusal) implements Outcome {}

    /** It did not work, or it is not known whether it did. */
    record Failed(String message) implements Outcome {}
}

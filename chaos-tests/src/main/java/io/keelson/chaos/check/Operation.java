package io.keelson.chaos.check;

import java.util.OptionalLong;

/**
 * One operation of one client on one key, as the client saw it. Times are one monotonic clock's nanoseconds.
 *
 * @param client who did it; a client has one operation at a time
 * @param key on which key
 * @param action what was asked
 * @param outcome what the client learned
 * @param invokedNanos when it was asked
 * @param returnedNanos when the answer, or the failure, was there
 */
public record Operation(int client, String key, Action action, Outcome outcome, long invokedNanos, long returnedNanos) {

    /** What was asked. Values are numbers; an absent key has the value 0. */
    public sealed interface Action {
        /** A linearizable read. */
        record Read() implements Action {}

        /** A write of {@code next} whatever was there; every {@code next} of a key is unique. */
        record Write(long next) implements Action {}

        /** A write of {@code next} on condition that the value is {@code expected}. Every {@code next} of a key is unique or follows from its condition. */
        record CompareAndSet(long expected, long next) implements Action {}
    }

    /** What the client learned. */
    public sealed interface Outcome {
        /**
         * The operation happened.
         *
         * @param value what the key held after it
         * @param modRevision the revision of that value, 0 for an absent key
         * @param headerRevision the store's revision in the answer
         */
        record Done(long value, long modRevision, long headerRevision) implements Outcome {}

        /** The condition did not hold: nothing was written; the key held {@code value} then. */
        record Refused(long value, long modRevision, long headerRevision) implements Outcome {}

        /** No answer: it may have happened, may happen later, or never. */
        record Unknown() implements Outcome {}
    }

    /** The header revision of the answer, if there was one. */
    public OptionalLong answeredRevision() {
        return switch (outcome) {
            case Outcome.Done done -> OptionalLong.of(done.headerRevision());
            case Outcome.Refused refused -> OptionalLong.of(refused.headerRevision());
            case Outcome.Unknown _ -> OptionalLong.empty();
        };
    }
}

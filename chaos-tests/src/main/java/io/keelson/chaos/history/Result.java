package io.keelson.chaos.history;

import java.util.List;

/** What a client learned. */
public sealed interface Result {

    /**
     * An answer.
     *
     * @param revision the store's revision in the header
     * @param body what else was in it
     */
    record Ok(long revision, Body body) implements Result {}

    /** It did not happen and never will; etcd's text says why. */
    record Refused(String why) implements Result {}

    /** No answer, or one that does not tell: it may have happened, may happen later, or never. */
    record Unknown(String why) implements Result {}

    /** The part of an answer that depends on the question. */
    sealed interface Body {
        /** Keys, in order. */
        record Found(List<Version> versions) implements Body {}

        /** How many keys a delete met. */
        record Deleted(long count) implements Body {}

        /** Which branch ran, and what its steps answered. */
        record Branch(boolean succeeded, List<Body> steps) implements Body {}

        /** Seconds that a lease was given; 0: there is no such lease. */
        record Lifetime(long seconds) implements Body {}

        /** Nothing else. */
        record Nothing() implements Body {}
    }
}

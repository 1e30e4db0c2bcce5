package io.keelson.chaos.history;

import java.util.List;

/** What a client asked of the store. */
public sealed interface Request {

    /**
     * A range, as of now or as of an old revision.
     *
     * @param serializable from the member's own state, however old
     * @param revision 0: the newest
     */
    record Read(Keys keys, boolean serializable, long revision) implements Request {}

    /**
     * A put, a delete or a transaction: all conditions are judged on one state, then one branch runs at one revision.
     *
     * @param conditions all must hold for {@code then} to run
     * @param then what is done if they hold
     * @param otherwise what is done if they do not
     */
    record Write(List<Condition> conditions, List<Action> then, List<Action> otherwise) implements Request {

        /** A write without conditions. */
        public static Write of(Action action) {
            return new Write(List.of(), List.of(action), List.of());
        }
    }

    /** Makes a lease; the store may lengthen the time. */
    record Grant(long lease, long seconds) implements Request {}

    /** Ends a lease and deletes its keys. */
    record Revoke(long lease) implements Request {}

    /** Gives a lease its full time again. */
    record KeepAlive(long lease) implements Request {}

    /** Gives up history below a revision. */
    record Compact(long revision) implements Request {}

    /**
     * Not a call but the time for which a client believed to hold a lock: from the answer that gave it to the call that gave it back.
     *
     * @param lock which lock
     * @param token the create revision of the client's key, which grows from holder to holder
     */
    record Hold(String lock, long token) implements Request {}

    /** Something that an operator does, not judged by itself: a fault's own request. */
    record Order(String what) implements Request {}

    /**
     * What a condition looks at and what it must equal.
     *
     * @param key the key; an absent one has 0 everywhere
     * @param field which number of it
     * @param expected what it must be
     */
    record Condition(String key, Field field, long expected) {

        /** Numbers of a key. */
        public enum Field {
            /** The revision that made it. */
            CREATE,
            /** The revision of its value. */
            MOD,
            /** How often it was put. */
            VERSION
        }
    }

    /** One step of a write. */
    sealed interface Action {
        /** Sets a key. */
        record Put(String key, String value, long lease) implements Action {}

        /** Deletes keys. */
        record Delete(Keys keys) implements Action {}

        /** Reads keys in the middle of a transaction. */
        record Get(Keys keys) implements Action {}
    }
}

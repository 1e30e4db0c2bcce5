package io.keelson.store;

import org.jspecify.annotations.Nullable;

/** Why the store gave no answer, or refused. The message is etcd's where etcd has one. */
public final class KvException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What the caller may conclude. */
    public enum Reason {
        /** The revision asked for is compacted: list again from the newest. */
        COMPACTED,
        /** The revision asked for is not there yet. */
        FUTURE_REVISION,
        /** The request is not well formed; trying again will not help. */
        INVALID,
        /** The lease is not there. */
        LEASE_NOT_FOUND,
        /** A lease with this id exists already. */
        LEASE_EXISTS,
        /** The quota is used up. */
        NO_SPACE,
        /** The members' data differ, and nothing is served until an operator has mended it. */
        CORRUPT,
        /** Too much is waiting; try again later. Nothing was done. */
        OVERLOADED,
        /** No leader, or not reachable. The request was certainly not carried out; try again. */
        UNAVAILABLE,
        /** The request may or may not have been carried out, now or later. Read before trying again. */
        UNKNOWN_OUTCOME
    }

    private final Reason reason;

    /** A refusal with its reason. */
    public KvException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** A refusal with its reason and what led to it, if that is known. */
    public KvException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** What the caller may conclude. */
    public Reason reason() {
        return reason;
    }
}

package io.keelson.store.rocks;

/**
 * The last log entry whose changes are in the state.
 *
 * @param term its Raft term
 * @param index its index, -1 for none
 */
public record AppliedIndex(long term, long index) {

    /** Nothing is applied yet. */
    public static final AppliedIndex NOTHING = new AppliedIndex(0, -1);
}

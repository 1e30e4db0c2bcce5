package io.keelson.store.mvcc;

/**
 * A running hash ({@link RunningHash}).
 *
 * @param base the revision from which on hashes are kept; those with another base are of another history
 * @param revision the revision
 * @param hash the hash at it
 */
public record HashAt(long base, long revision, long hash) {}

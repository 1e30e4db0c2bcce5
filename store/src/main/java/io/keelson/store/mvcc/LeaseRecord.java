package io.keelson.store.mvcc;

/**
 * A lease as the log knows it. When it ends is not part of the state: the leader keeps the time.
 *
 * @param id positive
 * @param ttlSeconds seconds granted
 */
public record LeaseRecord(long id, long ttlSeconds) {}

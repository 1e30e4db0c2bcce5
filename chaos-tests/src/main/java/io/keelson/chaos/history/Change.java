package io.keelson.chaos.history;

import java.util.Optional;

/**
 * What one revision did to one key.
 *
 * @param revision which revision
 * @param key which key
 * @param after the key from then on; empty: it was deleted
 */
public record Change(long revision, String key, Optional<Version> after) {

    /** The key holds this from its modification revision on. */
    public static Change put(Version after) {
        return new Change(after.mod(), after.key(), Optional.of(after));
    }

    /** The key is gone from this revision on. */
    public static Change delete(long revision, String key) {
        return new Change(revision, key, Optional.empty());
    }
}

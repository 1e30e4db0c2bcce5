package io.keelson.store.mvcc;

import java.util.List;

/**
 * What a command did.
 *
 * @param answer what the client hears
 * @param changes what is different now, in order; empty after a refusal
 * @param revision the store's revision afterwards
 */
public record Applied(Answer answer, List<Change> changes, long revision) {}

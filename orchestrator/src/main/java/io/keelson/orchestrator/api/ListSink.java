package io.keelson.orchestrator.api;

import java.util.Optional;

/**
 * Takes a list as it is read, so that neither side holds all of it.
 *
 * @param <E> what it throws when it takes no more
 */
public interface ListSink<E extends Exception> {

    /**
     * Comes first.
     *
     * @param revision the revision of the whole; a watch from here misses nothing
     * @param continueToken asks for the next page; empty when this is the last
     * @param remaining how many objects follow this page, where that is known
     */
    void begin(long revision, String continueToken, Optional<Long> remaining) throws E;

    /**
     * The next object.
     *
     * @param object canonical JSON, with its own {@code metadata.resourceVersion}
     */
    void item(byte[] object) throws E;
}

package io.keelson.store.metrics;

/**
 * Several of one kind under one name, told apart by labels. Each that was asked for stays for good: ask for values from a set that is known
 * and small, never for what a client says.
 *
 * @param <M> the kind
 */
public interface Labelled<M> {

    /** The one with these values, in the order of the labels; a look-up, so keep what it gives. */
    M of(String... values);
}

package io.keelson.store.metrics;

/** Something that is counted. Thread safe, and cheap when many threads count at once. */
public interface Count {

    /** Counts so many, at least 0. */
    void add(long number);

    /** Counts one. */
    default void increment() {
        add(1);
    }
}

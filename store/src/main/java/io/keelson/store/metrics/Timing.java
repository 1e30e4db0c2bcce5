package io.keelson.store.metrics;

/** Durations of something, sorted into buckets. Thread safe, and cheap when many threads record at once. */
public interface Timing {

    /** Notes that it took so long. */
    void record(long nanos);
}

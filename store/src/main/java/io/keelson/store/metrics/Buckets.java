package io.keelson.store.metrics;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Where the buckets of a {@link Timing} end.
 *
 * @param upperBoundsSeconds each bucket's end, rising; what took longer than the last has a bucket of its own
 */
public record Buckets(List<Double> upperBoundsSeconds) {

    /** For how long calls take: those of Prometheus' clients by default. */
    public static final Buckets CALLS = new Buckets(List.of(.005, .01, .025, .05, .1, .25, .5, 1.0, 2.5, 5.0, 10.0));

    /** Copies. */
    public Buckets {
        upperBoundsSeconds = List.copyOf(upperBoundsSeconds);
    }

    /** So many buckets, each twice as far as the one before. */
    public static Buckets doubling(double firstSeconds, int number) {
        return new Buckets(DoubleStream.iterate(firstSeconds, bound -> 2 * bound)
                .limit(number)
                .boxed()
                .toList());
    }
}

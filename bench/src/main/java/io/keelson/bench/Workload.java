package io.keelson.bench;

import java.io.IOException;
import java.util.Map;

/** Something to do to a cluster, and what to measure meanwhile. */
interface Workload {

    /** Measures once; the figures that there are. */
    Map<Figure, Double> visit(Cluster cluster) throws IOException, InterruptedException;

    /** Whether each visit wants a cluster of its own, with nothing in it. */
    default boolean wantsFresh() {
        return false;
    }
}

package io.keelson.store.metrics;

import java.util.List;

/**
 * One of several values under one name.
 *
 * @param labels what tells it apart, in the order of the labels' names
 * @param value what it is now
 */
public record Reading(List<String> labels, double value) {

    /** Copies. */
    public Reading {
        labels = List.copyOf(labels);
    }

    String[] labelValues() {
        return labels.toArray(String[]::new);
    }
}

package io.keelson.orchestrator.past;

/**
 * One field that differs.
 *
 * @param path such as {@code spec.template.spec.containers[name=web].image}; items of lists without a key by their place, {@code args[0]}
 * @param before JSON before; empty: it was not there
 * @param after JSON after; empty: it is not there
 */
public record Difference(String path, String before, String after) {}

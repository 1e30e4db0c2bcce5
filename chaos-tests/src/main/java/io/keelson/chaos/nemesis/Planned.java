package io.keelson.chaos.nemesis;

/**
 * A fault and its time.
 *
 * @param fault what
 * @param from milliseconds from the beginning of the run
 * @param until when it is undone
 */
public record Planned(Fault fault, long from, long until) {}

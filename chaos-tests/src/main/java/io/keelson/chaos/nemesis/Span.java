package io.keelson.chaos.nemesis;

/**
 * A fault as it was.
 *
 * @param what in a few words
 * @param from when it began, in nanoseconds of the run
 * @param until when it was undone
 */
public record Span(String what, long from, long until) {}

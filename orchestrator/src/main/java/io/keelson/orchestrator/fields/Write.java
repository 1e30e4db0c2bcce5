package io.keelson.orchestrator.fields;

/**
 * One write, as far as ownership is concerned.
 *
 * @param manager who writes, how and through what
 * @param apiVersion in which it names fields
 * @param scope which fields can be written this way
 * @param time when, in RFC 3339 form with seconds
 */
public record Write(Manager manager, String apiVersion, Scope scope, String time) {}

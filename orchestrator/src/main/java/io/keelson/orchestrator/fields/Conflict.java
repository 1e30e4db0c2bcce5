package io.keelson.orchestrator.fields;

/**
 * A field that somebody wants to apply another value to, but that somebody else owns.
 *
 * @param manager the owner
 * @param field the field
 */
public record Conflict(Manager manager, FieldPath field) {}

package io.keelson.orchestrator.fields;

/**
 * What one manager owns.
 *
 * @param fields what it owns; not empty
 * @param apiVersion in which the fields are named
 * @param time when it last changed something, in RFC 3339 form; empty if that is not known
 */
public record Ownership(FieldSet fields, String apiVersion, String time) {

    Ownership with(FieldSet others) {
        return new Ownership(others, apiVersion, time);
    }
}

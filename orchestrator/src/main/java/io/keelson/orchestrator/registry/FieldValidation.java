package io.keelson.orchestrator.registry;

import java.util.Optional;

/** What to do about fields that the schema does not have, or that come twice. */
public enum FieldValidation {
    /** Refuse the object. */
    STRICT("Strict"),
    /** Take it, and say so in warnings. */
    WARN("Warn"),
    /** Take it silently. */
    IGNORE("Ignore");

    private final String word;

    FieldValidation(String word) {
        this.word = word;
    }

    /** The value of the query parameter {@code fieldValidation} that means it. */
    public String word() {
        return word;
    }

    /** The value of the query parameter {@code fieldValidation}; empty if there is no such value. */
    public static Optional<FieldValidation> of(String word) {
        for (FieldValidation value : values()) {
            if (value.word.equals(word)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}

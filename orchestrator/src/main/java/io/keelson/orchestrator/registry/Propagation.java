package io.keelson.orchestrator.registry;

import java.util.Optional;

/** What becomes of the objects that a deleted object owns. */
public enum Propagation {
    /** The object goes at once, what it owns is deleted afterwards. */
    BACKGROUND("Background"),
    /** The object stays with a finalizer until everything it owns is gone. */
    FOREGROUND("Foreground"),
    /** What it owns stays, without an owner. */
    ORPHAN("Orphan");

    private final String word;

    Propagation(String word) {
        this.word = word;
    }

    /** The value of {@code propagationPolicy} that means it. */
    public String word() {
        return word;
    }

    /** The value of {@code propagationPolicy}; empty if there is no such value. */
    public static Optional<Propagation> of(String word) {
        for (Propagation value : values()) {
            if (value.word.equals(word)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}

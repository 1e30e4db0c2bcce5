package io.keelson.orchestrator.fields;

/**
 * How two values differ. No field is in more than one of the sets; all are empty if the values are equal.
 *
 * @param added fields that only the second has
 * @param modified fields that both have, with different values
 * @param removed fields that only the first has
 */
public record Comparison(FieldSet added, FieldSet modified, FieldSet removed) {

    /** No difference. */
    static final Comparison NONE = new Comparison(FieldSet.EMPTY, FieldSet.EMPTY, FieldSet.EMPTY);

    /** Whether the values are equal. */
    public boolean isEmpty() {
        return added.isEmpty() && modified.isEmpty() && removed.isEmpty();
    }

    /** Fields that have another value now than before, or one for the first time. */
    public FieldSet set() {
        return added.union(modified);
    }

    /** Only what is in a scope. */
    Comparison in(Scope scope) {
        return new Comparison(scope.of(added), scope.of(modified), scope.of(removed));
    }
}

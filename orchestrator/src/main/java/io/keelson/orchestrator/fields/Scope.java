package io.keelson.orchestrator.fields;

/** Which fields can be owned through an endpoint: a subresource changes its part only, and the object's own endpoint not that part. */
public sealed interface Scope {

    /** All fields but these and their parts. */
    record AllBut(FieldSet trees) implements Scope {}

    /** These fields and their parts alone. */
    record Only(FieldSet trees) implements Scope {}

    /** What of a set is in this scope. */
    default FieldSet of(FieldSet set) {
        return switch (this) {
            case AllBut(FieldSet trees) -> set.withoutTrees(trees);
            case Only(FieldSet trees) -> set.onlyTrees(trees);
        };
    }
}

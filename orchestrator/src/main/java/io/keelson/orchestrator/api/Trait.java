package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.select.FieldSelector;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Something about a change that watchers ask for by its value, so that those whom a change concerns are found by what it has. */
sealed interface Trait {

    /** The values that a change has, before and after; empty if that cannot be known, so that everybody has to look for itself. */
    Optional<Set<String>> of(KeyChange change);

    /** Whose change it is. */
    record Name() implements Trait {

        @Override
        public Optional<Set<String>> of(KeyChange change) {
            return Optional.of(Set.of(change.key()));
        }
    }

    /** A label, as a kind shows it. */
    record Label(Kind kind, String name) implements Trait {

        @Override
        public Optional<Set<String>> of(KeyChange change) {
            return Trait.values(
                    change,
                    kind,
                    version -> Optional.ofNullable(version.labels().get(name)));
        }
    }

    /**
     * A field, as a kind shows it.
     *
     * @param term any that asks for this field; two that ask for different values are one trait
     */
    record Field(Kind kind, FieldSelector.Term term) implements Trait {

        /** Of the term only the field counts. */
        public Field {
            term = new FieldSelector.Term(term.field(), true, "", term.absent());
        }

        @Override
        public Optional<Set<String>> of(KeyChange change) {
            return Trait.values(change, kind, version -> Optional.of(term.of(version.object())));
        }
    }

    private static Optional<Set<String>> values(
            KeyChange change, Kind kind, Function<ObjectVersion, Optional<String>> value) {
        try {
            Optional<ObjectVersion> before = change.existed() ? change.before(kind) : Optional.empty();
            if (change.existed() && before.isEmpty()) {
                return Optional.empty();
            }
            Set<String> values = new HashSet<>();
            before.flatMap(value).ifPresent(values::add);
            change.after(kind).flatMap(value).ifPresent(values::add);
            return Optional.of(values);
        } catch (RuntimeException e) {
            // What is stored there is no object, or cannot be read: each watcher finds that out, and fails, by itself.
            return Optional.empty();
        }
    }
}

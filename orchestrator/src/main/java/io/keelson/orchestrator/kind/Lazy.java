package io.keelson.orchestrator.kind;

import java.util.Optional;
import java.util.function.Supplier;

/** A value that is made when somebody asks for it first, and once. Thread safe. */
final class Lazy<T> {

    private final Supplier<T> maker;
    private Optional<T> made = Optional.empty();

    Lazy(Supplier<T> maker) {
        this.maker = maker;
    }

    synchronized T get() {
        if (made.isEmpty()) {
            made = Optional.of(maker.get());
        }
        return made.orElseThrow();
    }

    /** The value, if it is made already. */
    synchronized Optional<T> ifMade() {
        return made;
    }
}

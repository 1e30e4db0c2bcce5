package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Kinds;
import java.util.function.Supplier;

/** Gives the table of kinds that holds at this moment. */
@FunctionalInterface
public interface PresentKinds extends Supplier<Kinds> {

    /**
     * The table, at least as new as everything that was stored when this was called: what a client has seen written counts. May ask the
     * store.
     *
     * @throws ApiException if the store does not answer
     */
    default Kinds sync() {
        return get();
    }
}

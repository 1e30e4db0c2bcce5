package io.keelson.orchestrator.sets;

import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Ref;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * A set to apply.
 *
 * @param namespace of the set's name
 * @param set its name; empty: what is applied is not remembered
 * @param parts the objects, in any order
 * @param prune delete what the set held and does not hold any more; needs a name
 * @param options of each write; their guards are not used
 * @param mayDelete throws if the caller may not delete an object that left the set
 */
public record Applying(
        String namespace,
        Optional<String> set,
        List<Part> parts,
        boolean prune,
        WriteOptions options,
        Consumer<Ref> mayDelete) {

    /**
     * One object to apply.
     *
     * @param ref which
     * @param object what is wished
     * @param warnings what is known already
     */
    public record Part(Ref ref, ObjectNode object, List<String> warnings) {}

    /** Keeps its own copy of the parts. */
    public Applying {
        parts = List.copyOf(parts);
    }
}

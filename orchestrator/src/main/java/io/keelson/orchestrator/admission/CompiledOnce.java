package io.keelson.orchestrator.admission;

import io.keelson.orchestrator.kind.Json;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/**
 * Policies in their compiled form: compiling takes longer than evaluating, so it is done once for each form of one. Thread safe.
 *
 * @param <T> the compiled form
 */
final class CompiledOnce<T> {

    /** So many are kept. */
    private static final int MAX_COMPILED = 256;

    private record Compiled<T>(String revision, T policy) {}

    private final Function<ObjectNode, T> compile;
    private final Map<String, Compiled<T>> known = new ConcurrentHashMap<>();

    CompiledOnce(Function<ObjectNode, T> compile) {
        this.compile = compile;
    }

    /** The compiled form of a stored policy. */
    T of(ObjectNode stored) {
        String name = Json.string(stored, "metadata", "name").orElse("");
        String revision = Json.string(stored, "metadata", "resourceVersion").orElse("");
        Compiled<T> before = known.get(name);
        if (before != null && before.revision().equals(revision)) {
            return before.policy();
        }
        if (known.size() >= MAX_COMPILED) {
            known.clear();
        }
        T fresh = compile.apply(stored);
        known.put(name, new Compiled<>(revision, fresh));
        return fresh;
    }
}

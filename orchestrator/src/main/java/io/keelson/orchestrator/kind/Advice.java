package io.keelson.orchestrator.kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** What the writer of a valid object should know: what is deprecated, ignored, or surely not meant. The wording is Kubernetes'. */
@FunctionalInterface
public interface Advice {

    /** Nothing to say. */
    Advice NONE = (_, _, _) -> {};

    /**
     * Says what there is to say.
     *
     * @param live the object as it is stored, for an update; empty for a create
     * @param incoming the object as it shall be, valid and with its default values
     */
    void advise(Optional<ObjectNode> live, ObjectNode incoming, Consumer<String> warn);

    /** This, and then that. */
    default Advice and(Advice next) {
        return (live, incoming, warn) -> {
            advise(live, incoming, warn);
            next.advise(live, incoming, warn);
        };
    }

    /** This, but only of new objects. */
    default Advice atCreation() {
        return (live, incoming, warn) -> {
            if (live.isEmpty()) {
                advise(live, incoming, warn);
            }
        };
    }

    /** This, but not of objects whose field stays as it is: who changes something else has heard it already. */
    default Advice whenChanged(String field) {
        return (live, incoming, warn) -> {
            if (live.filter(before -> Json.same(before.path(field), incoming.path(field)))
                    .isEmpty()) {
                advise(live, incoming, warn);
            }
        };
    }

    /** All that is to be said of an object of a kind. */
    static List<String> of(Kind kind, Optional<ObjectNode> live, ObjectNode incoming) {
        List<String> warnings = new ArrayList<>();
        kind.strategy().advice().advise(live, incoming, warnings::add);
        return List.copyOf(warnings);
    }
}

package io.keelson.orchestrator.patch;

import io.keelson.orchestrator.kind.Kind;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The merge behind {@code apply}: what the user wants now, what the user wanted last, and what is. */
public final class ThreeWay {

    private ThreeWay() {}

    /**
     * The live object with the user's changes: what is wanted is set, what was wanted last and is not now is deleted, what others
     * have set stays.
     *
     * @param lastApplied what the user applied last, from the annotation; empty if nothing is known
     * @param live the stored object
     * @param wanted what the user applies now
     */
    public static ObjectNode apply(Kind kind, Optional<ObjectNode> lastApplied, ObjectNode live, ObjectNode wanted) {
        return Patches.strategic(kind, live, wanted);
    }
}

package io.keelson.orchestrator.patch;

import io.keelson.orchestrator.kind.Kind;
import tools.jackson.databind.node.ObjectNode;

final class StrategicMerge {

    private StrategicMerge() {}

    static ObjectNode apply(Kind kind, ObjectNode target, ObjectNode patch) {
        return (ObjectNode) Patches.merge(target, patch);
    }
}

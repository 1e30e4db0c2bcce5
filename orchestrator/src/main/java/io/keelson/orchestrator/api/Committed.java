package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came of writes that belong together.
 *
 * @param result what the caller made of them
 * @param revision the one revision of all writes; if there were none, the one that was read
 * @param provisional what stood for the revision while the writes were decided
 * @param stored whether anything was written
 */
public record Committed<T>(T result, long revision, long provisional, boolean stored) {

    /** Gives an object that was written here the resourceVersion that it has got; in a dry run, none. */
    public void setVersion(ObjectNode object) {
        ObjectNode metadata = Json.child(object, "metadata");
        if (!metadata.path("resourceVersion").asString("").equals(Long.toString(provisional))) {
            return;
        }
        if (stored) {
            metadata.put("resourceVersion", Long.toString(revision));
        } else {
            metadata.remove("resourceVersion");
        }
    }
}

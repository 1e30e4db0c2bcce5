package io.keelson.orchestrator.api;

import tools.jackson.databind.node.ObjectNode;

/**
 * One change that a watch delivers.
 *
 * @param type what happened
 * @param object the object after the change, for DELETED its last state; always with the resourceVersion of the change. For BOOKMARK
 *     an object with nothing but its kind and the resourceVersion
 * @param revision the revision of the change
 */
public record ObjectEvent(Type type, ObjectNode object, long revision) {

    /** What happened. The names are Kubernetes' own on the wire. */
    public enum Type {
        /** The object was created, or has come into the selection. */
        ADDED,
        /** The object was changed. */
        MODIFIED,
        /** The object was deleted, or has left the selection. */
        DELETED,
        /** Nothing: everything up to the revision has been delivered. */
        BOOKMARK
    }
}

package io.keelson.orchestrator.api;

import tools.jackson.databind.node.ObjectNode;

/**
 * What a delete did.
 *
 * @param object the object as it was last; if it has still to end, with its deletion timestamp
 * @param gone whether it is gone already; else its finalizers or its grace period hold it
 * @param revision the revision of the delete, or of the object that now ends
 */
public record Deleted(ObjectNode object, boolean gone, long revision) {}

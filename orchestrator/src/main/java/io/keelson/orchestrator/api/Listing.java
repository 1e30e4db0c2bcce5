package io.keelson.orchestrator.api;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects of one kind, all as they were at one revision, in order of namespace and name.
 *
 * @param items the objects, each with its own {@code metadata.resourceVersion}
 * @param revision the revision of the whole; a watch from here misses nothing
 * @param continueToken asks for the next page; empty when this is the last
 * @param remaining how many objects follow this page, where that is known
 */
public record Listing(List<ObjectNode> items, long revision, String continueToken, Optional<Long> remaining) {

    /** Keeps its own copy of the items. */
    public Listing {
        items = List.copyOf(items);
    }
}

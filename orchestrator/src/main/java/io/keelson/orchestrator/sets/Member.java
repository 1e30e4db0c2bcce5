package io.keelson.orchestrator.sets;

import io.keelson.orchestrator.kind.Ref;

/**
 * An object that a set holds.
 *
 * @param ref which
 * @param uid of the incarnation that was applied; another of the same name is somebody else's
 */
public record Member(Ref ref, String uid) {}

package io.keelson.orchestrator.view;

/**
 * Whom an object belongs to.
 *
 * @param apiVersion of the owner, such as {@code apps/v1}
 * @param kind of the owner
 * @param name of the owner, in the same namespace unless its kind has none
 * @param uid of the owner: the identity; a new object of the same name is no owner
 * @param controller whether the owner manages the object; at most one does
 * @param blockOwnerDeletion whether foreground deletion of the owner waits for the object
 */
public record OwnerReference(
        String apiVersion, String kind, String name, String uid, boolean controller, boolean blockOwnerDeletion) {}

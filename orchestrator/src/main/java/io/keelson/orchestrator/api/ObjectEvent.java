package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import tools.jackson.databind.node.ObjectNode;

/**
 * One change that a watch delivers.
 *
 * @param type what happened
 * @param version the object after the change, for DELETED its last state; always with the resourceVersion of the change. For BOOKMARK
 *     an object with nothing but its kind and the resourceVersion. Shared with others who watch
 */
public record ObjectEvent(Type type, ObjectVersion version) {

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

    /**
     * How an event is told. Two that are equal make the same of every event.
     *
     * @param <T> what they make
     */
    @FunctionalInterface
    public interface Form<T> {

        /** The event in this form. */
        T of(ObjectEvent event);
    }

    private record Made(Type type, Form<?> form) {}

    /** Everything up to a revision has been delivered. */
    public static ObjectEvent bookmark(Kind kind, long revision) {
        ObjectNode object = Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        Json.child(object, "metadata").put("resourceVersion", Long.toString(revision));
        return new ObjectEvent(Type.BOOKMARK, ObjectVersion.of(kind, object, revision));
    }

    /** The object; it must not be changed. */
    public ObjectNode object() {
        return version.object();
    }

    /** The revision of the change. */
    public long revision() {
        return version.revision();
    }

    /** The event in a form; made once for all who watch, so it must not be changed. */
    public <T> T in(Form<T> form) {
        return version.form(new Made(type, form), () -> form.of(this));
    }
}

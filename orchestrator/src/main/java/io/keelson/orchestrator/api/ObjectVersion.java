package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Conversion;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Stamped;
import io.keelson.proto.etcd.KeyValue;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One state of one object, as one kind shows it, with the resourceVersion of a change. What is made of it (the tree, the bytes, whatever
 * a client wants to see) is made when somebody first asks, and kept for all others: a change that a thousand watch is read once. Thread
 * safe.
 */
public final class ObjectVersion {

    private final Kind kind;
    private final byte[] stored;
    private final long revision;
    private final Map<Object, Object> forms = new HashMap<>();
    private @Nullable ObjectNode object;
    private @Nullable Map<String, String> labels;
    private byte @Nullable [] json;

    private ObjectVersion(Kind kind, byte[] stored, long revision) {
        this.kind = kind;
        this.stored = stored;
        this.revision = revision;
    }

    /** What is stored, shown with a revision: its own, or that of the change which ended this state. */
    static ObjectVersion of(Kind kind, KeyValue pair, long revision) {
        return new ObjectVersion(kind, pair.getValue().toByteArray(), revision);
    }

    /** An object that is a tree already. */
    static ObjectVersion of(Kind kind, ObjectNode object, long revision) {
        ObjectVersion version = new ObjectVersion(kind, new byte[0], revision);
        version.object = object;
        return version;
    }

    /** The kind that shows it. */
    public Kind kind() {
        return kind;
    }

    /** The revision that it carries as its resourceVersion. */
    public long revision() {
        return revision;
    }

    /** The object, with its resourceVersion. Others see the same tree: it must not be changed. */
    public synchronized ObjectNode object() {
        ObjectNode known = object;
        if (known == null) {
            known = Conversion.read(kind, Json.withResourceVersion(stored, revision));
            object = known;
        }
        return known;
    }

    /** The object's labels. */
    public synchronized Map<String, String> labels() {
        Map<String, String> known = labels;
        if (known == null) {
            // Conversion leaves the labels of built-in kinds as they are.
            known = object == null && kind.custom().isEmpty()
                    ? Json.labels(stored)
                    : Json.strings(object(), "metadata", "labels");
            labels = known;
        }
        return known;
    }

    /** The object as canonical JSON, with its resourceVersion; not read as a tree if that is the form in which it is stored. */
    public synchronized byte[] json() {
        byte[] known = json;
        if (known == null) {
            known = object == null && kind.custom().isEmpty() && Stamped.isOf(kind.apiVersion(), stored)
                    ? Stamped.bytes(stored, revision)
                    : Json.write(object());
            json = known;
        }
        return known;
    }

    /**
     * Something that is made of the object, made once.
     *
     * @param name tells it from other things that are made of it; must always go with the same type
     */
    @SuppressWarnings("unchecked")
    synchronized <T> T form(Object name, Supplier<T> make) {
        Object known = forms.get(name);
        if (known == null) {
            known = make.get();
            forms.put(name, known);
        }
        return (T) known;
    }
}

package io.keelson.orchestrator.kind;

/**
 * Names one object.
 *
 * @param kind its kind
 * @param namespace its namespace, empty exactly for cluster-scoped kinds
 * @param name its name
 */
public record Ref(Kind kind, String namespace, String name) {

    /** Checks that namespace and scope agree. */
    public Ref {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name is empty in a reference to a " + kind.kind());
        }
        if (kind.namespaced() == namespace.isEmpty()) {
            throw new IllegalArgumentException(kind + " is " + (kind.namespaced() ? "" : "not ")
                    + "namespaced, but the namespace is \"" + namespace + "\"");
        }
    }

    /** The object's key in the store. */
    public String key() {
        return kind.keyPrefix() + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }

    @Override
    public String toString() {
        return kind.qualifiedResource() + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}

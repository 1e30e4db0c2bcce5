package io.keelson.orchestrator.auth;

/** What somebody wants to do. */
public sealed interface Access {

    /**
     * Something with objects.
     *
     * @param verb Kubernetes' verb: get, list, watch, create, update, patch, delete, deletecollection
     * @param group API group, empty for core
     * @param resource plural, with {@code /subresource} if there is one
     * @param namespace empty for cluster-scoped kinds, and for all namespaces
     * @param name empty if no object is named
     */
    record ToObjects(String verb, String group, String resource, String namespace, String name) implements Access {}

    /**
     * Something with a path that is no object's.
     *
     * @param verb the method in small letters
     * @param path the path
     */
    record ToPath(String verb, String path) implements Access {}

    /**
     * What an agent does for its node.
     *
     * @param verb what
     * @param node for which node
     */
    record ForNode(String verb, String node) implements Access {}
}

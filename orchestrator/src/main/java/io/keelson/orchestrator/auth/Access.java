package io.keelson.orchestrator.auth;

/** What somebody wants to do. */
public sealed interface Access {

    /**
     * Something with objects.
     *
     * @param verb Kubernetes' verb: get, list, watch, create, update, patch, delete, deletecollection; or one of the special ones:
     *     bind, escalate, impersonate
     * @param group API group, empty for core
     * @param resource plural, with {@code /subresource} if there is one
     * @param namespace empty for cluster-scoped kinds, and for all namespaces
     * @param name empty if no object is named
     * @param node the node to whose pods a list, a watch or a deletecollection restricts itself; empty for all
     */
    record ToObjects(String verb, String group, String resource, String namespace, String name, String node)
            implements Access {

        /** Not restricted to a node. */
        public ToObjects(String verb, String group, String resource, String namespace, String name) {
            this(verb, group, resource, namespace, name, "");
        }

        /** The resource without its subresource. */
        public String plural() {
            int slash = resource.indexOf('/');
            return slash < 0 ? resource : resource.substring(0, slash);
        }

        /** The subresource; empty if there is none. */
        public String subresource() {
            int slash = resource.indexOf('/');
            return slash < 0 ? "" : resource.substring(slash + 1);
        }
    }

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

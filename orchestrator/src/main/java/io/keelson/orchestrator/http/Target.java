package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The objects that a path names.
 *
 * @param kind their kind
 * @param namespace their namespace; empty for cluster-scoped kinds and for all namespaces
 * @param name of one object; empty for all
 * @param subresource empty for the object itself
 */
record Target(Kind kind, String namespace, String name, String subresource) {

    /** What comes after a namespace's name and is not the resource of objects in it. */
    private static final Set<String> OF_NAMESPACE = Set.of("status", "finalize");

    /**
     * Reads a path below a group and version.
     *
     * @param group empty for core
     * @param steps the rest of the path, decoded
     */
    static Target parse(Kinds kinds, String group, String version, List<String> steps) {
        List<String> rest = steps;
        String namespace = "";
        if (steps.size() > 2 && steps.getFirst().equals("namespaces") && !OF_NAMESPACE.contains(steps.get(2))) {
            namespace = steps.get(1);
            rest = steps.subList(2, steps.size());
        }
        Optional<Kind> kind = kinds.byResource(group, version, rest.getFirst());
        boolean known = kind.isPresent()
                && rest.size() <= 3
                && steps.stream().noneMatch(String::isEmpty)
                && (namespace.isEmpty() || kind.get().namespaced());
        boolean inAllNamespaces = rest.size() > 1 && namespace.isEmpty();
        if (!known || (inAllNamespaces && kind.get().namespaced())) {
            throw notFound();
        }
        return new Target(
                kind.get(), namespace, rest.size() > 1 ? rest.get(1) : "", rest.size() > 2 ? rest.get(2) : "");
    }

    /** As {@link #parse}; if the present table does not know the resource, the newest is asked. */
    static Target find(Api api, String group, String version, List<String> steps) {
        try {
            return parse(api.kinds(), group, version, steps);
        } catch (ApiException e) {
            // Kinds of the groups that are part of Keelson have no dot, or are known.
            if (group.indexOf('.') < 0 || e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            return parse(api.newestKinds(), group, version, steps);
        }
    }

    /** The answer for a path that leads nowhere. */
    static ApiException notFound() {
        return new ApiException(Reason.NOT_FOUND, "the server could not find the requested resource");
    }

    Ref ref() {
        return new Ref(kind, namespace, name);
    }

    /** The resource with its subresource, as in rules of access. */
    String resource() {
        return subresource.isEmpty() ? kind.resource() : kind.resource() + "/" + subresource;
    }
}

package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.select.FieldSelector;
import io.keelson.orchestrator.select.SelectorException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a request of REST wants, read from its method and path alone as Kubernetes reads it: whether there is such a kind or object is
 * asked only after it is known whether the user may.
 *
 * @param access what is to be authorized
 * @param path the path
 * @param version API version; empty for paths that are no objects'
 */
public record RequestInfo(Access access, String path, String version) {

    /** What comes after a namespace's name and is not the resource of objects in it. */
    private static final Set<String> OF_NAMESPACE = Set.of("status", "finalize");

    /** Verbs that are about all objects that are selected. */
    private static final Set<String> MANY = Set.of("list", "watch", "deletecollection");

    private static final String BY_NAME = "metadata.name";
    private static final String BY_NODE = "spec.nodeName";

    /**
     * Reads a request.
     *
     * @param method such as {@code GET}
     * @param path decoded, with a slash at its beginning
     * @param steps what stands between the slashes, each decoded
     * @param watch whether the query asks for a watch
     * @param fieldSelector of the query; empty if there is none
     */
    public static RequestInfo of(String method, String path, List<String> steps, boolean watch, String fieldSelector) {
        boolean core = steps.getFirst().equals("api");
        int before = core ? 2 : 3;
        boolean objects = (core || steps.getFirst().equals("apis")) && steps.size() > before;
        if (!objects) {
            return new RequestInfo(new Access.ToPath(method.toLowerCase(Locale.ROOT), path), path, "");
        }
        String group = core ? "" : steps.get(1);
        List<String> rest = steps.subList(before, steps.size());
        boolean watchPath = isWatch(rest);
        if (watchPath) {
            rest = rest.subList(1, rest.size());
        }
        String namespace = "";
        if (rest.getFirst().equals("namespaces") && rest.size() > 1) {
            namespace = rest.get(1);
            if (rest.size() > 2 && !OF_NAMESPACE.contains(rest.get(2))) {
                rest = rest.subList(2, rest.size());
            }
        }
        String resource = rest.size() > 2 ? rest.getFirst() + "/" + rest.get(2) : rest.getFirst();
        String name = rest.size() > 1 ? rest.get(1) : "";
        // What is passed on may have a query of its own.
        boolean watches = watch && !resource.endsWith("/proxy");
        String verb = watchPath ? "watch" : verb(method, name, watches);
        boolean many = MANY.contains(verb);
        if (many && name.isEmpty()) {
            name = selected(fieldSelector, BY_NAME);
        }
        String node = node(verb, fieldSelector);
        return new RequestInfo(
                new Access.ToObjects(verb, group, resource, namespace, name, node), path, steps.get(before - 1));
    }

    /** The node to whose pods a selector restricts what a verb is about; empty if to none. */
    public static String node(String verb, String fieldSelector) {
        return MANY.contains(verb) ? selected(fieldSelector, BY_NODE) : "";
    }

    /**
     * Whether a path is the older way to ask for a watch, such as {@code watch/namespaces/x/pods}. The verb is then watch, whatever the method.
     *
     * @param steps what comes after the version
     */
    public static boolean isWatch(List<String> steps) {
        return steps.size() > 1 && steps.getFirst().equals("watch");
    }

    private static String verb(String method, String name, boolean watch) {
        return switch (method) {
            case "GET", "HEAD" -> !name.isEmpty() ? "get" : watch ? "watch" : "list";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
            default -> method.toLowerCase(Locale.ROOT);
        };
    }

    /**
     * The one value that a selector demands of a field; empty if it demands none. One that cannot be read demands nothing, as in Kubernetes: of a
     * request that is told later.
     */
    private static String selected(String selector, String field) {
        if (selector.isEmpty()) {
            return "";
        }
        try {
            return FieldSelector.ofAnyKind(selector).required(field).orElse("");
        } catch (SelectorException e) {
            return "";
        }
    }

    /** The verb in the words of authorization. */
    public String verb() {
        return switch (access) {
            case Access.ToObjects objects -> objects.verb();
            case Access.ToPath other -> other.verb();
            case Access.ForNode node -> node.verb();
        };
    }
}

package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One kind of object in one version: a row of the table of kinds. All that is special about a kind is in its row; nothing else asks
 * which kind it has before it. Equal when group, version and kind are.
 *
 * @param group API group, empty for the core group
 * @param version served version, such as {@code v1}
 * @param kind name in objects, such as {@code Deployment}
 * @param resource plural name in paths, such as {@code deployments}
 * @param singular name for one, such as {@code deployment}
 * @param shortNames what people type, such as {@code deploy}
 * @param categories groups of kinds such as {@code all}
 * @param namespaced whether objects live in a namespace
 * @param subresources such as {@code status} and {@code scale}; what each can do says {@link Subresource}
 * @param verbs what can be done with objects, in alphabetical order: {@link #ALL_VERBS}, or {@code create} alone for questions
 * @param storedAs the row of the version in which objects are stored; empty if that is this one
 * @param strategy how its objects behave
 * @param custom what a row has that is defined at run time; empty for kinds that are part of Keelson
 */
public record Kind(
        String group,
        String version,
        String kind,
        String resource,
        String singular,
        List<String> shortNames,
        List<String> categories,
        boolean namespaced,
        Set<String> subresources,
        List<String> verbs,
        Optional<Kind> storedAs,
        Strategy strategy,
        Optional<Custom> custom) {

    /** What can be done with objects that are stored. */
    public static final List<String> ALL_VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    /** Keeps its own copies. */
    public Kind {
        shortNames = List.copyOf(shortNames);
        categories = List.copyOf(categories);
        subresources = Set.copyOf(subresources);
        verbs = List.copyOf(verbs);
    }

    /** Begins a row; by default of a kind in namespaces, with all verbs, and {@link Strategy#PLAIN}. */
    public static KindBuilder named(String group, String version, String kind, String resource) {
        return new KindBuilder(group, version, kind, resource);
    }

    /** What everybody is warned of who asks for objects in this version; empty if nothing. */
    public Optional<String> deprecationWarning() {
        return custom.flatMap(Custom::deprecationWarning)
                .or(() -> Optional.of(strategy.deprecation()).filter(warning -> !warning.isEmpty()));
    }

    /** What objects carry in {@code apiVersion}: {@code v1} or {@code apps/v1}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The resource with its group, as Kubernetes names it in messages: {@code pods} or {@code deployments.apps}. */
    public String qualifiedResource() {
        return group.isEmpty() ? resource : resource + "." + group;
    }

    /** The row of the version in which objects are stored; mostly this one. */
    public Kind stored() {
        return storedAs.orElse(this);
    }

    /** Whether objects of this kind can be read; those that cannot, such as reviews, are questions that get an answer. */
    public boolean readable() {
        return verbs.contains("get");
    }

    /** Whether objects of this kind are in the store. */
    public boolean persistent() {
        return verbs.contains("watch");
    }

    /**
     * Begin of the store keys of all objects of this kind; ends with a slash. Namespace and name follow, each without a
     * slash in it: {@code /registry/apps/deployments/default/web}, {@code /registry/core/nodes/n1}. Versions of one kind share it.
     */
    public String keyPrefix() {
        Kind stored = stored();
        return "/registry/" + (stored.group.isEmpty() ? "core" : stored.group) + "/" + stored.resource + "/";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Kind that
                && group.equals(that.group)
                && version.equals(that.version)
                && kind.equals(that.kind);
    }

    @Override
    public int hashCode() {
        return (group + "/" + version + "/" + kind).hashCode();
    }

    @Override
    public String toString() {
        return apiVersion() + " " + kind;
    }
}

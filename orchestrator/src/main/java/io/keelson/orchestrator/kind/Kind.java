package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Set;

/**
 * One kind of object: a row of the table of kinds. Equal when group, version and kind are.
 *
 * @param group API group, empty for the core group
 * @param version served and stored version, such as {@code v1}
 * @param kind name in objects, such as {@code Deployment}
 * @param resource plural name in paths, such as {@code deployments}
 * @param singular name for one, such as {@code deployment}
 * @param shortNames what people type, such as {@code deploy}
 * @param categories groups of kinds such as {@code all}
 * @param namespaced whether objects live in a namespace
 * @param subresources such as {@code status} and {@code scale}
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
        Set<String> subresources) {

    /** What objects carry in {@code apiVersion}: {@code v1} or {@code apps/v1}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The resource with its group, as Kubernetes names it in messages: {@code pods} or {@code deployments.apps}. */
    public String qualifiedResource() {
        return group.isEmpty() ? resource : resource + "." + group;
    }

    /**
     * Begin of the store keys of all objects of this kind; ends with a slash. Namespace and name follow, each without a
     * slash in it: {@code /registry/apps/deployments/default/web}, {@code /registry/core/nodes/n1}.
     */
    public String keyPrefix() {
        return "/registry/" + (group.isEmpty() ? "core" : group) + "/" + resource + "/";
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

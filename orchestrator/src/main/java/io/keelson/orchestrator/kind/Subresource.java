package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What is below an object in its path.
 *
 * @param name such as {@code scale}
 * @param group API group of what is sent and answered
 * @param version its version
 * @param kind its kind, such as {@code Scale}
 * @param verbs what can be done, in alphabetical order
 */
public record Subresource(String name, String group, String version, String kind, List<String> verbs) {

    private static final List<String> CHANGE = List.of("get", "patch", "update");
    private static final List<String> CREATE = List.of("create");
    private static final List<String> CONNECT = List.of("create", "get");

    private static final String PROXY = "proxy";
    private static final List<String> ANYTHING = List.of("create", "delete", "get", "patch", "update");

    /** Those whose objects are of another kind than their parent; all others are a part of it. */
    private static final Map<String, Subresource> OF_OTHER_KINDS = Map.of(
            "attach", new Subresource("attach", "", "v1", "PodAttachOptions", CONNECT),
            "exec", new Subresource("exec", "", "v1", "PodExecOptions", CONNECT),
            "portforward", new Subresource("portforward", "", "v1", "PodPortForwardOptions", CONNECT),
            "scale", new Subresource("scale", "autoscaling", "v1", "Scale", CHANGE),
            "binding", new Subresource("binding", "", "v1", "Binding", CREATE),
            "eviction", new Subresource("eviction", "policy", "v1", "Eviction", CREATE),
            "token", new Subresource("token", "authentication.k8s.io", "v1", "TokenRequest", CREATE));

    private static final Map<String, List<String>> OTHER_VERBS =
            Map.of("log", List.of("get"), "finalize", List.of("update"));

    /** The kinds of what is sent to subresources that have objects of their own; two of them are in no table. */
    private static final class Rows {
        static final Map<String, Kind> ALL = Map.of(
                "scale",
                Kinds.SCALE,
                "binding",
                Kinds.BINDING,
                "eviction",
                below("policy", "Eviction", "evictions"),
                "token",
                below("authentication.k8s.io", "TokenRequest", "tokenrequests"));

        private static Kind below(String group, String kind, String resource) {
            return Kind.named(group, "v1", kind, resource).verbs("create").build();
        }
    }

    /** The kind of what is written to a subresource, if that is not the kind of its parent, such as Scale. */
    public static Optional<Kind> ownKind(String name) {
        return Optional.ofNullable(Rows.ALL.get(name));
    }

    /** Group and version of what is sent and answered, as objects say it. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** All subresources of a kind, by name. */
    public static List<Subresource> of(Kind kind) {
        return new TreeSet<>(kind.subresources())
                .stream().map(name -> of(kind, name)).toList();
    }

    /** Whether requests to it are passed on, whatever they and their answers hold. */
    public boolean passesOn() {
        return name.equals(PROXY);
    }

    private static Subresource of(Kind parent, String name) {
        if (name.equals(PROXY)) {
            return new Subresource(PROXY, parent.group(), parent.version(), parent.kind() + "ProxyOptions", ANYTHING);
        }
        Subresource other = OF_OTHER_KINDS.get(name);
        return other != null
                ? other
                : new Subresource(
                        name, parent.group(), parent.version(), parent.kind(), OTHER_VERBS.getOrDefault(name, CHANGE));
    }
}

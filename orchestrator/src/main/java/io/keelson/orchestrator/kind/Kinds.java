package io.keelson.orchestrator.kind;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The table of kinds: which exist, and how paths, objects and people name them. Immutable. */
public final class Kinds {

    /** Where other objects live. */
    public static final Kind NAMESPACE = new Kind(
            "", "v1", "Namespace", "namespaces", "namespace", List.of("ns"), List.of(), false, Set.of("status"));

    /** A machine that runs pods. */
    public static final Kind NODE =
            new Kind("", "v1", "Node", "nodes", "node", List.of("no"), List.of(), false, Set.of("status"));

    /** Containers that run together on one node. */
    public static final Kind POD =
            new Kind("", "v1", "Pod", "pods", "pod", List.of("po"), List.of("all"), true, Set.of("status", "log"));

    /** A stable name and address for a changing set of pods. */
    public static final Kind SERVICE = new Kind(
            "", "v1", "Service", "services", "service", List.of("svc"), List.of("all"), true, Set.of("status"));

    /** The addresses behind a service, in one object. */
    public static final Kind ENDPOINTS =
            new Kind("", "v1", "Endpoints", "endpoints", "endpoints", List.of("ep"), List.of(), true, Set.of());

    /** Text and bytes for pods. */
    public static final Kind CONFIG_MAP =
            new Kind("", "v1", "ConfigMap", "configmaps", "configmap", List.of("cm"), List.of(), true, Set.of());

    /** Bytes for pods that few may read. */
    public static final Kind SECRET =
            new Kind("", "v1", "Secret", "secrets", "secret", List.of(), List.of(), true, Set.of());

    /** Something that happened to an object. */
    public static final Kind EVENT =
            new Kind("", "v1", "Event", "events", "event", List.of("ev"), List.of(), true, Set.of());

    /** Who a pod is. */
    public static final Kind SERVICE_ACCOUNT = new Kind(
            "", "v1", "ServiceAccount", "serviceaccounts", "serviceaccount", List.of("sa"), List.of(), true, Set.of());

    /** Rolls replica sets forward and back. */
    public static final Kind DEPLOYMENT = new Kind(
            "apps",
            "v1",
            "Deployment",
            "deployments",
            "deployment",
            List.of("deploy"),
            List.of("all"),
            true,
            Set.of("status", "scale"));

    /** Keeps a number of equal pods. */
    public static final Kind REPLICA_SET = new Kind(
            "apps",
            "v1",
            "ReplicaSet",
            "replicasets",
            "replicaset",
            List.of("rs"),
            List.of("all"),
            true,
            Set.of("status", "scale"));

    /** The addresses behind a service, in pieces. */
    public static final Kind ENDPOINT_SLICE = new Kind(
            "discovery.k8s.io",
            "v1",
            "EndpointSlice",
            "endpointslices",
            "endpointslice",
            List.of(),
            List.of(),
            true,
            Set.of());

    /** A claim that its holder renews. */
    public static final Kind LEASE =
            new Kind("coordination.k8s.io", "v1", "Lease", "leases", "lease", List.of(), List.of(), true, Set.of());

    private static final Kinds BUILT_IN = new Kinds(List.of(
            NAMESPACE,
            NODE,
            POD,
            SERVICE,
            ENDPOINTS,
            CONFIG_MAP,
            SECRET,
            EVENT,
            SERVICE_ACCOUNT,
            DEPLOYMENT,
            REPLICA_SET,
            ENDPOINT_SLICE,
            LEASE));

    private final List<Kind> all;
    private final Map<String, Kind> byResource = new HashMap<>();
    private final Map<String, Kind> byApiVersion = new HashMap<>();
    private final Map<String, Kind> byName = new HashMap<>();

    /** A table of these kinds; where two share a short name the first has it. */
    public Kinds(List<Kind> all) {
        this.all = List.copyOf(all);
        for (Kind kind : all) {
            byResource.put(kind.group() + "/" + kind.resource(), kind);
            byApiVersion.put(kind.apiVersion() + "/" + kind.kind(), kind);
            name(kind.resource(), kind);
            name(kind.singular(), kind);
            name(kind.kind(), kind);
            kind.shortNames().forEach(shortName -> name(shortName, kind));
        }
    }

    private void name(String name, Kind kind) {
        String lower = name.toLowerCase(Locale.ROOT);
        byName.putIfAbsent(lower, kind);
        if (!kind.group().isEmpty()) {
            byName.putIfAbsent(lower + "." + kind.group(), kind);
            byName.putIfAbsent(lower + "." + kind.version() + "." + kind.group(), kind);
        }
    }

    /** The kinds that are part of Keelson. */
    public static Kinds builtIn() {
        return BUILT_IN;
    }

    /** Every kind, in the order in which discovery shows them. */
    public List<Kind> all() {
        return all;
    }

    /** The kind at a path such as {@code /apis/apps/v1/.../deployments}: group (empty for core) and plural name. */
    public Optional<Kind> byResource(String group, String resource) {
        return Optional.ofNullable(byResource.get(group + "/" + resource));
    }

    /** The kind that an object says it is of, such as {@code apps/v1} and {@code Deployment}; exact. */
    public Optional<Kind> byApiVersion(String apiVersion, String kind) {
        return Optional.ofNullable(byApiVersion.get(apiVersion + "/" + kind));
    }

    /** What a person may call a kind: plural, singular, short or kind, also with {@code .group}; any case. */
    public Optional<Kind> named(String what) {
        return Optional.ofNullable(byName.get(what.toLowerCase(Locale.ROOT)));
    }
}

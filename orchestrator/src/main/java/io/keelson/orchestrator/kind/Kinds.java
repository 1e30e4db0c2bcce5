package io.keelson.orchestrator.kind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The table of kinds: which exist, and how paths, objects and people name them. Immutable; where kinds come and go at run time
 * another table takes its place, so ask the API for the present one and keep none.
 */
public final class Kinds {

    /** Where other objects live. */
    public static final Kind NAMESPACE = CoreKinds.NAMESPACE;

    /** A machine that runs pods. */
    public static final Kind NODE = CoreKinds.NODE;

    /** Containers that run together on one node. */
    public static final Kind POD = CoreKinds.POD;

    /** A stable name and address for a changing set of pods. */
    public static final Kind SERVICE = CoreKinds.SERVICE;

    /** The addresses behind a service, in one object. */
    public static final Kind ENDPOINTS = CoreKinds.ENDPOINTS;

    /** Text and bytes for pods. */
    public static final Kind CONFIG_MAP = CoreKinds.CONFIG_MAP;

    /** Bytes for pods that few may read. */
    public static final Kind SECRET = CoreKinds.SECRET;

    /** Something that happened to an object. */
    public static final Kind EVENT = CoreKinds.EVENT;

    /** Who a pod is. */
    public static final Kind SERVICE_ACCOUNT = CoreKinds.SERVICE_ACCOUNT;

    /** Rolls replica sets forward and back. */
    public static final Kind DEPLOYMENT = WorkloadKinds.DEPLOYMENT;

    /** Keeps a number of equal pods. */
    public static final Kind REPLICA_SET = WorkloadKinds.REPLICA_SET;

    /** How many pods of a set may be away at once. */
    public static final Kind POD_DISRUPTION_BUDGET = WorkloadKinds.POD_DISRUPTION_BUDGET;

    /** The addresses behind a service, in pieces. */
    public static final Kind ENDPOINT_SLICE = NetworkKinds.ENDPOINT_SLICE;

    /** A claim that its holder renews. */
    public static final Kind LEASE = NetworkKinds.LEASE;

    /** What may be done in a namespace. */
    public static final Kind ROLE = AccessKinds.ROLE;

    /** Who has a role, in a namespace. */
    public static final Kind ROLE_BINDING = AccessKinds.ROLE_BINDING;

    /** What may be done everywhere. */
    public static final Kind CLUSTER_ROLE = AccessKinds.CLUSTER_ROLE;

    /** Who has a role, everywhere. */
    public static final Kind CLUSTER_ROLE_BINDING = AccessKinds.CLUSTER_ROLE_BINDING;

    /** A wish for a certificate. */
    public static final Kind CERTIFICATE_SIGNING_REQUEST = AccessKinds.CERTIFICATE_SIGNING_REQUEST;

    /** Where a pod goes, said by a scheduler. */
    public static final Kind BINDING = CoreKinds.BINDING;

    /** How many replicas something has; no kind of its own, but the form of a subresource of many. */
    public static final Kind SCALE = WorkloadKinds.SCALE;

    /** A kind that is defined at run time. */
    public static final Kind CUSTOM_RESOURCE_DEFINITION = ExtensionKinds.CUSTOM_RESOURCE_DEFINITION;

    private static final Kinds BUILT_IN = new Kinds(rows());

    private final List<Kind> all;
    private final Map<String, Kind> byResource = new HashMap<>();
    private final Map<String, Kind> byApiVersion = new HashMap<>();
    private final Map<String, Kind> byKeyPrefix = new HashMap<>();
    private final Map<String, Kind> byName = new HashMap<>();

    /** A table of these kinds; where two share a short name, or a resource in one group, the first has it. */
    public Kinds(List<Kind> all) {
        this.all = List.copyOf(all);
        for (Kind kind : all) {
            byResource.put(kind.apiVersion() + "/" + kind.resource(), kind);
            byApiVersion.put(kind.apiVersion() + "/" + kind.kind(), kind);
            byKeyPrefix.putIfAbsent(kind.keyPrefix(), kind.stored());
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

    /** Groups in the order in which Kubernetes prefers them, of each the preferred version first. */
    private static List<Kind> rows() {
        List<Kind> rows = new ArrayList<>(CoreKinds.ROWS);
        rows.addAll(WorkloadKinds.APPS);
        rows.add(NetworkKinds.EVENT);
        rows.addAll(AccessKinds.AUTHENTICATION);
        rows.addAll(AccessKinds.AUTHORIZATION);
        rows.addAll(WorkloadKinds.AUTOSCALING);
        rows.addAll(WorkloadKinds.BATCH);
        rows.add(AccessKinds.CERTIFICATE_SIGNING_REQUEST);
        rows.addAll(NetworkKinds.NETWORKING);
        rows.add(WorkloadKinds.POD_DISRUPTION_BUDGET);
        rows.addAll(AccessKinds.RBAC);
        rows.addAll(StorageKinds.ROWS);
        rows.addAll(ExtensionKinds.ADMISSION);
        rows.add(ExtensionKinds.CUSTOM_RESOURCE_DEFINITION);
        rows.add(WorkloadKinds.PRIORITY_CLASS);
        rows.add(NetworkKinds.LEASE);
        rows.add(WorkloadKinds.RUNTIME_CLASS);
        rows.add(NetworkKinds.ENDPOINT_SLICE);
        rows.addAll(ExtensionKinds.FLOW_CONTROL);
        return rows;
    }

    /** The kinds that are part of Keelson. */
    public static Kinds builtIn() {
        return BUILT_IN;
    }

    /** This table with more rows after its own. */
    public Kinds with(List<Kind> more) {
        List<Kind> rows = new ArrayList<>(all);
        rows.addAll(more);
        return new Kinds(rows);
    }

    /** Every kind, in the order in which discovery shows them. */
    public List<Kind> all() {
        return all;
    }

    /**
     * The kind at a path such as {@code /apis/apps/v1/.../deployments}.
     *
     * @param group empty for core
     * @param resource plural name
     */
    public Optional<Kind> byResource(String group, String version, String resource) {
        return Optional.ofNullable(byResource.get((group.isEmpty() ? "" : group + "/") + version + "/" + resource));
    }

    /** The kind that an object says it is of, such as {@code apps/v1} and {@code Deployment}; exact. */
    public Optional<Kind> byApiVersion(String apiVersion, String kind) {
        return Optional.ofNullable(byApiVersion.get(apiVersion + "/" + kind));
    }

    /** The kind, in the version that is stored, of objects whose keys begin so; see {@link Kind#keyPrefix()}. */
    public Optional<Kind> byKeyPrefix(String prefix) {
        return Optional.ofNullable(byKeyPrefix.get(prefix));
    }

    /** What a person may call a kind: plural, singular, short or kind, also with {@code .group}; any case. */
    public Optional<Kind> named(String what) {
        return Optional.ofNullable(byName.get(what.toLowerCase(Locale.ROOT)));
    }
}

package io.keelson.orchestrator.admit;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which admission plugins have a say, under Kubernetes' names: all that are built and on by default, but those that an operator has switched
 * off, and those that it has switched on.
 *
 * @param off switched off
 * @param added switched on, of those that are off by default
 */
public record Plugins(Set<String> off, Set<String> added) {

    /** Those that are called by others than {@link BuiltIns}. */
    public static final String QUOTA = "ResourceQuota";

    /** Webhooks that change objects. */
    public static final String MUTATING_WEBHOOKS = "MutatingAdmissionWebhook";

    /** Webhooks that judge. */
    public static final String VALIDATING_WEBHOOKS = "ValidatingAdmissionWebhook";

    /** Policies that judge. */
    public static final String POLICIES = "ValidatingAdmissionPolicy";

    /** Policies that change objects. */
    public static final String MUTATING_POLICIES = "MutatingAdmissionPolicy";

    /** Who says whose an object is must be able to delete it; off by default. */
    public static final String OWNERS = "OwnerReferencesPermissionEnforcement";

    /** What is on by default, and nothing else. */
    public static final Plugins ALL = new Plugins(Set.of(), Set.of());

    private static final Set<String> OFF_BY_DEFAULT = Set.of(OWNERS);

    /** Rules that are part of others' work here, and so always hold. */
    private static final Set<String> ALWAYS =
            Set.of("DefaultTolerationSeconds", "CertificateApproval", "CertificateSigning", "NamespaceLifecycle");

    private static final Set<String> NOT_BUILT = Set.of(
            "AlwaysAdmit",
            "AlwaysDeny",
            "AlwaysPullImages",
            "ClusterTrustBundleAttest",
            "DenyServiceExternalIPs",
            "EventRateLimit",
            "ExtendedResourceToleration",
            "ImagePolicyWebhook",
            "LimitPodHardAntiAffinityTopology",
            "NamespaceAutoProvision",
            "NamespaceExists",
            "PodNodeSelector",
            "PodTolerationRestriction",
            "PodTopologyLabels");

    /** Keeps its own copy. */
    public Plugins {
        off = Set.copyOf(off);
        added = Set.copyOf(added);
    }

    private static Set<String> built() {
        return Stream.concat(
                        BuiltIns.names().stream(),
                        Stream.of(QUOTA, MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS, POLICIES, MUTATING_POLICIES, OWNERS))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * What {@code --enable-admission-plugins} and {@code --disable-admission-plugins} say.
     *
     * @throws IllegalArgumentException naming the flag and the plugin, if there is no such plugin, it is not built and so cannot be
     *     enabled, it cannot be switched off, or it is in both
     */
    public static Plugins of(List<String> enable, List<String> disable) {
        enable.forEach(name -> {
            known("enable-admission-plugins", name);
            if (NOT_BUILT.contains(name)) {
                throw new IllegalArgumentException("--enable-admission-plugins: plugin \"" + name + "\" is not built");
            }
            if (disable.contains(name)) {
                throw new IllegalArgumentException(
                        "[" + name + "] in enable-admission-plugins and disable-admission-plugins overlapped");
            }
        });
        disable.forEach(name -> {
            known("disable-admission-plugins", name);
            if (ALWAYS.contains(name)) {
                throw new IllegalArgumentException(
                        "--disable-admission-plugins: plugin \"" + name + "\" cannot be switched off here");
            }
        });
        return new Plugins(
                Set.copyOf(disable),
                enable.stream().filter(OFF_BY_DEFAULT::contains).collect(Collectors.toSet()));
    }

    private static void known(String flag, String name) {
        if (!built().contains(name) && !ALWAYS.contains(name) && !NOT_BUILT.contains(name)) {
            throw new IllegalArgumentException(flag + " plugin \"" + name + "\" is unknown");
        }
    }

    /** Whether a plugin has a say. */
    public boolean on(String name) {
        return OFF_BY_DEFAULT.contains(name) ? added.contains(name) : !off.contains(name);
    }
}

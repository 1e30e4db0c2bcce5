package io.keelson.agent.runtime;

import java.util.List;
import java.util.OptionalLong;

/**
 * The security context of a container (or sandbox), pod and container level already merged.
 *
 * @param runAsUser numeric; empty: the image's user
 * @param runAsNonRoot refuse to start as uid 0
 * @param seccompUnconfined true for profile Unconfined; false: the runtime's default profile
 */
public record Security(
        boolean privileged,
        OptionalLong runAsUser,
        OptionalLong runAsGroup,
        boolean runAsNonRoot,
        List<Long> supplementalGroups,
        boolean readOnlyRootFilesystem,
        boolean noNewPrivileges,
        List<String> addCapabilities,
        List<String> dropCapabilities,
        boolean seccompUnconfined) {
    public static final Security DEFAULT = new Security(
            false,
            OptionalLong.empty(),
            OptionalLong.empty(),
            false,
            List.of(),
            false,
            false,
            List.of(),
            List.of(),
            true);

    public Security {
        supplementalGroups = List.copyOf(supplementalGroups);
        addCapabilities = List.copyOf(addCapabilities);
        dropCapabilities = List.copyOf(dropCapabilities);
    }
}

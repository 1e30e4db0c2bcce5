package io.keelson.agent.runtime;

import java.util.List;

/**
 * What a runtime is and what it cannot do.
 *
 * @param name the scheme of container ids, {@code containerd} or {@code process}
 * @param version the runtime's version, for the node's {@code containerRuntimeVersion}
 * @param limits sentences naming what this runtime does not do; empty for a full one. Shown to the user.
 */
public record RuntimeInfo(String name, String version, List<String> limits) {
    public RuntimeInfo {
        limits = List.copyOf(limits);
    }
}

package io.keelson.agent.runtime;

/** The runtime's own name for a sandbox; opaque. */
public record SandboxId(String value) {
    public SandboxId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("sandbox id: empty");
        }
    }
}

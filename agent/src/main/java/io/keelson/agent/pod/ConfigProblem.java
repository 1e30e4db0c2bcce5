package io.keelson.agent.pod;

/** A container cannot be configured as its spec says, e.g. a ConfigMap is missing. The message names the thing; status reason CreateContainerConfigError. */
public final class ConfigProblem extends Exception {
    private static final long serialVersionUID = 1L;

    public ConfigProblem(String message) {
        super(message);
    }
}

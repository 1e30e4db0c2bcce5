package io.keelson.agent.volume;

/** A volume cannot be made; the message names volume, kind and reason. Goes into a FailedMount event. */
public final class VolumeProblem extends Exception {
    private static final long serialVersionUID = 1L;

    public VolumeProblem(String message) {
        super(message);
    }
}

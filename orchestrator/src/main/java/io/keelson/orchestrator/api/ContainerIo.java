package io.keelson.orchestrator.api;

/**
 * Which streams of a program in a container are wanted.
 *
 * @param terminal with a terminal; then there is no stderr of its own
 */
public record ContainerIo(boolean stdin, boolean stdout, boolean stderr, boolean terminal) {

    /** Checks what Kubernetes checks, and drops the stderr that a terminal has not. */
    public ContainerIo {
        stderr = stderr && !terminal;
        if (!stdin && !stdout && !stderr) {
            throw ApiException.badRequest("you must specify at least 1 of stdin, stdout, stderr");
        }
    }
}

package io.keelson.agent.runtime;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A container as the runtime sees it.
 *
 * @param startedAt empty while only created
 * @param finishedAt there once it has exited
 * @param exitCode 128 + signal number if a signal ended it; 0 while it runs
 * @param reason the runtime's word for why it ended ({@code Completed}, {@code Error}, {@code OOMKilled}, {@code StartError}); may be empty
 * @param message the runtime's sentence on it; may be empty
 * @param image the image's name as in {@link Image#name}
 * @param pid in the node's view; 0 if it does not run or is unknown
 */
public record ObservedContainer(
        ContainerId id,
        SandboxId sandbox,
        PodId pod,
        String name,
        int attempt,
        State state,
        Instant createdAt,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        int exitCode,
        String reason,
        String message,
        String image,
        String imageId,
        long pid,
        Map<String, String> labels,
        Map<String, String> annotations) {
    /** UNKNOWN: the runtime has lost track of it; it counts as ended with exit code 255. */
    public enum State {
        CREATED,
        RUNNING,
        EXITED,
        UNKNOWN
    }

    public ObservedContainer {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /** The same with another message. */
    public ObservedContainer withMessage(String other) {
        return new ObservedContainer(
                id,
                sandbox,
                pod,
                name,
                attempt,
                state,
                createdAt,
                startedAt,
                finishedAt,
                exitCode,
                reason,
                other,
                image,
                imageId,
                pid,
                labels,
                annotations);
    }
}

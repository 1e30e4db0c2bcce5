package io.keelson.orchestrator.api;

import java.util.Optional;

/**
 * Which part of a container's log.
 *
 * @param container its name; empty if the pod has one container, or names one in its annotation
 * @param follow go on until the container ends
 * @param previous of the container before the last restart
 * @param timestamps begin each line with its time
 * @param tailLines so many lines before the end
 * @param sinceSeconds not older than this
 * @param sinceTime not before this, RFC 3339; empty for the beginning
 * @param limitBytes at most so many bytes
 */
public record LogQuery(
        String container,
        boolean follow,
        boolean previous,
        boolean timestamps,
        Optional<Long> tailLines,
        Optional<Long> sinceSeconds,
        String sinceTime,
        Optional<Long> limitBytes) {

    /** The same of a named container. */
    public LogQuery of(String name) {
        return new LogQuery(name, follow, previous, timestamps, tailLines, sinceSeconds, sinceTime, limitBytes);
    }
}

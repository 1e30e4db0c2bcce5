package io.keelson.agent.stream;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which part of which log.
 *
 * @param uid of the pod; empty: the newest pod of that name
 * @param follow go on until the container ends
 * @param previous the container before the last restart
 * @param timestamps begin each line with its time
 * @param tailLines only the last lines
 * @param since nothing older
 * @param limitBytes no more than this
 */
public record LogQuery(
        String namespace,
        String pod,
        String uid,
        String container,
        boolean follow,
        boolean previous,
        boolean timestamps,
        OptionalLong tailLines,
        Optional<Instant> since,
        OptionalLong limitBytes) {}

package io.keelson.orchestrator.limits;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How much a server lets clients send.
 *
 * @param patience for so long a client may take to send the body of a request, which has a seat meanwhile
 * @param bytes of all larger bodies that are read or worked on at the same time; empty for a part of the memory that there is
 */
public record BodyLimits(Duration patience, OptionalLong bytes) {

    /** The time if the operator says nothing: 3 MiB come in it over a line of one megabit a second. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(30);

    /** What a server allows if its operator says nothing. */
    public static final BodyLimits DEFAULT = new BodyLimits(DEFAULT_PATIENCE, OptionalLong.empty());

    /** Nobody can send anything in no time. */
    public BodyLimits {
        if (!patience.isPositive()) {
            throw new IllegalArgumentException(
                    "--request-body-timeout must be at least 1, but is " + patience.toSeconds());
        }
    }
}

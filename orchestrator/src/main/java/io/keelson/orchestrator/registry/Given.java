package io.keelson.orchestrator.registry;

import java.time.Instant;

/**
 * What a decision needs of the world, as data.
 *
 * @param now the time of the write
 * @param uid for the object, should it be new
 * @param nameSuffix for {@code generateName}: five characters of {@link #SUFFIX_CHARACTERS}
 */
public record Given(Instant now, String uid, String nameSuffix) {

    /** No vowels and nothing that looks like another, so that no words come out. */
    public static final String SUFFIX_CHARACTERS = "bcdfghjklmnpqrstvwxz2456789";

    /** How long a suffix is. */
    public static final int SUFFIX_LENGTH = 5;
}

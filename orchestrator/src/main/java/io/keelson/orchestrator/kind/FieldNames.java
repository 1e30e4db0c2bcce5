package io.keelson.orchestrator.kind;

import org.jspecify.annotations.Nullable;

/**
 * Names of fields that were read lately: objects of a kind have the same ones, and what is kept of many of them should hold each once. Bounded; a
 * name that finds its place taken takes it. Thread safe: a thread that sees another's name late, or not at all, has one more of it.
 */
final class FieldNames {

    /** Of the built-in kinds there are some 1,500. A power of two. */
    private static final int PLACES = 8_192;

    /** Longer ones are of one object, such as the keys of items among who owns what. */
    private static final int MAX_LENGTH = 64;

    private final @Nullable String[] names = new String[PLACES];

    /** A name that is equal, and is what others hold as well if there is such a one. */
    String shared(String name) {
        if (name.length() > MAX_LENGTH) {
            return name;
        }
        int hash = name.hashCode();
        int place = (hash ^ (hash >>> 16)) & (PLACES - 1);
        String known = names[place];
        if (known != null && known.equals(name)) {
            return known;
        }
        names[place] = name;
        return name;
    }
}

package io.keelson.store.fault;

import java.util.Arrays;

/** What system properties switch on, for tests. */
final class Switches {

    private Switches() {}

    /**
     * The value of a name.
     *
     * @param what it is, in a word for the message
     * @throws IllegalArgumentException if there is none; the message names the property and all that there are
     */
    static <E extends Enum<E>> E named(E[] all, String property, String what, String name) {
        return Arrays.stream(all)
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        property + ": there is no " + what + " " + name + " among " + Arrays.toString(all)));
    }
}

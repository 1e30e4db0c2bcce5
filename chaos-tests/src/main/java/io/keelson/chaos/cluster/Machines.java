package io.keelson.chaos.cluster;

import java.nio.file.Path;
import java.util.List;

/**
 * Where members run: one machine a member, each with a network of its own and an address that outlives its process. The harness has the
 * address {@link #HARNESS} in the same network.
 */
public interface Machines extends AutoCloseable {

    /** The first three parts of every address. */
    String NETWORK = "10.77.0";

    /** The harness's own address. */
    String HARNESS = NETWORK + ".1";

    /** The address of a member's machine. */
    static String address(int member) {
        return NETWORK + "." + (11 + member);
    }

    /** What they are, in a word. */
    String kind();

    /**
     * Starts a program on a machine where none runs; its output goes to {@code log} in the machine's directory.
     *
     * @param command the program and its arguments
     */
    void start(int member, List<String> command);

    /** Sends a signal to a machine's program, e.g. {@code KILL}; does nothing if none runs. */
    void signal(int member, String signal);

    /** Whether a machine's program runs. */
    boolean isRunning(int member);

    /** Replaces the packet rules of a machine's network, in nft's language; they are gone when its program ends. */
    void rules(int member, String rules);

    /** A machine's directory, which outlives its program and has the same path inside and outside. */
    Path directory(int member);

    /** Ends all programs and removes all machines; directories stay. */
    @Override
    void close();
}

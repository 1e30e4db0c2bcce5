package io.keelson.agent.runtime;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * The streams of a program in a container, and its end. Reading and writing wait; do it from platform threads. {@link #close} may be called
 * from any thread.
 */
public interface ContainerStreams extends AutoCloseable {

    /**
     * Which streams are wanted.
     *
     * @param terminal the program gets a terminal; then all that it writes is stdout
     */
    record Wanted(boolean stdin, boolean stdout, boolean stderr, boolean terminal) {}

    /** What the program reads; closing it says that there is no more. Goes nowhere if stdin was not wanted. */
    OutputStream stdin();

    /** What the program writes. */
    InputStream stdout();

    /** What the program writes as errors; nothing with a terminal. */
    InputStream stderr();

    /** The size of the user's terminal. Does nothing without a terminal. */
    void resize(int columns, int rows);

    /**
     * Waits for the end, after all output has been read.
     *
     * @return the exit code of a command; 0 when what was attached to has ended
     * @throws RuntimeFault.ExecFailed if the command could not be run
     */
    int exitCode() throws InterruptedException;

    /** Lets go: ends a command that still runs; detaches from a container, which goes on. */
    @Override
    void close();
}

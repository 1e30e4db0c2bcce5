package io.keelson.orchestrator.api;

import java.time.Duration;

/**
 * A command in a container, a container's own program, or a connection to a port, on its way to a node. One thread reads by {@link #next};
 * others may write. {@link #close()} tells the node that nobody is there any more.
 */
public interface NodeStream extends AutoCloseable {

    /** What comes back. Pieces are passed on and not compared, so arrays do no harm in them. */
    @SuppressWarnings("ArrayRecordComponent")
    sealed interface Piece {

        /** Bytes of stdout or of the connection. */
        record Output(byte[] bytes) implements Piece {}

        /** Bytes of stderr. */
        record Errors(byte[] bytes) implements Piece {}

        /** Nothing for a while. */
        record Silence() implements Piece {}

        /** The end; a command's exit code, 0 for what has none. */
        record End(int exitCode) implements Piece {}
    }

    /**
     * The next piece; {@link Piece.Silence} if {@code patience} has passed without one. After the end it is not to be called again.
     *
     * @throws ApiException if the command cannot be run, or the connection to the node is lost
     */
    Piece next(Duration patience) throws InterruptedException;

    /** Gives bytes to be read there; waits while the reader is slow. Bytes that nobody will read any more are dropped. */
    void write(byte[] bytes, int offset, int length) throws InterruptedException;

    /** Says that there is no more to be read. */
    void endInput();

    /** The size of the user's terminal, in characters. */
    void resize(int columns, int rows);

    @Override
    void close();
}

package io.keelson.cli.quick;

import java.io.IOException;

/** A connection to a server whose certificate was accepted, and which the client's certificate was shown to. Not for several threads. */
interface Tls extends AutoCloseable {

    /** Sends all bytes up to a length. */
    void write(byte[] bytes, int length) throws IOException;

    /**
     * Waits for bytes, and puts what is there into an array from an index on.
     *
     * @return how many, at least one
     * @throws IOException when the connection ends or fails
     */
    int read(byte[] into, int from) throws IOException;

    @Override
    void close();

    /** Decides about the certificates that a server shows, its own first, each as DER. */
    interface Judge {
        boolean accepts(byte[][] chain);
    }
}

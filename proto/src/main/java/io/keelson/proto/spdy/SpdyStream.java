package io.keelson.proto.spdy;

import java.io.IOException;
import java.util.Map;

/** One stream of a {@link SpdyConnection}. Both sides may write until they say that there is no more. */
public final class SpdyStream {

    private final SpdyConnection connection;
    private final int id;
    private final Map<String, String> headers;
    private boolean weEnded;
    private boolean theyEnded;
    private boolean reset;

    SpdyStream(SpdyConnection connection, int id, Map<String, String> headers) {
        this.connection = connection;
        this.id = id;
        this.headers = Map.copyOf(headers);
    }

    int id() {
        return id;
    }

    /** A header that it was opened with; empty if there is none. Names are in lower case. */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** Sends bytes; may wait until the connection takes them. After the end nothing is sent. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (!weHaveEnded()) {
            connection.send(this, bytes, offset, length);
        }
    }

    /** Says that no more will be written. */
    public void end() throws IOException {
        if (endOurs()) {
            connection.sendEnd(this);
        }
    }

    private synchronized boolean weHaveEnded() {
        return weEnded;
    }

    private synchronized boolean endOurs() {
        boolean first = !weEnded;
        weEnded = true;
        return first;
    }

    /** Whether that was news. */
    synchronized boolean endTheirs() {
        boolean first = !theyEnded;
        theyEnded = true;
        return first;
    }

    /** Both sides are done with it, at once. */
    synchronized void reset() {
        weEnded = true;
        reset = true;
    }

    /** Whether the peer has given it up: then it does not want what we write either. */
    public synchronized boolean wasReset() {
        return reset;
    }

    synchronized boolean over() {
        return weEnded && theyEnded;
    }
}

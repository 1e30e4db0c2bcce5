package io.keelson.orchestrator.http;

/** Where the events of one watch go: each a JSON object with an end of line, or a protobuf message after its length. Used by one thread. */
interface EventSink {

    /** Events that have come together go out together, in pieces of about this. */
    int PIECE_BYTES = 64 * 1024;

    /**
     * Writes an event.
     *
     * @param more whether others follow at once, so that this one may wait for them until {@link #flush}
     */
    void write(byte[] event, boolean more) throws Exchange.GoneException;

    /** Sends what waits. */
    void flush() throws Exchange.GoneException;

    /** Sends what shows that the watch has begun, and from then on what tells nothing; that this fails is how it is noticed that a client has gone. */
    void nothing() throws Exchange.GoneException;

    /** The end. Not called when something failed: then the client must see that the watch breaks off. */
    void end() throws InterruptedException, Exchange.GoneException;
}

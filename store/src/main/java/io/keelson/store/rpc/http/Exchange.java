package io.keelson.store.rpc.http;

/**
 * One request and the place for its answer: either one {@link #answer}, or {@link #begin}, any number of {@link #chunk}s, and {@link
 * #end}. From any thread; what comes too late, because the client has gone, is dropped.
 */
public interface Exchange {

    /** What is asked. */
    Request request();

    /** Answers all at once. */
    void answer(Page page);

    /** Begins an answer that comes in pieces. */
    void begin(int status, String type);

    /**
     * Sends a piece.
     *
     * @param room called once, when the client takes more: who waits for it holds one piece at a time, however slow the client
     */
    void chunk(byte[] bytes, Runnable room);

    /** The last piece was sent. */
    void end();

    /** Calls {@code gone} if the client goes away before the end; at once if it has. */
    void whenGone(Runnable gone);
}

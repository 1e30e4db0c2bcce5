package io.keelson.agent.proxy;

/** Makes the node's traffic follow a {@link ServiceTable}. Called by one thread; blocking. */
public interface ServiceRouter extends AutoCloseable {
    /**
     * From now on this is what holds. Idempotent; a router that started anew takes over what it finds. Throws
     * {@link IllegalStateException} with the tool's own message when the rules are refused: the loop tells it in an event and tries again.
     */
    void apply(ServiceTable table);

    /** Lets go; what was set up goes on where that is possible (packet rules stay, user-space listeners close). */
    @Override
    void close();
}

package io.keelson.orchestrator.http.frames;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A protocol as Helidon serves it, on connections that are read and written in another way.
 *
 * @param helidons tells the protocol, and serves it
 * @param way makes of a connection the one that is served
 */
record ThroughFrames(ServerConnectionSelector helidons, UnaryOperator<ConnectionContext> way)
        implements ServerConnectionSelector {

    @Override
    public int bytesToIdentifyConnection() {
        return helidons.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData beginning) {
        return helidons.supports(beginning);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return helidons.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext connection) {
        return helidons.connection(way.apply(connection));
    }
}

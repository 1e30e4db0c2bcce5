package io.keelson.orchestrator.http.frames;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;

/** HTTP/1.1, where nobody can send a piece that is larger than the memory. */
public final class Http1 implements ServerConnectionSelector {

    private final ServerConnectionSelector helidons;

    private Http1(ServerConnectionSelector helidons) {
        this.helidons = helidons;
    }

    /** The same with that bound. */
    public static ServerConnectionSelector selector(ServerConnectionSelector helidons) {
        return new Http1(helidons);
    }

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
        return helidons.connection(FramedConnection.inPieces(connection));
    }
}

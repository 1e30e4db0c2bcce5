package io.keelson.orchestrator.http.frames;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/** A connection as it is, but for what is read and written. */
record FramedConnection(ConnectionContext wire, DataReader dataReader, DataWriter dataWriter)
        implements ConnectionContext {

    static FramedConnection of(ConnectionContext wire) {
        OpenStreams streams = new OpenStreams();
        return new FramedConnection(
                wire, new FramesIn(wire.dataReader(), streams), new FramesOut(wire.dataWriter(), streams));
    }

    /** The same for HTTP/1.1. */
    static FramedConnection inPieces(ConnectionContext wire) {
        return new FramedConnection(wire, new PiecesIn(wire.dataReader()), wire.dataWriter());
    }

    @Override
    public ListenerContext listenerContext() {
        return wire.listenerContext();
    }

    @Override
    public ExecutorService executor() {
        return wire.executor();
    }

    @Override
    public Router router() {
        return wire.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
        return wire.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
        return wire.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
        return wire.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return wire.localPeer();
    }

    @Override
    public boolean isSecure() {
        return wire.isSecure();
    }

    @Override
    public String socketId() {
        return wire.socketId();
    }

    @Override
    public String childSocketId() {
        return wire.childSocketId();
    }
}

package io.keelson.orchestrator.http.frames;

import io.helidon.webserver.spi.ServerConnectionSelector;

/** HTTP/1.1, where nobody can send a piece that is larger than the memory. */
public final class Http1 {

    private Http1() {}

    /** The same with that bound. */
    public static ServerConnectionSelector selector(ServerConnectionSelector helidons) {
        return new ThroughFrames(helidons, FramedConnection::inPieces);
    }
}

package io.keelson.orchestrator.http.frames;

import io.helidon.webserver.CloseConnectionException;

/** A client has announced a piece, or begun a line, that is larger than any may be: nothing that it says after that can be read. */
public final class LargePieceException extends CloseConnectionException {

    LargePieceException(String message) {
        super(message);
    }
}

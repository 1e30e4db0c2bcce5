package io.keelson.orchestrator.http.frames;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;

/**
 * What the client sends over HTTP/1.1. Helidon has a piece of a body (RFC 9112, 7.1) whole in memory before the first of it is read, and the
 * line with its length, too, also when it only passes over the body of a request that was refused; so both have bounds here.
 */
final class PiecesIn extends DataReader {

    /** A megabyte; clients send some ten kilobytes at a time. */
    static final int MAX_PIECE_BYTES = 1024 * 1024;

    private static final int MAX_LINE_BYTES = 64 * 1024;

    @SuppressWarnings("removal") // Helidon has no other way to read differently.
    PiecesIn(DataReader wire) {
        super(() -> {
            wire.ensureAvailable();
            return wire.readBytes(wire.available());
        });
    }

    @Override
    public BufferData readBuffer(int length) {
        if (length > MAX_PIECE_BYTES && length > available()) {
            throw new LargePieceException("a piece of a body has " + length + " bytes, more than " + MAX_PIECE_BYTES);
        }
        return super.readBuffer(length);
    }

    @Override
    public String readLine() {
        if (findNewLine(MAX_LINE_BYTES) == MAX_LINE_BYTES) {
            throw new LargePieceException("a line has more than " + MAX_LINE_BYTES + " bytes");
        }
        return super.readLine();
    }
}

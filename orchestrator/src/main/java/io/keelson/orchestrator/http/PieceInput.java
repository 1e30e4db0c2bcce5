package io.keelson.orchestrator.http;

import java.io.IOException;
import java.io.InputStream;

/** A stream of what comes in pieces: a single byte is a piece of one. Who extends it reads at least one byte, or tells the end. */
abstract class PieceInput extends InputStream {

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public abstract int read(byte[] into, int offset, int length) throws IOException;
}

package io.keelson.agent.io;

import java.io.IOException;
import java.io.InputStream;

/** A stream of what comes in pieces. */
public final class PieceInput extends InputStream {
    private final Source source;

    /** Where the pieces come from; the same contract as {@link InputStream#read(byte[], int, int)}. */
    public interface Source {
        int read(byte[] into, int offset, int length) throws IOException;
    }

    public PieceInput(Source source) {
        this.source = source;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return source.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return source.read(into, offset, length);
    }
}

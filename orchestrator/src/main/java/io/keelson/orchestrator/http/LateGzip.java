package io.keelson.orchestrator.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Bytes that are compressed once they are many; then it pays. The true output is opened when that is known, or at the end. */
final class LateGzip extends OutputStream {

    /** Opens the true output. */
    @FunctionalInterface
    interface Opening {
        OutputStream open(boolean compressed) throws IOException;
    }

    private final int many;
    private final Opening opening;
    private final ByteArrayOutputStream few = new ByteArrayOutputStream();
    private @Nullable OutputStream out;

    /** @param many from so many bytes on they are compressed */
    LateGzip(int many, Opening opening) {
        this.many = many;
        this.opening = opening;
    }

    /** Compresses as Kubernetes' server does: at the quickest level. */
    static GZIPOutputStream quick(OutputStream out) throws IOException {
        return new GZIPOutputStream(out, 8_192) {
            {
                def.setLevel(Deflater.BEST_SPEED);
            }
        };
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (out == null && few.size() + length < many) {
            few.write(bytes, from, length);
            return;
        }
        if (out == null) {
            out = quick(opening.open(true));
            few.writeTo(out);
            few.reset();
        }
        out.write(bytes, from, length);
    }

    /** What is held back stays so: whether it becomes much is not known yet. */
    @Override
    public void flush() throws IOException {
        if (out != null) {
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        if (out == null) {
            out = opening.open(false);
            few.writeTo(out);
        }
        out.close();
    }
}

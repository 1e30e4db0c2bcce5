package io.keelson.store.wire;

import java.io.IOException;
import java.io.OutputStream;

/** What a frame carries; written where it is needed, and not copied together before. */
public interface Payload {

    /** How many bytes {@link #writeTo} writes. */
    int size();

    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;

    /** Some bytes, which do not change. */
    static Payload of(byte[] bytes) {
        return new Payload() {
            @Override
            public int size() {
                return bytes.length;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                out.write(bytes);
            }
        };
    }
}

package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * A hash over the whole history: each revision's hash is made of the one before it and of what the revision changed. Two
 * members whose hashes at one revision are equal have applied the same changes in all revisions up to it.
 *
 * <pre>
 *   h(base) = mix(base)                       base: the revision from which on it is kept; 1 for a store that began empty
 *   h(r)    = mix(h(r - 1) xor mix(c(r) + r))
 *   c(r)    = CRC-32C(b) * 2^32 + CRC-32(b)   b: for each change of r, in order:
 *                                                a put     0, length (4 bytes, big-endian), KeyValue (protobuf)
 *                                                a delete  1, length, key
 *   mix(x)  : the finalizer of SplitMix64
 * </pre>
 *
 * <p>A client that watches everything can keep it as well: an event has all that goes into it. It finds what went wrong, not who
 * meant harm: the parts are checksums. Used by one thread.
 */
public final class RunningHash {

    private static final byte PUT = 0;
    private static final byte DELETE = 1;

    private final CRC32C high = new CRC32C();
    private final CRC32 low = new CRC32();
    private final ByteBuffer frame = ByteBuffer.allocate(1 + Integer.BYTES);
    private long hash;

    private RunningHash(long hash) {
        this.hash = hash;
    }

    /** The hash at the revision from which on it is kept. */
    public static long base(long revision) {
        return mix(revision);
    }

    /** Goes on from the hash of some revision. */
    public static RunningHash after(long hash) {
        return new RunningHash(hash);
    }

    /** The next revision puts a key; {@code keyValue} is the serialized {@code KeyValue}. */
    public void put(byte[] keyValue) {
        add(PUT, keyValue);
    }

    /** The next revision deletes a key. */
    public void delete(ByteString key) {
        add(DELETE, key.toByteArray());
    }

    private void add(byte kind, byte[] bytes) {
        frame.clear().put(kind).putInt(bytes.length);
        high.update(frame.array());
        high.update(bytes);
        low.update(frame.array());
        low.update(bytes);
    }

    /** The revision has no more changes: its hash. */
    public long end(long revision) {
        long content = (high.getValue() << Integer.SIZE) | low.getValue();
        high.reset();
        low.reset();
        hash = mix(hash ^ mix(content + revision));
        return hash;
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}

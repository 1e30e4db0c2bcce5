package io.keelson.store.bbolt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A page with its overflow, read into memory. Every access is checked against the page's end.
 *
 * <pre>
 *   header   id 8, kind 2, count 2, overflow 4
 *   branch   count times: position 4, key size 4, page 8                    positions count from the element's own begin
 *   leaf     count times: flags 4, position 4, key size 4, value size 4
 *   then the keys and values
 * </pre>
 */
final class Page {

    static final int HEADER_BYTES = 16;
    static final int ELEMENT_BYTES = 16;

    static final int BRANCH = 0x01;
    static final int LEAF = 0x02;
    static final int META = 0x04;
    static final int FREELIST = 0x10;

    /** Flag of a leaf element whose value is a bucket. */
    static final int BUCKET = 0x01;

    /** Bytes of a bucket's value: root page (0 for an inline bucket, whose page follows) and sequence. */
    static final int BUCKET_BYTES = 16;

    /** As in bbolt. */
    static final int MAX_KEY_BYTES = 32_768;

    private final String where;
    private final ByteBuffer bytes;

    /**
     * @param where the place, for messages
     * @param bytes the whole page, at least its header
     */
    Page(String where, byte[] bytes) throws DamagedFileException {
        this.where = where;
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (kind() != BRANCH && kind() != LEAF) {
            throw damaged("is neither branch nor leaf (kind " + kind() + ")");
        }
        if (HEADER_BYTES + (long) count() * ELEMENT_BYTES > bytes.length) {
            throw damaged("its " + count() + " elements do not fit into it");
        }
    }

    DamagedFileException damaged(String problem) {
        return new DamagedFileException(where, problem);
    }

    static long id(ByteBuffer header) {
        return header.getLong(0);
    }

    static long overflow(ByteBuffer header) {
        return Integer.toUnsignedLong(header.getInt(12));
    }

    private int kind() {
        return Short.toUnsignedInt(bytes.getShort(8));
    }

    boolean isLeaf() {
        return kind() == LEAF;
    }

    int count() {
        return Short.toUnsignedInt(bytes.getShort(10));
    }

    private int element(int i) {
        return HEADER_BYTES + i * ELEMENT_BYTES;
    }

    /** Page below an element of a branch. */
    long child(int i) {
        return bytes.getLong(element(i) + 8);
    }

    boolean isBucket(int i) throws DamagedFileException {
        int flags = bytes.getInt(element(i));
        if (flags != 0 && flags != BUCKET) {
            throw damaged("element " + i + " has unknown flags " + Integer.toHexString(flags));
        }
        return flags == BUCKET;
    }

    byte[] key(int i) throws DamagedFileException {
        int at = element(i);
        long position = Integer.toUnsignedLong(bytes.getInt(isLeaf() ? at + 4 : at));
        long size = Integer.toUnsignedLong(bytes.getInt(isLeaf() ? at + 8 : at + 4));
        if (size > MAX_KEY_BYTES) {
            throw damaged("key " + i + " has " + size + " bytes, at most " + MAX_KEY_BYTES + " can be");
        }
        return slice(i, at + position, size);
    }

    /** Value of a leaf's element. */
    byte[] value(int i) throws DamagedFileException {
        int at = element(i);
        long position = Integer.toUnsignedLong(bytes.getInt(at + 4));
        long keySize = Integer.toUnsignedLong(bytes.getInt(at + 8));
        return slice(i, at + position + keySize, Integer.toUnsignedLong(bytes.getInt(at + 12)));
    }

    private byte[] slice(int i, long from, long size) throws DamagedFileException {
        // All of these fit into 34 bits: nothing overflows.
        if (from < HEADER_BYTES + (long) count() * ELEMENT_BYTES || from + size > bytes.capacity()) {
            throw damaged("element " + i + " lies outside of it");
        }
        byte[] slice = new byte[(int) size];
        bytes.get((int) from, slice);
        return slice;
    }
}

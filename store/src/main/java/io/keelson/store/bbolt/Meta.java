package io.keelson.store.bbolt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A meta page without its page header.
 *
 * @param pageSize bytes of a page
 * @param rootPage page of the bucket that holds all others
 * @param freelistPage page of the free list, or -1 where none is written
 * @param pages number of pages in use from the begin of the file on; what lies behind is not part of the data
 * @param transaction id of the transaction that wrote it
 */
record Meta(int pageSize, long rootPage, long freelistPage, long pages, long transaction) {

    static final int BYTES = 64;
    static final int VERSION = 2;
    static final int MIN_PAGE_SIZE = 1 << 10;
    static final int MAX_PAGE_SIZE = 1 << 16;

    private static final int MAGIC = 0xED0CDAED;
    private static final int CHECKED_BYTES = BYTES - Long.BYTES;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    ByteBuffer encode() {
        var bytes = ByteBuffer.allocate(BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MAGIC)
                .putInt(VERSION)
                .putInt(pageSize)
                .putInt(0)
                .putLong(rootPage)
                .putLong(0)
                .putLong(freelistPage)
                .putLong(pages)
                .putLong(transaction);
        return bytes.putLong(checksum(bytes.array())).flip();
    }

    /** @throws DamagedFileException if these bytes are not a meta page */
    static Meta decode(byte[] bytes, String where) throws DamagedFileException {
        var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (buffer.getInt() != MAGIC) {
            throw new DamagedFileException(where, "is not a meta page of bbolt");
        }
        int version = buffer.getInt();
        if (version != VERSION) {
            throw new DamagedFileException(
                    where, "has format version " + Integer.toUnsignedString(version) + ", known is " + VERSION);
        }
        int pageSize = buffer.getInt();
        int _ = buffer.getInt();
        long root = buffer.getLong();
        long _ = buffer.getLong();
        var meta = new Meta(pageSize, root, buffer.getLong(), buffer.getLong(), buffer.getLong());
        if (buffer.getLong() != checksum(bytes)) {
            throw new DamagedFileException(where, "its checksum does not fit");
        }
        if (pageSize < MIN_PAGE_SIZE || pageSize > MAX_PAGE_SIZE || Integer.bitCount(pageSize) != 1) {
            throw new DamagedFileException(where, "has page size " + Integer.toUnsignedString(pageSize));
        }
        return meta;
    }

    /** FNV-1a, 64 bits, over all but the checksum. */
    private static long checksum(byte[] bytes) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < CHECKED_BYTES; i++) {
            hash = (hash ^ (bytes[i] & 0xFF)) * FNV_PRIME;
        }
        return hash;
    }
}

package io.keelson.store.raft;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of Ratis' log, believing nothing of it. It begins with eight letters; then entries follow, each as
 *
 * <pre>
 *   length (varint) | the entry in protobuf: term, index, ... | CRC-32C of both, 4 bytes
 * </pre>
 *
 * and then zeros, as room is made before it is needed. Ratis itself reads such files too, and stops at most kinds of damage without saying
 * what may be done about it; some it takes for the end, and loses what follows.
 */
final class LogFile {

    private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
    private static final int CHECKSUM_BYTES = 4;
    private static final int MAX_VARINT_BYTES = 10;
    private static final byte TERM = 0x08;
    private static final byte INDEX = 0x10;

    /** What a disk writes whole or not at all, on any disk. */
    private static final int SECTOR_BYTES = 512;

    /** What stands in a file. */
    sealed interface Found {

        /**
         * Whole entries, and behind them nothing.
         *
         * @param entries how many
         * @param end offset behind the last
         */
        record Whole(long entries, int end) implements Found {}

        /**
         * Whole entries, and behind them one that was not written to its end, as a loss of power leaves it. Nobody was told that it is there.
         *
         * @param entries how many are whole
         * @param end offset behind the last of them
         */
        record Torn(long entries, int end) implements Found {}

        /**
         * Something else. What follows may have been confirmed.
         *
         * @param entries how many are whole
         * @param offset where the damage begins
         * @param what is wrong there
         */
        record Damaged(long entries, int offset, String what) implements Found {}
    }

    /** A whole entry: where it ends, and its index. */
    private record Entry(int end, long index) {}

    /** A number as protobuf writes it, and where it ends; an end of -1 if there is none. */
    private record Varint(long value, int end) {
        private static final Varint NONE = new Varint(0, -1);
    }

    private final ByteBuffer bytes;
    private final int size;
    private final long first;

    private LogFile(ByteBuffer bytes, long first) {
        this.bytes = bytes;
        this.size = bytes.limit();
        this.first = first;
    }

    /**
     * Reads a file.
     *
     * @param bytes all of it, from 0 to the limit; not changed
     * @param first the index that its first entry must have
     */
    static Found read(ByteBuffer bytes, long first) {
        return new LogFile(bytes, first).read();
    }

    private Found read() {
        if (size == 0) {
            // Made, and not yet written to.
            return new Found.Whole(0, 0);
        }
        int matching = 0;
        while (matching < Math.min(size, HEADER.length) && bytes.get(matching) == HEADER[matching]) {
            matching++;
        }
        if (matching < HEADER.length) {
            return isZero(matching) ? new Found.Torn(0, 0) : new Found.Damaged(0, 0, "it does not begin as a log does");
        }
        int at = HEADER.length;
        long next = first;
        while (!isZero(at)) {
            Entry entry = entry(at);
            if (entry == null) {
                return bad(at, next);
            }
            if (entry.index != next) {
                return new Found.Damaged(
                        next - first, at, "where entry " + next + " should stand there is entry " + entry.index);
            }
            at = entry.end;
            next++;
        }
        return new Found.Whole(next - first, at);
    }

    /** Whether there is nothing from here on. */
    private boolean isZero(int from) {
        return lastWritten(from) < from;
    }

    /** Where the last byte is that is not zero; before {@code from} if there is none. */
    private int lastWritten(int from) {
        int at = size - 1;
        while (at >= from && bytes.get(at) == 0) {
            at--;
        }
        return at;
    }

    private @Nullable Entry entry(int at) {
        Varint length = varint(at);
        if (!isWithin(length)) {
            return null;
        }
        int checksumAt = length.end + (int) length.value;
        return checksum(at, checksumAt) == bytes.getInt(checksumAt)
                ? new Entry(checksumAt + CHECKSUM_BYTES, index(length.end, checksumAt))
                : null;
    }

    /** Whether an entry of this length, and its checksum, end within the file. */
    private boolean isWithin(Varint length) {
        return length.end >= 0 && length.value > 0 && length.value <= size - length.end - CHECKSUM_BYTES;
    }

    private int checksum(int from, int to) {
        var crc = new CRC32C();
        crc.update(bytes.slice(from, to - from));
        return (int) crc.getValue();
    }

    private long index(int from, int to) {
        int at = from;
        if (at < to && bytes.get(at) == TERM) {
            at = varint(at + 1).end;
        }
        // Protobuf leaves out what is 0.
        return at >= 0 && at < to && bytes.get(at) == INDEX ? varint(at + 1).value : 0;
    }

    private Varint varint(int from) {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES && from + i < size; i++) {
            byte next = bytes.get(from + i);
            value |= (long) (next & 0x7f) << (7 * i);
            if (next >= 0) {
                return new Varint(value, from + i + 1);
            }
        }
        return Varint.NONE;
    }

    private Found bad(int at, long next) {
        long whole = next - first;
        if (isFollowed(at, next)) {
            return new Found.Damaged(whole, at, "entry " + next + " is damaged, and whole ones follow it");
        }
        return isTorn(at) ? new Found.Torn(whole, at) : new Found.Damaged(whole, at, "entry " + next + " is damaged");
    }

    /** Whether a whole entry stands anywhere behind. */
    private boolean isFollowed(int at, long next) {
        int last = lastWritten(at);
        for (int from = at + 1; from < last; from++) {
            Varint length = bytes.get(from) == 0 ? Varint.NONE : varint(from);
            if (length.end < 0 || length.end >= size || bytes.get(length.end) != TERM) {
                continue;
            }
            long index = index(length.end, Math.min(size, length.end + 2 * MAX_VARINT_BYTES));
            // First what is cheap: a checksum at each place would take for ever.
            if (index >= next && index - next <= size - at && entry(from) != null) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the last entry looks as if power was lost while it was written: part of it is not there. One that is all there, but wrong, was
     * whole once.
     */
    private boolean isTorn(int at) {
        int last = lastWritten(at);
        if (hasWrongLength(at, last)) {
            return false;
        }
        Varint length = varint(at);
        if (!isWithin(length)) {
            // Nothing where its length should be, or it goes on behind the end of the file.
            return true;
        }
        int checksumAt = length.end + (int) length.value;
        if (last < checksumAt) {
            return true;
        }
        if (last < checksumAt + CHECKSUM_BYTES - 1) {
            // The rest of the checksum is not there; what is there must fit.
            int missing = 8 * (checksumAt + CHECKSUM_BYTES - 1 - last);
            return checksum(at, checksumAt) >>> missing == bytes.getInt(checksumAt) >>> missing;
        }
        return hasEmptySector(at, checksumAt + CHECKSUM_BYTES);
    }

    /** Whether the entry is whole but for its length: with the right one, its checksum fits. */
    private boolean hasWrongLength(int at, int last) {
        for (int end = last + 1; end <= Math.min(size, last + CHECKSUM_BYTES); end++) {
            int checksumAt = end - CHECKSUM_BYTES;
            for (int digits = 1; digits <= 5 && at + digits < checksumAt; digits++) {
                long length = (long) checksumAt - at - digits;
                if (digits(length) == digits
                        && checksumWith(length, digits, at, checksumAt) == bytes.getInt(checksumAt)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int digits(long value) {
        return Math.max(1, (64 - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    private int checksumWith(long length, int digits, int at, int to) {
        var crc = new CRC32C();
        for (int i = 0; i < digits; i++) {
            crc.update((int) (length >>> (7 * i) & 0x7f) | (i < digits - 1 ? 0x80 : 0));
        }
        crc.update(bytes.slice(at + digits, to - at - digits));
        return (int) crc.getValue();
    }

    private boolean hasEmptySector(int from, int to) {
        int sector = (from + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
        for (; sector + SECTOR_BYTES <= to; sector += SECTOR_BYTES) {
            int at = sector;
            while (at < sector + SECTOR_BYTES && bytes.get(at) == 0) {
                at++;
            }
            if (at == sector + SECTOR_BYTES) {
                return true;
            }
        }
        return false;
    }
}

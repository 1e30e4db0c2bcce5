package io.keelson.store.bbolt;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a bbolt file from begin to end in order of its keys, a page at a time. A damaged file, by accident or by malice, ends in a
 * {@link DamagedFileException}: no page is visited twice, so that there is no endless way through it.
 */
public final class BboltReader {

    /** Branch pages above each other, inner buckets included. A tree of 2^64 bytes has a third of it. */
    private static final int MAX_DEPTH = 64;

    /** Pages on the way from the root to a leaf, together: the memory that reading takes. An entry of etcd's has a few MiB at most. */
    private static final long MAX_OPEN_BYTES = 64L << 20;

    /** 1 TiB of the usual pages; a bit for each is kept. */
    private static final long MAX_PAGES = 1L << 28;

    /** Hears what the file holds, in order. */
    public interface Visitor {
        /** A bucket begins; what comes until {@link #leave} is in it. */
        void enter(byte[] name) throws IOException;

        /** The bucket that was entered last ends. */
        void leave() throws IOException;

        /** A key and its value in the bucket that was entered last. */
        void entry(byte[] key, byte[] value) throws IOException;
    }

    private final FileChannel file;
    private final Meta meta;
    private final BitSet visited = new BitSet();
    private long openBytes;

    private BboltReader(FileChannel file, Meta meta) {
        this.file = file;
        this.meta = meta;
    }

    /**
     * Looks at the file's head.
     *
     * @param length bytes of the file that count; what follows (a checksum, say) is not looked at
     * @throws DamagedFileException if there is no valid head, or the file is shorter than the head says
     */
    public static BboltReader open(FileChannel file, long length) throws IOException {
        Meta meta = newest(file, length);
        // Division: a hostile number of pages times the page size need not fit into 64 bits.
        if (meta.pages() < 3 || meta.pages() > length / meta.pageSize()) {
            throw new DamagedFileException(
                    "the file",
                    "has " + length + " bytes, and should have " + Long.toUnsignedString(meta.pages()) + " pages of "
                            + meta.pageSize());
        }
        if (meta.pages() > MAX_PAGES) {
            throw new DamagedFileException("the file", "has more than " + MAX_PAGES + " pages");
        }
        return new BboltReader(file, meta);
    }

    /** Bytes that are in use, from the begin of the file on. */
    public long size() {
        return meta.pages() * meta.pageSize();
    }

    private static Meta newest(FileChannel file, long length) throws IOException {
        @Nullable Meta first = null;
        var problem = new DamagedFileException("the file", "has " + length + " bytes and is no bbolt file");
        try {
            first = meta(file, 0, 0, length);
        } catch (DamagedFileException e) {
            problem = e;
        }
        // Where the second is depends on the page size, which a broken first one does not tell.
        int from = first == null ? Meta.MIN_PAGE_SIZE : first.pageSize();
        int to = first == null ? Meta.MAX_PAGE_SIZE : first.pageSize();
        for (int pageSize = from; pageSize <= to; pageSize *= 2) {
            try {
                Meta second = meta(file, pageSize, 1, length);
                if (second.pageSize() == pageSize
                        && (first == null || Long.compareUnsigned(second.transaction(), first.transaction()) > 0)) {
                    return second;
                }
            } catch (DamagedFileException e) {
                if (first == null) {
                    problem.addSuppressed(e);
                }
            }
        }
        if (first == null) {
            throw problem;
        }
        return first;
    }

    private static Meta meta(FileChannel file, long at, int page, long length) throws IOException {
        if (at + Page.HEADER_BYTES + Meta.BYTES > length) {
            throw new DamagedFileException(
                    "the file", "has " + length + " bytes, too few for the head of a bbolt file");
        }
        return Meta.decode(read(file, at + Page.HEADER_BYTES, Meta.BYTES), "meta page " + page);
    }

    private static byte[] read(FileChannel file, long at, int count) throws IOException {
        var buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, at + buffer.position()) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
        return buffer.array();
    }

    /**
     * Tells the visitor everything, in order of the keys.
     *
     * @throws DamagedFileException if a page is not as it should be
     * @throws IOException if the file cannot be read, or what the visitor throws
     */
    public void walk(Visitor visitor) throws IOException {
        visited.clear();
        openBytes = 0;
        walk(meta.rootPage(), 0, new Order(), visitor);
    }

    /** Keys of one bucket ascend; holds the one before. */
    private static final class Order {
        private byte @Nullable [] before;

        void next(byte[] key, Page page) throws DamagedFileException {
            if (before != null && Arrays.compareUnsigned(before, key) >= 0) {
                throw page.damaged("its keys are not in order");
            }
            before = key;
        }
    }

    private void walk(long id, int depth, Order order, Visitor visitor) throws IOException {
        if (depth >= MAX_DEPTH) {
            throw new DamagedFileException("page " + Long.toUnsignedString(id), "lies too deep");
        }
        byte[] bytes = load(id);
        openBytes += bytes.length;
        walk(new Page("page " + id, bytes), depth, order, visitor);
        openBytes -= bytes.length;
    }

    private void walk(Page page, int depth, Order order, Visitor visitor) throws IOException {
        if (!page.isLeaf() && page.count() == 0) {
            throw page.damaged("is a branch without pages below it");
        }
        for (int i = 0; i < page.count(); i++) {
            byte[] key = page.key(i);
            if (!page.isLeaf()) {
                // What is below begins at or after the branch's key: after a deletion the two may differ.
                if (order.before != null && Arrays.compareUnsigned(order.before, key) >= 0) {
                    throw page.damaged("its keys are not in order");
                }
                walk(page.child(i), depth + 1, order, visitor);
                continue;
            }
            order.next(key, page);
            if (page.isBucket(i)) {
                visitor.enter(key);
                bucket(page, page.value(i), depth, visitor);
                visitor.leave();
            } else {
                visitor.entry(key, page.value(i));
            }
        }
    }

    private void bucket(Page page, byte[] value, int depth, Visitor visitor) throws IOException {
        if (value.length < Page.BUCKET_BYTES) {
            throw page.damaged("holds a bucket of " + value.length + " bytes");
        }
        long root = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (root != 0) {
            walk(root, depth + 1, new Order(), visitor);
            return;
        }
        byte[] inline = Arrays.copyOfRange(value, Page.BUCKET_BYTES, value.length);
        if (inline.length < Page.HEADER_BYTES) {
            throw page.damaged("holds an inline bucket of " + inline.length + " bytes");
        }
        var inner = new Page("an inline bucket in a page", inline);
        if (!inner.isLeaf()) {
            throw inner.damaged("is not a leaf");
        }
        if (depth + 1 >= MAX_DEPTH) {
            throw inner.damaged("lies too deep");
        }
        walk(inner, depth + 1, new Order(), visitor);
    }

    private byte[] load(long id) throws IOException {
        if (id < 2 || id >= meta.pages()) {
            throw new DamagedFileException(
                    "page " + Long.toUnsignedString(id),
                    "is referred to, but the file has pages 2 to " + (meta.pages() - 1) + " for data");
        }
        byte[] first = read(file, id * meta.pageSize(), meta.pageSize());
        var header = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN);
        if (Page.id(header) != id) {
            throw new DamagedFileException(
                    "page " + id, "says that it is page " + Long.toUnsignedString(Page.id(header)));
        }
        long count = 1 + Page.overflow(header);
        if (count > meta.pages() - id) {
            throw new DamagedFileException("page " + id, "overflows the end of the file");
        }
        if (openBytes + count * meta.pageSize() > MAX_OPEN_BYTES) {
            throw new DamagedFileException(
                    "page " + id,
                    "has " + count * meta.pageSize() + " bytes, more than can be held in memory (" + MAX_OPEN_BYTES
                            + ")");
        }
        for (long page = id; page < id + count; page++) {
            if (visited.get((int) page)) {
                throw new DamagedFileException("page " + page, "is used twice");
            }
            visited.set((int) page);
        }
        return count == 1 ? first : read(file, id * meta.pageSize(), (int) (count * meta.pageSize()));
    }
}

package io.keelson.store.bbolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a bbolt file in one pass from sorted input. A page is written as soon as it is full; what is in memory is one unfinished page
 * for each level of the tree that is being written.
 */
public final class BboltWriter {

    /** As etcd writes them on the usual machines. */
    public static final int PAGE_SIZE = 4096;

    private static final int BUFFER_BYTES = 1 << 20;
    private static final long FREELIST_PAGE = 2;

    /** The two meta pages carry the ids of the last two transactions. */
    private static final long LAST_TRANSACTION = 2;

    /** Fills a bucket. */
    @FunctionalInterface
    public interface Contents {
        /** Puts everything into the bucket, in ascending order of the keys (as unsigned bytes). */
        void write(Bucket bucket) throws IOException;
    }

    private final FileChannel file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long pages = FREELIST_PAGE;

    private BboltWriter(FileChannel file) {
        this.file = file;
    }

    /**
     * Writes a whole file.
     *
     * @param file empty, open for writing; it is not closed and not forced to disk
     * @param root fills the outermost bucket; etcd has only buckets there
     * @return the file's size in bytes, a multiple of {@link #PAGE_SIZE}
     * @throws IllegalArgumentException if keys do not ascend, or one is empty or too long
     * @throws IOException if the disk fails, or what {@code root} throws
     */
    public static long write(FileChannel file, Contents root) throws IOException {
        var writer = new BboltWriter(file);
        file.position(FREELIST_PAGE * PAGE_SIZE);
        writer.append(Page.FREELIST, 0, 0, new byte[0]);
        var bucket = writer.new Bucket();
        root.write(bucket);
        long rootPage = bucket.finish();
        writer.flush();
        for (int page = 0; page < 2; page++) {
            var head = ByteBuffer.allocate(PAGE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
            header(head, page, Page.META, 0, 0);
            head.put(new Meta(PAGE_SIZE, rootPage, FREELIST_PAGE, writer.pages, LAST_TRANSACTION - page).encode());
            head.clear();
            while (head.hasRemaining()) {
                file.write(head, (long) page * PAGE_SIZE + head.position());
            }
        }
        return writer.pages * PAGE_SIZE;
    }

    private static void header(ByteBuffer into, long id, int kind, int count, int overflow) {
        into.putLong(id).putShort((short) kind).putShort((short) count).putInt(overflow);
    }

    /** Writes a page behind the others. */
    private long append(int kind, int count, int bodyBytes, byte[]... body) throws IOException {
        int used = Page.HEADER_BYTES + bodyBytes;
        int count4k = Math.ceilDiv(used, PAGE_SIZE);
        long id = pages;
        pages += count4k;
        room(Page.HEADER_BYTES);
        header(buffer, id, kind, count, count4k - 1);
        for (byte[] part : body) {
            put(part);
        }
        put(new byte[count4k * PAGE_SIZE - used]);
        return id;
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void put(byte[] bytes) throws IOException {
        for (int from = 0; from < bytes.length; ) {
            room(1);
            int count = Math.min(buffer.remaining(), bytes.length - from);
            buffer.put(bytes, from, count);
            from += count;
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            file.write(buffer);
        }
        buffer.clear();
    }

    /** A bucket that is being written. */
    public final class Bucket {

        private final List<Level> levels = new ArrayList<>(List.of(new Level(Page.LEAF)));
        private byte @Nullable [] last;

        private Bucket() {}

        /** Puts a key; it must be greater than the one before. */
        public void put(byte[] key, byte[] value) throws IOException {
            add(key, value, 0);
        }

        /** As {@link #put(byte[], byte[])} with a key in ASCII. */
        public void put(String key, byte[] value) throws IOException {
            put(key.getBytes(StandardCharsets.US_ASCII), value);
        }

        /** A bucket within this one; its name (in ASCII) must be greater than the key before. */
        public void bucket(String name, Contents contents) throws IOException {
            var inner = new Bucket();
            contents.write(inner);
            byte[] value = ByteBuffer.allocate(Page.BUCKET_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(inner.finish())
                    .putLong(0)
                    .array();
            add(name.getBytes(StandardCharsets.US_ASCII), value, Page.BUCKET);
        }

        private void add(byte[] key, byte[] value, int flags) throws IOException {
            if (key.length == 0 || key.length > Page.MAX_KEY_BYTES) {
                throw new IllegalArgumentException(
                        "a key of " + key.length + " bytes, between 1 and " + Page.MAX_KEY_BYTES + " can be");
            }
            if (last != null && Arrays.compareUnsigned(last, key) >= 0) {
                throw new IllegalArgumentException("the keys of a bucket do not ascend");
            }
            last = key;
            add(0, new Element(flags, key, value, 0));
        }

        /** Adds to a level; a page that is full goes to disk and becomes an element of the level above. */
        private void add(int level, Element element) throws IOException {
            Level at = levels.get(level);
            if (!at.fits(element)) {
                Element page = at.write();
                if (levels.size() == level + 1) {
                    levels.add(new Level(Page.BRANCH));
                }
                add(level + 1, page);
            }
            at.add(element);
        }

        /** Writes what is unfinished, from the leaves up; answers the root's page. */
        private long finish() throws IOException {
            for (int level = 0; level < levels.size() - 1; level++) {
                add(level + 1, levels.get(level).write());
            }
            return levels.getLast().write().child;
        }
    }

    /** An element of a leaf, or of a branch, which has a child and no value. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, and a copy of a large value would be one too many.
    private record Element(int flags, byte[] key, byte[] value, long child) {
        int bytes() {
            return Page.ELEMENT_BYTES + key.length + value.length;
        }
    }

    /** The unfinished page of one level. */
    private final class Level {

        private final int kind;
        private final List<Element> elements = new ArrayList<>();
        private int bytes;

        Level(int kind) {
            this.kind = kind;
        }

        /** A page has at least one element, however large. */
        boolean fits(Element element) {
            return elements.isEmpty() || Page.HEADER_BYTES + bytes + element.bytes() <= PAGE_SIZE;
        }

        void add(Element element) {
            elements.add(element);
            bytes = Math.addExact(bytes, element.bytes());
        }

        /** Writes the page and begins a new one. */
        Element write() throws IOException {
            var table =
                    ByteBuffer.allocate(elements.size() * Page.ELEMENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            byte[][] body = new byte[1 + 2 * elements.size()][];
            body[0] = table.array();
            int position = table.capacity();
            for (int i = 0; i < elements.size(); i++) {
                Element element = elements.get(i);
                int fromHere = position - i * Page.ELEMENT_BYTES;
                if (kind == Page.LEAF) {
                    table.putInt(element.flags)
                            .putInt(fromHere)
                            .putInt(element.key.length)
                            .putInt(element.value.length);
                } else {
                    table.putInt(fromHere).putInt(element.key.length).putLong(element.child);
                }
                body[1 + 2 * i] = element.key;
                body[2 + 2 * i] = element.value;
                position += element.key.length + element.value.length;
            }
            long id = append(kind, elements.size(), bytes, body);
            byte[] first = elements.isEmpty() ? new byte[0] : elements.getFirst().key;
            elements.clear();
            bytes = 0;
            return new Element(0, first, new byte[0], id);
        }
    }
}

package io.keelson.store.raft;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.keelson.proto.store.v1.LogEntry;
import io.keelson.store.mvcc.CommandCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteOutput;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;
import org.jspecify.annotations.Nullable;

/** Reads and joins what the log holds. Whatever cannot be read stops the replica: to go on without it would make members differ. */
final class LogEntries {

    /** A tag of one byte, and a length. */
    private static final int MAX_PREFIX_BYTES = 6;

    private LogEntries() {}

    /**
     * The entry and those that came together with it, in order; keys and values point into the bytes.
     *
     * @param bytes not changed from now on
     * @throws IOException if they are no entry
     */
    static List<LogEntry> parse(byte[] bytes) throws IOException {
        return parse(bytes, 0, bytes.length);
    }

    private static List<LogEntry> parse(byte[] bytes, int offset, int length) throws IOException {
        CodedInputStream input =
                UnsafeByteOperations.unsafeWrap(bytes, offset, length).newCodedInput();
        input.enableAliasing(true);
        // An entry that came together with another is one deeper.
        var _ = input.setRecursionLimit(CommandCodec.MAX_DEPTH + 1);
        LogEntry first = LogEntry.parseFrom(input);
        if (first.getTogetherCount() == 0) {
            return List.of(first);
        }
        var entries = new ArrayList<LogEntry>(first.getTogetherCount() + 1);
        entries.add(first);
        entries.addAll(first.getTogetherList());
        return entries;
    }

    /**
     * Makes one Raft entry of several, which go on to be told apart. What they hold is not looked at.
     *
     * @param entries encoded, at least one, in the order in which they will be applied
     */
    static ByteString join(List<ByteString> entries) {
        if (entries.size() == 1) {
            return entries.getFirst();
        }
        int size = 0;
        for (ByteString entry : entries) {
            size += MAX_PREFIX_BYTES + entry.size();
        }
        // One array, so that values need not be copied out of it when it is parsed.
        byte[] joined = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(joined);
        try {
            out.writeRawBytes(entries.getFirst());
            for (ByteString entry : entries.subList(1, entries.size())) {
                out.writeBytes(LogEntry.TOGETHER_FIELD_NUMBER, entry);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("entries do not fit into the room that was made for them", e);
        }
        return org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations.unsafeWrap(
                joined, 0, size - out.spaceLeft());
    }

    /**
     * As {@link #parse(byte[])}, of an entry as Ratis holds it; keys and values point into Ratis' own bytes, which nobody changes: the log's cache and the history that
     * watchers follow then hold one copy of a value between them.
     *
     * @throws IOException if it is no entry
     */
    static List<LogEntry> parse(ByteString held) throws IOException {
        var whole = new Whole(held.size());
        org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations.unsafeWriteTo(held, whole);
        return whole.bytes == null ? parse(held.toByteArray()) : parse(whole.bytes, whole.offset, held.size());
    }

    /** Sees the array behind some bytes, if they lie in one that holds little else. */
    private static final class Whole extends ByteOutput {

        private final int size;
        private byte @Nullable [] bytes;
        private int offset;

        Whole(int size) {
            this.size = size;
        }

        @Override
        public void writeLazy(byte[] value, int from, int length) {
            if (length == size && value.length <= 2 * size) {
                bytes = value;
                offset = from;
            }
        }

        @Override
        public void write(byte value) {}

        @Override
        public void write(byte[] value, int from, int length) {}

        @Override
        public void write(ByteBuffer value) {}

        @Override
        public void writeLazy(ByteBuffer value) {}
    }
}

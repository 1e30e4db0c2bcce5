package io.keelson.store.raft;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.keelson.proto.store.v1.LogEntry;
import io.keelson.store.mvcc.CommandCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteOutput;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/** Reads what the log holds. Whatever cannot be read stops the replica: to go on without it would make members differ. */
final class LogEntries {

    private LogEntries() {}

    /**
     * The entry; keys and values point into the bytes.
     *
     * @param bytes not changed from now on
     * @throws IOException if they are no entry
     */
    static LogEntry parse(byte[] bytes) throws IOException {
        return parse(bytes, 0, bytes.length);
    }

    private static LogEntry parse(byte[] bytes, int offset, int length) throws IOException {
        CodedInputStream input =
                UnsafeByteOperations.unsafeWrap(bytes, offset, length).newCodedInput();
        input.enableAliasing(true);
        var _ = input.setRecursionLimit(CommandCodec.MAX_DEPTH);
        return LogEntry.parseFrom(input);
    }

    /**
     * The entry as Ratis holds it; keys and values point into Ratis' own bytes, which nobody changes: the log's cache and the history that
     * watchers follow then hold one copy of a value between them.
     *
     * @throws IOException if it is no entry
     */
    static LogEntry parse(ByteString held) throws IOException {
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

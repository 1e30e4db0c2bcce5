package io.keelson.store.raft;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.keelson.proto.store.v1.LogEntry;
import io.keelson.store.mvcc.CommandCodec;
import java.io.IOException;

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
        CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
        input.enableAliasing(true);
        var _ = input.setRecursionLimit(CommandCodec.MAX_DEPTH);
        return LogEntry.parseFrom(input);
    }
}

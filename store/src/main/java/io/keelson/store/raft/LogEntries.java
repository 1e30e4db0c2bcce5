package io.keelson.store.raft;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.keelson.proto.store.v1.LogCommand;
import io.keelson.proto.store.v1.LogEntry;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.CommandCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads what the log holds. Whatever cannot be read stops the replica: to go on without it would make members differ. */
final class LogEntries {

    /**
     * Messages within messages. gRPC takes requests of at most 100, protobuf's usual bound, and here they are two deeper: with the usual bound
     * a request could be let in that no member can read from its log, ever.
     */
    static final int MAX_DEPTH = 128;

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
        var _ = input.setRecursionLimit(MAX_DEPTH);
        return LogEntry.parseFrom(input);
    }

    /**
     * Its commands, all of them or none.
     *
     * @throws IllegalArgumentException if one is none that this version knows
     */
    static List<Command> commands(LogEntry entry) {
        var commands = new ArrayList<Command>(entry.getCommandsCount());
        for (LogCommand command : entry.getCommandsList()) {
            commands.add(CommandCodec.decode(command));
        }
        return commands;
    }
}

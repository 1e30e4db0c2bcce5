package io.keelson.store.raft;

import io.keelson.store.wire.Payload;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** What members ask each other. The numbers are on the wire. */
enum PeerCall {
    /** Raft: a vote. */
    VOTE(1),
    /** Raft: stand for the lead. */
    STAND(2),
    /** Raft: entries, or a heartbeat. */
    APPEND(3),
    /** Raft: a piece of a snapshot. */
    INSTALL(4),
    /** Raft: what is committed, for a read. */
    READ_INDEX(5),
    /** What Ratis knows as a client's request: a question of ours. */
    REQUEST(6),
    /** Which clusters are served, 16 bytes each. */
    GROUPS(7),
    /** An entry for the leader's log; the answer is empty when it is committed, or says what is in the way. */
    PROPOSE(8);

    private final byte kind;

    PeerCall(int kind) {
        this.kind = (byte) kind;
    }

    byte kind() {
        return kind;
    }

    static Optional<PeerCall> of(byte kind) {
        return kind >= 1 && kind <= values().length ? Optional.of(values()[kind - 1]) : Optional.empty();
    }

    /** A message of Ratis' on its way. */
    static Payload payload(MessageLite message) {
        return new Payload() {
            @Override
            public int size() {
                return message.getSerializedSize();
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                message.writeTo(out);
            }
        };
    }

    /** Bytes as Ratis holds them, on their way. */
    static Payload payload(ByteString bytes) {
        return new Payload() {
            @Override
            public int size() {
                return bytes.size();
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                bytes.writeTo(out);
            }
        };
    }

    /**
     * Reads a message; what it holds of bytes points into the array.
     *
     * @throws IOException if it is none
     */
    static <M extends MessageLite> M read(Parser<M> parser, byte[] body) throws IOException {
        ByteString bytes = UnsafeByteOperations.unsafeWrap(body);
        CodedInputStream input = bytes.newCodedInput();
        input.enableAliasing(true);
        return parser.parseFrom(input);
    }
}

package io.keelson.orchestrator.rpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes of a message, of which not more is made than there is memory for: what was compressed may become a thousand times as long, and
 * an empty part of two bytes becomes an object of twenty times as many.
 */
final class BoundedMessage {

    /** Fields, of the message and of those in it: as many as a text may have values. */
    static final int MAX_PARTS = 400_000;

    private static final int MAX_DEPTH = 100;

    private BoundedMessage() {}

    /**
     * Reads them.
     *
     * @param type of the message
     * @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED if it is too large, INTERNAL if it was not compressed as it says
     */
    static byte[] read(InputStream stream, Descriptor type, int maxBytes) {
        try {
            byte[] bytes = stream.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription("gRPC message exceeds maximum size " + maxBytes)
                        .asRuntimeException();
            }
            if (bytes.length > 2 * MAX_PARTS) {
                int _ = count(CodedInputStream.newInstance(bytes), type, 0, 0);
            }
            return bytes;
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("a compressed message cannot be read")
                    .withCause(e)
                    .asRuntimeException();
        }
    }

    /** Counts on, from those that were found before. What cannot be read has no more: its parser will say so. */
    private static int count(CodedInputStream parts, Descriptor type, int before, int depth) throws IOException {
        int count = before;
        try {
            while (!parts.isAtEnd()) {
                int tag = parts.readTag();
                count++;
                if (count > MAX_PARTS) {
                    throw Status.RESOURCE_EXHAUSTED
                            .withDescription("gRPC message has more than " + MAX_PARTS + " parts")
                            .asRuntimeException();
                }
                FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
                boolean message = field != null
                        && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                        && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
                if (message && depth < MAX_DEPTH) {
                    int outer = parts.pushLimit(parts.readRawVarint32());
                    count = count(parts, field.getMessageType(), count, depth + 1);
                    parts.skipRawBytes(parts.getBytesUntilLimit());
                    parts.popLimit(outer);
                } else if (!parts.skipField(tag)) {
                    return count;
                }
            }
        } catch (InvalidProtocolBufferException e) {
            return count;
        }
        return count;
    }
}

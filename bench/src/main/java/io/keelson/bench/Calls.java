package io.keelson.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** etcd's calls with as little work in the generator as can be: it shares the machine with what it measures. */
final class Calls {

    /** Answers are not looked into: their size will do. */
    static final MethodDescriptor<byte[], Integer> PUT = raw(KVGrpc.getPutMethod());

    static final MethodDescriptor<byte[], Integer> RANGE = raw(KVGrpc.getRangeMethod());
    static final MethodDescriptor<byte[], Integer> TXN = raw(KVGrpc.getTxnMethod());

    private Calls() {}

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException("the generator serves nobody");
        }
    }

    private static final class Size implements MethodDescriptor.Marshaller<Integer> {
        @Override
        public InputStream stream(Integer value) {
            throw new UnsupportedOperationException("sizes are not sent");
        }

        @Override
        public Integer parse(InputStream stream) {
            try {
                return Math.toIntExact(stream.skip(Integer.MAX_VALUE));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static MethodDescriptor<byte[], Integer> raw(MethodDescriptor<?, ?> method) {
        return MethodDescriptor.newBuilder(new Bytes(), new Size())
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method.getFullMethodName())
                .build();
    }

    static byte[] put(String key, ByteString value) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(value)
                .build()
                .toByteArray();
    }

    static byte[] get(String key) {
        return RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .build()
                .toByteArray();
    }

    static byte[] list(String prefix) {
        return RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(prefix))
                .setRangeEnd(ByteString.copyFromUtf8(endOf(prefix)))
                .build()
                .toByteArray();
    }

    /** One transaction that puts {@code count} keys, numbered from {@code from}. */
    static byte[] puts(String prefix, long from, int count, ByteString value) {
        var txn = TxnRequest.newBuilder();
        for (int i = 0; i < count; i++) {
            txn.addSuccess(RequestOp.newBuilder()
                    .setRequestPut(PutRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("%s%09d".formatted(prefix, from + i)))
                            .setValue(value)));
        }
        return txn.build().toByteArray();
    }

    /** The end of a prefix's range. The last character must not be the last of ASCII. */
    static String endOf(String prefix) {
        int last = prefix.length() - 1;
        return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
    }

    /** One call, waited for. */
    static int await(Channel channel, MethodDescriptor<byte[], Integer> method, byte[] request, long seconds) {
        return ClientCalls.blockingUnaryCall(
                channel, method, CallOptions.DEFAULT.withDeadlineAfter(seconds, TimeUnit.SECONDS), request);
    }

    /** A method whose answers are read. */
    static <T extends MessageLite> MethodDescriptor<byte[], T> reading(
            MethodDescriptor<?, T> method, Parser<T> parser) {
        return MethodDescriptor.newBuilder(new Bytes(), new MethodDescriptor.Marshaller<T>() {
                    @Override
                    public InputStream stream(T value) {
                        throw new UnsupportedOperationException("answers are not sent");
                    }

                    @Override
                    public T parse(InputStream stream) {
                        try {
                            return parser.parseFrom(stream);
                        } catch (InvalidProtocolBufferException e) {
                            throw new IllegalStateException("an answer that is no " + method.getFullMethodName(), e);
                        }
                    }
                })
                .setType(method.getType())
                .setFullMethodName(method.getFullMethodName())
                .build();
    }
}

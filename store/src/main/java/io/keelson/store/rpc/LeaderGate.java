package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.keelson.store.node.Replica;

/**
 * What a call's metadata says of its client: {@code client-api-version} is text; {@code hasleader: true}: whoever sends it wants no answer from a member that knows no leader.
 */
final class LeaderGate implements ServerInterceptor {

    static final Metadata.Key<String> HAS_LEADER = Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    /** As bytes, since a client may send what is no text; the value is not used. */
    private static final Metadata.Key<byte[]> CLIENT_API_VERSION =
            InternalMetadata.keyOf("client-api-version", new InternalMetadata.TrustedAsciiMarshaller<byte[]>() {
                @Override
                public byte[] toAsciiString(byte[] value) {
                    return value;
                }

                @Override
                public byte[] parseAsciiString(byte[] serialized) {
                    return serialized;
                }
            });

    private static final Context.Key<Boolean> REQUIRED = Context.keyWithDefault("keelson.hasleader", false);

    private final Replica replica;

    LeaderGate(Replica replica) {
        this.replica = replica;
    }

    /** Whether the call being started requires a leader. */
    static boolean isRequired() {
        return REQUIRED.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        byte[] version = metadata.get(CLIENT_API_VERSION);
        if (version != null && !ByteString.copyFrom(version).isValidUtf8()) {
            call.close(Failures.INVALID_CLIENT_VERSION, new Metadata());
            return new ServerCall.Listener<>() {};
        }
        if (!"true".equals(metadata.get(HAS_LEADER))) {
            return next.startCall(call, metadata);
        }
        if (replica.standing().leader().isEmpty()) {
            call.close(Failures.NO_LEADER, new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(Context.current().withValue(REQUIRED, true), call, metadata, next);
    }
}

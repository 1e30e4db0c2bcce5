package io.keelson.store.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.keelson.store.node.Replica;

/** {@code hasleader: true}: whoever sends it wants no answer from a member that knows no leader. */
final class LeaderGate implements ServerInterceptor {

    static final Metadata.Key<String> HAS_LEADER = Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

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

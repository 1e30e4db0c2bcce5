package io.keelson.store.rpc;

import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.node.Replica;
import java.util.Set;

/**
 * A learner is not up to date by design, so it serves what may be stale and refuses the rest: reads that say {@code serializable}, its
 * status, a snapshot. Health and reflection are not etcd's to refuse.
 */
final class LearnerGate implements ServerInterceptor {

    private static final Status REFUSED = Failures.status(Refusal.LEARNER);
    private static final String RANGE = "etcdserverpb.KV/Range";
    private static final Set<String> SERVED = Set.of(
            MaintenanceGrpc.getStatusMethod().getFullMethodName(),
            MaintenanceGrpc.getSnapshotMethod().getFullMethodName());

    private final Replica replica;

    LearnerGate(Replica replica) {
        this.replica = replica;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (method.startsWith("grpc.") || SERVED.contains(method) || !replica.isLearner()) {
            return next.startCall(call, metadata);
        }
        if (!method.equals(RANGE)) {
            call.close(REFUSED, new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return new SerializableOnly<>(call, metadata, next);
    }

    /** Which kind of read it is, the request says. */
    private static final class SerializableOnly<Q, A> extends ForwardingServerCallListener<Q> {
        private final ServerCall<Q, A> call;
        private final ServerCall.Listener<Q> served;
        private boolean refused;

        SerializableOnly(ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
            this.call = call;
            this.served = next.startCall(new ForwardingServerCall.SimpleForwardingServerCall<>(call) {}, metadata);
        }

        @Override
        protected ServerCall.Listener<Q> delegate() {
            return served;
        }

        @Override
        public void onMessage(Q request) {
            if (request instanceof RangeRequest range && !range.getSerializable()) {
                refused = true;
                call.close(REFUSED, new Metadata());
            } else {
                super.onMessage(request);
            }
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                super.onHalfClose();
            }
        }
    }
}

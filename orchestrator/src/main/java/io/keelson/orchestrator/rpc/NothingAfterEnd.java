package io.keelson.orchestrator.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sends nothing more on a call that is over, and tells the service nothing more of it.
 *
 * <p>When its caller has cancelled, Helidon would still send; the caller's end answers a frame of a stream that it has given up with a reset,
 * and a reset of a stream that Helidon has forgotten makes it close the whole connection, with every other call on it. When the service has
 * ended it, Helidon would still deliver what the caller had sent before it knew; to refuse that too would be a second end, and break the
 * connection as well.
 */
public final class NothingAfterEnd implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Once<Q, A> once = new Once<>(call);
        return new SimpleForwardingServerCallListener<>(next.startCall(once, headers)) {
            @Override
            public void onMessage(Q message) {
                if (!once.ended.get()) {
                    super.onMessage(message);
                }
            }

            @Override
            public void onHalfClose() {
                if (!once.ended.get()) {
                    super.onHalfClose();
                }
            }
        };
    }

    /** Has one end at most. */
    private static final class Once<Q, A> extends SimpleForwardingServerCall<Q, A> {

        private final AtomicBoolean ended = new AtomicBoolean();

        Once(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public void sendMessage(A message) {
            if (!ended.get() && !isCancelled()) {
                super.sendMessage(message);
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!ended.getAndSet(true) && !isCancelled()) {
                super.close(status, trailers);
            }
        }
    }
}

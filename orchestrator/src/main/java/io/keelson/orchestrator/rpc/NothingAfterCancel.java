package io.keelson.orchestrator.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Sends nothing more on a call that its caller has cancelled. Helidon would send it; the caller's end answers a frame of a stream that it
 * has given up with a reset, and a reset of a stream that Helidon has forgotten makes it close the whole connection, with every
 * other call on it.
 */
public final class NothingAfterCancel implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void sendMessage(A message) {
                        if (!isCancelled()) {
                            super.sendMessage(message);
                        }
                    }

                    @Override
                    public void close(Status status, Metadata trailers) {
                        if (!isCancelled()) {
                            super.close(status, trailers);
                        }
                    }
                },
                headers);
    }
}

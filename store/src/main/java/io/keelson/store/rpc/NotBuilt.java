package io.keelson.store.rpc;

import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Calls of etcd's that nobody here overrides: says that they exist and are not built, in place of gRPC's bare words. */
final class NotBuilt implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        return next.startCall(
                new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        // Our own texts name more than the method; the generated one says only that it is
                        // unimplemented.
                        boolean generated = status.getCode() == Status.Code.UNIMPLEMENTED
                                && ("Method " + method + " is unimplemented").equals(status.getDescription());
                        super.close(generated ? Failures.notBuilt(method) : status, trailers);
                    }
                },
                metadata);
    }
}

package io.keelson.store.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/**
 * Refuses requests that are no messages of their kind, in etcd's code and words. gRPC itself takes that for a failure of the service, and
 * says {@code Unknown}; so what cannot be read comes to the first of the interceptors, this one, with a mark in the message's place.
 */
final class Unreadable implements ServerInterceptor {

    /** In place of a message. */
    private record Mark(String why) {}

    /** The same service, whose requests are marked if they cannot be read. */
    static ServerServiceDefinition marked(ServerServiceDefinition service) {
        var methods =
                service.getMethods().stream().map(Unreadable::markedMethod).toList();
        var descriptor = ServiceDescriptor.newBuilder(
                        service.getServiceDescriptor().getName())
                .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        var marked = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(marked::addMethod);
        return marked.build();
    }

    private static <Q, A> ServerMethodDefinition<Q, A> markedMethod(ServerMethodDefinition<Q, A> method) {
        MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
        return ServerMethodDefinition.create(
                descriptor.toBuilder(
                                new Marking<>(descriptor.getRequestMarshaller()), descriptor.getResponseMarshaller())
                        .build(),
                method.getServerCallHandler());
    }

    private record Marking<Q>(MethodDescriptor.Marshaller<Q> messages) implements MethodDescriptor.Marshaller<Q> {
        @Override
        public InputStream stream(Q value) {
            return messages.stream(value);
        }

        /** Nobody but the interceptor sees a mark, and it looks before it takes it for a message. */
        @Override
        @SuppressWarnings("unchecked")
        public Q parse(InputStream stream) {
            try {
                return messages.parse(stream);
            } catch (StatusRuntimeException e) {
                Throwable why = e.getCause() == null ? e : e.getCause();
                return (Q) new Mark(String.valueOf(why.getMessage()));
            }
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var refusable = new Refusable<>(call);
        return new SimpleForwardingServerCallListener<>(next.startCall(refusable, headers)) {
            @Override
            public void onMessage(Q message) {
                if (message instanceof Mark(String why)) {
                    if (refusable.refuse(status(call.getMethodDescriptor().getType(), why))) {
                        // For the service it is as if the client had gone: nothing that it says arrives any more.
                        super.onCancel();
                    }
                } else if (!refusable.refused) {
                    super.onMessage(message);
                }
            }

            @Override
            public void onHalfClose() {
                if (!refusable.refused) {
                    super.onHalfClose();
                }
            }

            @Override
            public void onReady() {
                if (!refusable.refused) {
                    super.onReady();
                }
            }

            @Override
            public void onComplete() {
                if (!refusable.refused) {
                    super.onComplete();
                }
            }

            @Override
            public void onCancel() {
                if (!refusable.refused) {
                    super.onCancel();
                }
            }
        };
    }

    private static Status status(MethodType type, String why) {
        return Status.INTERNAL.withDescription((type == MethodType.UNARY
                        ? "grpc: error unmarshalling request: "
                        : "grpc: failed to unmarshal the received message: ")
                + why);
    }

    /** A call that can be refused while its service, on another thread perhaps, answers. */
    private static final class Refusable<Q, A> extends SimpleForwardingServerCall<Q, A> {

        private boolean closed;
        private volatile boolean refused;

        Refusable(ServerCall<Q, A> call) {
            super(call);
        }

        /** Whether the call was still open. */
        synchronized boolean refuse(Status status) {
            if (closed || refused) {
                return false;
            }
            refused = true;
            super.close(status, new Metadata());
            return true;
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!refused) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public synchronized void sendMessage(A message) {
            if (!refused) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!refused) {
                closed = true;
                super.close(status, trailers);
            }
        }

        @Override
        public boolean isCancelled() {
            return refused || super.isCancelled();
        }
    }
}

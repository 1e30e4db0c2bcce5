package io.keelson.orchestrator.rpc;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers calls of which a message could not be read. Helidon tells only the service, as if the caller had cancelled, and the caller would
 * wait until its deadline.
 */
public final class UnreadMessages implements ServerInterceptor {

    /** What failed last on the thread that reads a call; Helidon ends the call on the same thread, next. */
    private static final ThreadLocal<@Nullable Status> FAILURE = new ThreadLocal<>();

    private final int maxBytes;

    /**
     * Calls of a server that reads no larger messages.
     *
     * @param maxBytes of one message
     */
    public UnreadMessages(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Why a call is about to end that Helidon ends on this thread, next. */
    public static void because(Status why) {
        FAILURE.set(why);
    }

    /**
     * A service that remembers why a message is none of its own, for this to tell.
     *
     * @param maxBytes of one message, also when it came compressed
     */
    public static BindableService remembering(BindableService service, int maxBytes) {
        return () -> {
            ServerServiceDefinition plain = service.bindService();
            ServerServiceDefinition.Builder made =
                    ServerServiceDefinition.builder(plain.getServiceDescriptor().getName());
            plain.getMethods().forEach(method -> made.addMethod(remembering(method, maxBytes)));
            return made.build();
        };
    }

    private static <Q, A> ServerMethodDefinition<Q, A> remembering(ServerMethodDefinition<Q, A> method, int maxBytes) {
        MethodDescriptor<Q, A> plain = method.getMethodDescriptor();
        return ServerMethodDefinition.create(
                plain.toBuilder(
                                new Remembering<>(plain.getRequestMarshaller(), maxBytes),
                                plain.getResponseMarshaller())
                        .build(),
                method.getServerCallHandler());
    }

    private record Remembering<T>(MethodDescriptor.Marshaller<T> plain, int maxBytes)
            implements MethodDescriptor.Marshaller<T> {

        @Override
        public InputStream stream(T value) {
            return plain.stream(value);
        }

        @Override
        public T parse(InputStream stream) {
            return noted(() -> read(stream));
        }

        /** Without fields that nobody here knows: a message may have more of these than there is memory for. */
        private T read(InputStream stream) {
            if (plain instanceof MethodDescriptor.PrototypeMarshaller<T> typed
                    && typed.getMessagePrototype() instanceof Message prototype) {
                byte[] bytes = BoundedMessage.read(stream, prototype.getDescriptorForType(), maxBytes);
                try {
                    return typed.getMessageClass()
                            .cast(DiscardUnknownFieldsParser.wrap(prototype.getParserForType())
                                    .parseFrom(bytes));
                } catch (InvalidProtocolBufferException e) {
                    throw Status.INTERNAL
                            .withDescription("Invalid protobuf byte sequence")
                            .withCause(e)
                            .asRuntimeException();
                }
            }
            throw new IllegalStateException("messages of " + plain + " are not read by their descriptors");
        }
    }

    private interface Step<T> {
        T run();
    }

    private static <T> T noted(Step<T> step) {
        try {
            return step.run();
        } catch (RuntimeException e) {
            FAILURE.set(Status.fromThrowable(e));
            throw e;
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Answered<Q, A> answered = new Answered<>(call);
        return new SimpleForwardingServerCallListener<>(next.startCall(answered, headers)) {
            @Override
            public void onMessage(Q message) {
                noted(() -> {
                    super.onMessage(message);
                    return message;
                });
            }

            @Override
            public void onCancel() {
                Optional<Status> failure = Optional.ofNullable(FAILURE.get());
                FAILURE.remove();
                super.onCancel();
                answered.unlessEnded(failure.orElseGet(() -> tooLarge()));
            }
        };
    }

    /** What remains when the message was not even parsed. */
    private Status tooLarge() {
        return Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size " + maxBytes);
    }

    /** Knows whether the call has got its end. */
    private static final class Answered<Q, A> extends SimpleForwardingServerCall<Q, A> {

        private boolean ended;

        Answered(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            ended = true;
            super.close(status, trailers);
        }

        synchronized void unlessEnded(Status status) {
            if (!ended && !isCancelled()) {
                close(status, new Metadata());
            }
        }
    }
}

package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.RequestIds;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * What a client calls a request, so that it may ask again without its taking effect twice ({@link RequestIds}). Without one a request is
 * carried out as often as it is asked.
 *
 * @param id the client's, empty if it gave none
 * @param method full name of the call: two kinds of request may look the same on the wire
 */
record RequestId(String id, String method) {

    /** Metadata of a call, or header of a request to the gateway ({@code Grpc-Metadata-Keelson-Request-Id}). */
    static final Metadata.Key<String> HEADER = Metadata.Key.of("keelson-request-id", Metadata.ASCII_STRING_MARSHALLER);

    private static final RequestId NONE = new RequestId("", "");
    private static final Context.Key<RequestId> CURRENT = Context.keyWithDefault("keelson.request-id", NONE);

    /** Half of SHA-256: to find mistakes, and out of reach of anybody's luck. */
    private static final int FINGERPRINT_BYTES = 16;

    /** Of the call whose message is being taken. */
    static RequestId current() {
        return CURRENT.get();
    }

    Context in(Context context) {
        return context.withValue(CURRENT, this);
    }

    /**
     * What a call shows; empty if nothing.
     *
     * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if it is no id
     */
    static Optional<RequestId> of(ServerCall<?, ?> call, Metadata metadata) {
        Iterable<String> given = metadata.getAll(HEADER);
        if (given == null) {
            return Optional.empty();
        }
        int count = 0;
        String id = "";
        for (String each : given) {
            id = each;
            count++;
        }
        if (count > 1) {
            throw invalid("is given " + count + " times");
        }
        RequestIds.problem(id).ifPresent(problem -> {
            throw invalid(problem);
        });
        return Optional.of(new RequestId(id, call.getMethodDescriptor().getFullMethodName()));
    }

    static RuntimeException invalid(String problem) {
        return Status.INVALID_ARGUMENT
                .withDescription(HEADER.originalName() + ": " + problem)
                .asRuntimeException();
    }

    /** The command, to take effect once if the call has an id. */
    Command once(Command command, MessageLite request) {
        return id.isEmpty() ? command : new Command.Once(id, fingerprint(request), command);
    }

    private ByteString fingerprint(MessageLite request) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(method.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(request.toByteArray());
            return ByteString.copyFrom(digest.digest(), 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

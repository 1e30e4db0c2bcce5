package io.keelson.orchestrator.rpc;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.AuditNotes;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.registry.Reason;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Supplier;

/** What all calls have in common: who calls, and how a failure is told. */
final class Calls {

    private static final System.Logger LOG = System.getLogger(Calls.class.getName());

    private Calls() {}

    /** Where the answers of a call go. */
    interface Sink<T> {
        void send(T answer);
    }

    /** What answers a call; it may wait. */
    interface Body<T> {
        void run(Sink<T> sink) throws InterruptedException;
    }

    /** The caller has gone, as it may at any time. */
    private static final class GoneException extends RuntimeException {

        GoneException(RuntimeException cause) {
            super("the caller has gone", cause);
        }
    }

    /** The caller, if it may do this. */
    static User authorized(Access access) {
        return Callers.authorized(access, "");
    }

    /** The caller, if it may do this with objects of a version of the API. */
    static User authorized(Access.ToObjects access, String version) {
        return Callers.authorized(access, version);
    }

    /** Answers a call of one answer. */
    static <T> void answer(StreamObserver<T> out, Supplier<T> call) {
        stream(out, sink -> sink.send(call.get()));
    }

    /** Answers a call of many answers, which {@code body} sends. */
    static <T> void stream(StreamObserver<T> out, Body<T> body) {
        AuditNotes.during(Callers.notes(), () -> run(out, body));
    }

    private static <T> void run(StreamObserver<T> out, Body<T> body) {
        try {
            body.run(answer -> {
                try {
                    out.onNext(answer);
                } catch (RuntimeException e) {
                    // Which exception it is depends on the moment; while sending it can only mean this.
                    throw new GoneException(e);
                }
            });
            end(out::onCompleted);
        } catch (GoneException e) {
            Callers.gone();
            LOG.log(Level.DEBUG, "a caller has gone", e);
        } catch (ApiException e) {
            Callers.fails(e.code());
            end(() -> out.onError(failure(e)));
        } catch (StatusRuntimeException e) {
            end(() -> out.onError(e));
        } catch (InterruptedException e) {
            // Helidon interrupts what is under way when the server stops, and ends the thread then.
            end(() -> out.onError(Status.UNAVAILABLE
                    .withDescription("the server stops; call another, or again")
                    .asRuntimeException()));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a call failed", e);
            ApiException failure = new ApiException(Reason.INTERNAL_ERROR, "Internal error occurred: " + e);
            end(() -> out.onError(failure(failure)));
        } finally {
            // Also when the caller has gone, and nobody hears of an end.
            Callers.done();
        }
    }

    /** The end of a call; if the caller has gone there is nobody to tell. */
    private static void end(Runnable last) {
        try {
            last.run();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "a caller has gone", e);
        }
    }

    /** A failure with the Kubernetes Status in its details, and the same in google.rpc's words; before these, what else there is to say. */
    static StatusRuntimeException failure(ApiException e, Message... first) {
        return Details.failure(code(e.reason()), e.rejection(), List.of(first));
    }

    private static Status.Code code(Reason reason) {
        return switch (reason) {
            case BAD_REQUEST, INVALID, REQUEST_ENTITY_TOO_LARGE, NOT_ACCEPTABLE, UNSUPPORTED_MEDIA_TYPE ->
                Status.Code.INVALID_ARGUMENT;
            case UNAUTHORIZED -> Status.Code.UNAUTHENTICATED;
            case FORBIDDEN -> Status.Code.PERMISSION_DENIED;
            case NOT_FOUND -> Status.Code.NOT_FOUND;
            case METHOD_NOT_ALLOWED, NOT_IMPLEMENTED -> Status.Code.UNIMPLEMENTED;
            case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
            case CONFLICT -> Status.Code.ABORTED;
            case EXPIRED -> Status.Code.OUT_OF_RANGE;
            case TOO_MANY_REQUESTS -> Status.Code.RESOURCE_EXHAUSTED;
            case INTERNAL_ERROR, UNKNOWN -> Status.Code.INTERNAL;
            case SERVICE_UNAVAILABLE -> Status.Code.UNAVAILABLE;
            case TIMEOUT -> Status.Code.DEADLINE_EXCEEDED;
        };
    }
}

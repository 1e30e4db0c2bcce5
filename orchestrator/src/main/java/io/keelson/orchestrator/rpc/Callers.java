package io.keelson.orchestrator.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.helidon.webserver.grpc.ServerContextKeys;
import io.keelson.orchestrator.access.Credentials;
import io.keelson.orchestrator.access.Gate;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.AuditNotes;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.audit.AuditedRequest;
import io.keelson.orchestrator.audit.Auditing;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.Authorization;
import io.keelson.orchestrator.auth.Impersonation;
import io.keelson.orchestrator.flow.Turnstile;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.measure.RequestMetrics;
import io.keelson.orchestrator.registry.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;

/**
 * What every call passes, as every request of REST does: who is it, is it told of, is it its turn, may it. Callers show a certificate, or
 * the same headers as in REST. Each question is put to the gate anew, for a stream is long.
 */
public final class Callers implements ServerInterceptor {

    /** The call on its way. */
    private static final class Call {

        private final Callers door;
        private final Metadata headers;
        private final String method;
        private final CountedCall counted;
        private final String source;
        private Optional<Turnstile.Turn> turn = Optional.empty();
        private Optional<AuditedRequest> audit = Optional.empty();
        private final AuditNotes notes = new AuditNotes();
        private volatile boolean goesOn;
        private boolean over;

        Call(Callers door, Metadata headers, MethodDescriptor<?, ?> method) {
            this.door = door;
            this.headers = headers;
            this.method = method.getFullMethodName();
            this.counted = new CountedCall(door.metrics, method);
            this.source = Optional.ofNullable(ServerContextKeys.CONNECTION_CONTEXT.get())
                    .map(connection ->
                            AuditedRequest.addressOf(connection.remotePeer().address()))
                    .orElse("");
        }

        synchronized User authorized(Access access, String version) {
            counted.wants(access, version);
            boolean first = audit.isEmpty();
            AuditedRequest told = audit.orElseGet(() -> door.auditing.begin(
                    new AuditedRequest.About(
                            access,
                            "",
                            "/" + method,
                            source,
                            Optional.ofNullable(headers.get(AGENT)).orElse("")),
                    notes));
            audit = Optional.of(told);
            AtomicReference<Optional<User>> real = new AtomicReference<>(Optional.empty());
            try {
                User user = door.gate.user(credentials(headers), (sender, _) -> real.set(Optional.of(sender)));
                if (first) {
                    told.by(real.get().orElse(user), real.get().map(_ -> user));
                    take(user, access);
                }
                told.allowed(door.gate.require(user, access));
                return user;
            } catch (ApiException e) {
                told.forbidden(e.rejection().message());
                throw e;
            }
        }

        /** Agents' own calls have no need of a turn: there is one agent for a node. */
        private void take(User user, Access access) {
            if (access instanceof Access.ForNode) {
                return;
            }
            try {
                turn = Optional.of(door.turnstile.enter(user, access));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ApiException(Reason.SERVICE_UNAVAILABLE, "the server stops; call another, or again");
            }
        }

        synchronized void stand() {
            turn.ifPresent(Turnstile.Turn::close);
        }

        synchronized void goesOn() {
            goesOn = true;
            stand();
            counted.goesOn();
        }

        /**
         * Its caller has gone. What is done for a short call is done to its end, which is told of then; that of a long one is now. Does not
         * wait for a call that waits for its turn.
         */
        void cancelled() {
            counted.over(httpCode(Status.Code.CANCELLED));
            if (goesOn) {
                over(Status.CANCELLED);
            }
        }

        synchronized void over(Status status) {
            counted.over(httpCode(status.getCode()));
            stand();
            if (over) {
                return;
            }
            over = true;
            audit.ifPresent(told -> {
                if (!status.isOk()) {
                    told.refused(Json.object()
                            .put("status", "Failure")
                            .put(
                                    "message",
                                    Optional.ofNullable(status.getDescription()).orElse("")));
                }
                told.completed(httpCode(status.getCode()), Optional.empty());
            });
        }
    }

    private static final Context.Key<Call> CALL = Context.key("keelson-call");
    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Metadata.Key<String> ACT_AS = key("impersonate-user");
    private static final Metadata.Key<String> ACT_IN = key("impersonate-group");
    private static final Metadata.Key<String> ACT_BY = key("impersonate-uid");
    private static final String ACT_WITH = "impersonate-extra-";
    private static final Metadata.Key<String> AGENT = key("user-agent");

    private final Gate gate;
    private final Turnstile turnstile;
    private final Auditing auditing;
    private final RequestMetrics metrics;

    /** Callers that these let pass, tell of and count. */
    public Callers(Gate gate, Turnstile turnstile, Auditing auditing, RequestMetrics metrics) {
        this.gate = gate;
        this.turnstile = turnstile;
        this.auditing = auditing;
        this.metrics = metrics;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Call own = new Call(this, headers, call.getMethodDescriptor());
        ServerCall<Q, A> told = new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                own.over(status);
                super.close(status, trailers);
            }
        };
        ServerCall.Listener<Q> heard =
                Contexts.interceptCall(Context.current().withValue(CALL, own), told, headers, next);
        return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(heard) {
            @Override
            public void onCancel() {
                own.cancelled();
                super.onCancel();
            }
        };
    }

    /**
     * The caller of the present call, if it may do this.
     *
     * @param version of the API in which it wants objects; empty if it is about something else
     * @throws ApiException UNAUTHORIZED if nobody knows who it is, FORBIDDEN if it may not, TOO_MANY_REQUESTS if it must come again
     */
    static User authorized(Access access, String version) {
        return Optional.ofNullable(CALL.get())
                .orElseThrow(() -> new ApiException(Authorization.unauthorized()))
                .authorized(access, version);
    }

    /** What is to be told of the present call beside; to be asked by its thread. */
    static AuditNotes notes() {
        return Optional.ofNullable(CALL.get()).map(call -> call.notes).orElseGet(AuditNotes::new);
    }

    /** The present call goes on for long: it needs no seat any more. */
    static void goesOn() {
        Optional.ofNullable(CALL.get()).ifPresent(Call::goesOn);
    }

    /** The present call is to change nothing. */
    static void dryRun() {
        Optional.ofNullable(CALL.get()).ifPresent(call -> call.counted.dryRun());
    }

    /** The present call fails for a reason that has this code in HTTP. */
    static void fails(int code) {
        Optional.ofNullable(CALL.get()).ifPresent(call -> call.counted.fails(code));
    }

    /** The work for the present call is done, though its caller may have gone before it heard of an end. */
    static void done() {
        Optional.ofNullable(CALL.get()).ifPresent(Call::stand);
    }

    /** The present call ends without anybody who hears of it. */
    static void gone() {
        Optional.ofNullable(CALL.get()).ifPresent(call -> call.over(Status.CANCELLED));
    }

    private static int httpCode(Status.Code code) {
        return switch (code) {
            case OK -> 200;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case CANCELLED -> 499;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
        };
    }

    private static Credentials credentials(Metadata headers) {
        Optional<Credentials.Certified> certificate = Optional.ofNullable(ServerContextKeys.CONNECTION_CONTEXT.get())
                .flatMap(connection -> connection.remotePeer().tlsCertificates())
                .flatMap(Credentials.Certified::of);
        Optional<String> bearer =
                Optional.ofNullable(headers.get(AUTHORIZATION)).flatMap(Credentials::bearer);
        return new Credentials(certificate, bearer, actAs(headers));
    }

    /** Names of metadata are in small letters, as HTTP/2 wants them; gRPC allows digits, and "-", "_" and "." besides. */
    private static Optional<Impersonation> actAs(Metadata headers) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        for (String name : headers.keys()) {
            if (name.startsWith(ACT_WITH) && !name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                extra.put(name.substring(ACT_WITH.length()), all(headers, key(name)));
            }
        }
        return Impersonation.asked(
                Optional.ofNullable(headers.get(ACT_AS)).orElse(""),
                all(headers, ACT_IN),
                Optional.ofNullable(headers.get(ACT_BY)).orElse(""),
                extra);
    }

    private static List<String> all(Metadata headers, Metadata.Key<String> key) {
        Iterable<String> values = Optional.ofNullable(headers.getAll(key)).orElse(List.of());
        return StreamSupport.stream(values.spliterator(), false).toList();
    }
}

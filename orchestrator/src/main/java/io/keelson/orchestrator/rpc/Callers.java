package io.keelson.orchestrator.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.helidon.webserver.grpc.ServerContextKeys;
import io.keelson.orchestrator.access.Credentials;
import io.keelson.orchestrator.access.Gate;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.Authorization;
import io.keelson.orchestrator.auth.Impersonation;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Finds out who calls: by certificate, or by the same headers as in REST. Each question is put to the gate anew, for a stream is long. */
public final class Callers implements ServerInterceptor {

    /** What a call shows, and who decides. */
    private record Shown(Gate gate, Metadata headers) {}

    private static final Context.Key<Shown> SHOWN = Context.key("keelson-caller");
    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Metadata.Key<String> ACT_AS = key("impersonate-user");
    private static final Metadata.Key<String> ACT_IN = key("impersonate-group");

    private final Gate gate;

    /** Callers that this gate lets in. */
    public Callers(Gate gate) {
        this.gate = gate;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return Contexts.interceptCall(
                Context.current().withValue(SHOWN, new Shown(gate, headers)), call, headers, next);
    }

    /**
     * The caller of the present call, if it may do this.
     *
     * @throws ApiException UNAUTHORIZED if nobody knows who it is, FORBIDDEN if it may not
     */
    static User authorized(Access access) {
        Shown shown =
                Optional.ofNullable(SHOWN.get()).orElseThrow(() -> new ApiException(Authorization.unauthorized()));
        User user = shown.gate().user(credentials(shown.headers()), (_, _) -> {});
        shown.gate().require(user, access);
        return user;
    }

    private static Credentials credentials(Metadata headers) {
        Optional<String> certificate = Optional.ofNullable(ServerContextKeys.CONNECTION_CONTEXT.get())
                .flatMap(connection -> connection.remotePeer().tlsPrincipal())
                .map(Principal::getName);
        Optional<String> bearer =
                Optional.ofNullable(headers.get(AUTHORIZATION)).flatMap(Credentials::bearer);
        Iterable<String> groups = Optional.ofNullable(headers.getAll(ACT_IN)).orElse(List.of());
        Optional<Impersonation> actAs = Optional.ofNullable(headers.get(ACT_AS))
                .map(name -> new Impersonation(
                        name, StreamSupport.stream(groups.spliterator(), false).toList(), "", Map.of()));
        return new Credentials(certificate, bearer, actAs);
    }
}

package io.keelson.orchestrator.http;

import io.grpc.Status;
import io.helidon.http.HeaderNames;
import io.helidon.http.http2.Http2Headers;
import io.helidon.webserver.ConnectionContext;
import io.keelson.orchestrator.access.Credentials;
import io.keelson.orchestrator.access.Gate;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.auth.Impersonation;
import java.time.Duration;
import java.util.Optional;

/**
 * What gRPC messages may come.
 *
 * @param gate knows who sends them
 * @param room for larger ones, the same as for bodies of REST
 * @param patience for so long one may be on its way
 * @param maxBytes of any
 */
record MessageRules(Gate gate, BodyRoom room, Duration patience, int maxBytes) {

    /** Who sends messages. */
    interface Sender {

        /** Why it may not send larger ones; empty if it may. */
        Optional<Status> refusal();
    }

    /**
     * Whoever sends these headers. What it may do is told by the message; but who does not even show who it is has nothing large to say. As
     * whom it wants to act does not matter.
     */
    Sender sender(ConnectionContext connection, Http2Headers headers) {
        return () -> {
            Credentials credentials = new Credentials(
                    connection.remotePeer().tlsCertificates().flatMap(Credentials.Certified::of),
                    headers.httpHeaders().first(HeaderNames.AUTHORIZATION).flatMap(Credentials::bearer),
                    Optional.empty());
            try {
                boolean nobody = gate.user(credentials, (_, _) -> {}).name().equals(Impersonation.ANONYMOUS);
                return nobody
                        ? Optional.of(Status.UNAUTHENTICATED.withDescription("who shows no credentials may not send"
                                + " messages of more than " + BodyRoom.SMALL_BYTES + " bytes"))
                        : Optional.empty();
            } catch (ApiException e) {
                return Optional.of(Status.UNAUTHENTICATED.withDescription(e.getMessage()));
            }
        };
    }

    Status tooLarge() {
        return Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size " + maxBytes);
    }
}

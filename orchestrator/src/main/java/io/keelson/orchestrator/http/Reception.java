package io.keelson.orchestrator.http;

import io.keelson.orchestrator.access.Gate;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.audit.AuditedRequest;
import io.keelson.orchestrator.audit.Auditing;
import io.keelson.orchestrator.auth.RequestInfo;
import io.keelson.orchestrator.flow.Turnstile;
import io.keelson.orchestrator.limits.BodyLimits;
import java.util.Optional;
import java.util.Set;

/** What every request passes before it is served, in this order: who is it, is it told of, is it its turn, may it. */
public final class Reception {

    /** What load balancers and clients ask before they can show who they are. */
    private static final Set<String> FOR_EVERYBODY = Set.of("version", "healthz", "livez", "readyz");

    private final Gate gate;
    private final Turnstile turnstile;
    private final Auditing auditing;
    private final BodyLimits bodies;
    private final BodyRoom room;

    /**
     * Requests that these let pass and tell of.
     *
     * @param bodies how much clients may send, and how slowly
     */
    public Reception(Gate gate, Turnstile turnstile, Auditing auditing, BodyLimits bodies) {
        this.bodies = bodies;
        this.room = new BodyRoom(bodies);
        this.gate = gate;
        this.turnstile = turnstile;
        this.auditing = auditing;
    }

    Gate gate() {
        return gate;
    }

    /** What a request may send. */
    BodyInTime body() {
        return new BodyInTime(bodies.patience(), room);
    }

    /** What messages gRPC calls may send, which share the room with requests. */
    MessageRules messages(int maxBytes) {
        return new MessageRules(gate, room, bodies.patience(), maxBytes);
    }

    /**
     * Lets a request in.
     *
     * @throws ApiException UNAUTHORIZED, FORBIDDEN or TOO_MANY_REQUESTS if not
     */
    void admit(Exchange exchange) throws InterruptedException {
        if (FOR_EVERYBODY.contains(exchange.steps().getFirst())) {
            return;
        }
        RequestInfo info = exchange.info();
        AuditedRequest audit = auditing.begin(
                new AuditedRequest.About(
                        info.access(),
                        info.version(),
                        exchange.uri(),
                        exchange.source(),
                        exchange.header("User-Agent")),
                exchange.notes());
        exchange.audited(audit);
        exchange.setHeader("Audit-Id", audit.id());
        User user = user(exchange, audit);
        Turnstile.Turn turn = turnstile.enter(user, info.access());
        exchange.seated(turn);
        if (!turn.place().schemaUid().isEmpty()) {
            exchange.setHeader("X-Kubernetes-PF-FlowSchema-UID", turn.place().schemaUid());
            exchange.setHeader(
                    "X-Kubernetes-PF-PriorityLevel-UID", turn.place().level().uid());
        }
        try {
            User _ = exchange.authorized(info.access());
        } catch (ApiException e) {
            audit.forbidden(e.rejection().message());
            throw e;
        }
    }

    private static User user(Exchange exchange, AuditedRequest audit) {
        User user;
        try {
            user = exchange.user();
        } catch (ApiException e) {
            exchange.realUser().ifPresentOrElse(real -> audit.by(real, Optional.empty()), audit::byNobody);
            audit.forbidden(e.rejection().message());
            throw e;
        }
        Optional<User> real = exchange.realUser();
        audit.by(real.orElse(user), real.map(_ -> user));
        return user;
    }
}

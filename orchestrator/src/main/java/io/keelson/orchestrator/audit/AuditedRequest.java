package io.keelson.orchestrator.audit;

import io.keelson.orchestrator.api.AuditNotes;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.Reviews;
import io.keelson.orchestrator.kind.Json;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One request on its way, and what is told of it. Used by one thread. */
public final class AuditedRequest {

    /** With exactly six digits after the point, as Kubernetes' MicroTime. */
    private static final DateTimeFormatter MICRO_TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** Of a Status what stands in every event about a refusal; the rest is bookkeeping. */
    private static final List<String> OF_A_STATUS = List.of("status", "message", "reason", "details");

    /** What a door knows of a request before anything is done. */
    public record About(Access access, String apiVersion, String uri, String source, String userAgent) {}

    /** Who asked, as {@code sourceIPs} tell it: never a name, for which a name server might have to be asked. Empty if it is unknown. */
    public static String addressOf(SocketAddress peer) {
        return peer instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : "";
    }

    private final Optional<AuditLog> log;
    private final AuditPolicy policy;
    private final InstantSource clock;
    private final Instant received;
    private final About about;
    private final String id = UUID.randomUUID().toString();
    private AuditPolicy.Wanted wanted = AuditPolicy.Wanted.NOTHING;
    private User user = new User("", List.of());
    private Optional<User> actingAs = Optional.empty();
    private Optional<ObjectNode> sent = Optional.empty();
    private Optional<String> refusal = Optional.empty();
    private Optional<ObjectNode> failure = Optional.empty();
    private boolean panicked;
    private boolean awaited;
    private String allowance = "";
    private final AuditNotes notes;

    /**
     * Begins; nothing is told yet.
     *
     * @param log where to; empty if nothing is ever told
     * @param notes what others want to be told of it, by its end
     */
    public AuditedRequest(
            Optional<AuditLog> log, AuditPolicy policy, InstantSource clock, About about, AuditNotes notes) {
        this.log = log;
        this.policy = policy;
        this.clock = clock;
        this.received = clock.instant();
        this.about = about;
        this.notes = notes;
    }

    /** Tells requests apart; the answer carries it, too. */
    public String id() {
        return id;
    }

    /** It is now known who asks; if it acts as another, as whom. Tells that the request has come. */
    public void by(User who, Optional<User> as) {
        user = who;
        actingAs = as;
        wanted = policy.of(who, about.access());
        await();
        tell(Stage.REQUEST_RECEIVED, 0, Optional.empty());
    }

    /** Nobody knows who asks: rules about nobody in particular decide. */
    public void byNobody() {
        wanted = policy.of(user, about.access());
        await();
    }

    /** The log is not closed before this has ended. */
    private void await() {
        if (!awaited) {
            awaited = true;
            log.ifPresent(AuditLog::begun);
        }
    }

    /** Whether anybody wants to know what is sent. */
    public boolean wantsSent() {
        return wanted.level().compareTo(Level.REQUEST) >= 0;
    }

    /** Whether anybody wants to know what is answered. */
    public boolean wantsAnswer() {
        return wanted.level() == Level.REQUEST_RESPONSE;
    }

    /** What was sent. */
    public void sent(ObjectNode object) {
        sent = Optional.of(object);
    }

    /** It was allowed by these words; what is asked in the course of it does not change them. */
    public void allowed(String reason) {
        if (allowance.isEmpty()) {
            allowance = reason;
        }
    }

    /** It was refused. */
    public void forbidden(String reason) {
        refusal = Optional.of(reason);
    }

    /** It was answered with this Status, which is told at every level: it says why, and shows no object. */
    public void refused(ObjectNode status) {
        failure = Optional.of(status);
    }

    /** The server made a mistake. */
    public void panicked() {
        panicked = true;
    }

    /** An answer that takes long has begun. */
    public void started(int code) {
        tell(Stage.RESPONSE_STARTED, code, Optional.empty());
    }

    /**
     * All was answered.
     *
     * @param answer what, if anybody wants to know
     */
    public void completed(int code, Optional<ObjectNode> answer) {
        try {
            tell(panicked ? Stage.PANIC : Stage.RESPONSE_COMPLETE, code, answer);
        } finally {
            if (awaited) {
                awaited = false;
                log.ifPresent(AuditLog::ended);
            }
        }
    }

    private void tell(Stage stage, int code, Optional<ObjectNode> answer) {
        if (log.isPresent() && wanted.tells(stage)) {
            log.get().write(event(stage, code, answer));
        }
    }

    private ObjectNode event(Stage stage, int code, Optional<ObjectNode> answer) {
        ObjectNode event = Json.object()
                .put("kind", "Event")
                .put("apiVersion", "audit.k8s.io/v1")
                .put("level", wanted.level().word())
                .put("auditID", id)
                .put("stage", stage.word())
                .put("requestURI", about.uri());
        event.set("user", Reviews.userInfo(user));
        actingAs.ifPresent(as -> event.set("impersonatedUser", Reviews.userInfo(as)));
        event.putArray("sourceIPs").add(about.source());
        if (!about.userAgent().isEmpty()) {
            event.put("userAgent", about.userAgent());
        }
        about(event);
        boolean over = stage != Stage.REQUEST_RECEIVED;
        if (over) {
            ObjectNode status = Json.child(event, "responseStatus");
            Json.child(status, "metadata");
            failure.ifPresent(why ->
                    OF_A_STATUS.forEach(field -> Json.at(why, field).ifPresent(value -> status.set(field, value))));
            status.put("code", code);
            ObjectNode annotations = Json.child(event, "annotations");
            annotations.put("authorization.k8s.io/decision", refusal.isPresent() ? "forbid" : "allow");
            annotations.put("authorization.k8s.io/reason", refusal.orElse(allowance));
            notes.told(wantsSent()).forEach(annotations::put);
        }
        if (wantsSent()) {
            sent.ifPresent(object -> event.set("requestObject", shown(object)));
        }
        if (wantsAnswer()) {
            answer.ifPresent(object -> event.set("responseObject", shown(object)));
        }
        return event.put("requestReceivedTimestamp", MICRO_TIME.format(received))
                .put("stageTimestamp", MICRO_TIME.format(clock.instant()));
    }

    /** A body as the policy wants it told: with the record of who owns what, or without. */
    private JsonNode shown(JsonNode body) {
        if (wanted.managedFields()) {
            return body;
        }
        JsonNode shown = body.deepCopy();
        unmanaged(shown);
        Json.items(shown, "items").forEach(AuditedRequest::unmanaged);
        Json.items(shown, "rows").forEach(row -> unmanaged(row.path("object")));
        return shown;
    }

    private static void unmanaged(JsonNode object) {
        if (object.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove("managedFields");
        }
    }

    private void about(ObjectNode event) {
        switch (about.access()) {
            case Access.ToObjects objects -> {
                event.put("verb", objects.verb());
                ObjectNode ref = Json.child(event, "objectRef").put("resource", objects.plural());
                put(ref, "namespace", objects.namespace());
                put(ref, "name", objects.name());
                put(ref, "apiGroup", objects.group());
                put(ref, "apiVersion", about.apiVersion());
                put(ref, "subresource", objects.subresource());
            }
            case Access.ToPath path -> event.put("verb", path.verb());
            case Access.ForNode node -> {
                event.put("verb", node.verb());
                Json.child(event, "objectRef").put("resource", "nodes").put("name", node.node());
            }
        }
    }

    private static void put(ObjectNode object, String field, String value) {
        if (!value.isEmpty()) {
            object.put(field, value);
        }
    }
}

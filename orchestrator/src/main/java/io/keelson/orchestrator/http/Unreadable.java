package io.keelson.orchestrator.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Requests that cannot even be read as HTTP: the server refuses them before anybody sees them, but in the words of all other refusals. */
final class Unreadable {

    private Unreadable() {}

    static DirectHandlers handlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, Unreadable::answer);
        }
        return handlers.build();
    }

    private static DirectHandler.TransportResponse answer(
            DirectHandler.TransportRequest request,
            EventType type,
            Status status,
            ServerResponseHeaders headers,
            @Nullable String message) {
        Reason reason = Arrays.stream(Reason.values())
                .filter(each -> each.code() == status.code())
                .findFirst()
                .orElse(status.code() < 500 ? Reason.BAD_REQUEST : Reason.INTERNAL_ERROR);
        String why = message == null || message.isEmpty() ? status.reasonPhrase() : message;
        var body = Json.write(Rejection.of(reason, "the request cannot be read: " + why)
                .status()
                .put("code", status.code()));
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .keepAlive(type.keepAlive())
                .entity(body)
                .build();
    }
}

package io.keelson.orchestrator.http;

import io.grpc.BindableService;
import io.helidon.http.HttpPrologue;
import io.helidon.http.http2.Http2Headers;
import io.helidon.http.http2.Http2Settings;
import io.helidon.http.http2.Http2StreamState;
import io.helidon.http.http2.Http2StreamWriter;
import io.helidon.http.http2.StreamFlowControl;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.http2.spi.Http2SubProtocolSelector;
import io.helidon.webserver.http2.spi.SubProtocolResult;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** gRPC by Helidon, whose messages come by rules. */
final class GrpcDoor implements Http2SubProtocolSelector {

    private final Http2SubProtocolSelector helidons;
    private final MessageRules rules;
    private final Set<String> streaming;

    /** Calls of these services, and of Helidon's own. */
    GrpcDoor(Http2SubProtocolSelector helidons, MessageRules rules, List<BindableService> services) {
        this.helidons = helidons;
        this.rules = rules;
        this.streaming = services.stream()
                .flatMap(service -> service.bindService().getMethods().stream())
                .map(method -> method.getMethodDescriptor())
                .filter(method -> !method.getType().clientSendsOneMessage())
                .map(method -> "/" + method.getFullMethodName())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public SubProtocolResult subProtocol(
            ConnectionContext connection,
            HttpPrologue prologue,
            Http2Headers headers,
            Http2StreamWriter writer,
            int stream,
            Http2Settings ofServer,
            Http2Settings ofClient,
            StreamFlowControl flow,
            Http2StreamState state,
            Router router) {
        SubProtocolResult call = helidons.subProtocol(
                connection, prologue, headers, writer, stream, ofServer, ofClient, flow, state, router);
        if (!call.supported()) {
            return call;
        }
        return new SubProtocolResult(
                true,
                new MessagesIn(
                        call.subProtocol(),
                        stream,
                        rules,
                        rules.sender(connection, headers),
                        streaming.contains(headers.path())));
    }
}

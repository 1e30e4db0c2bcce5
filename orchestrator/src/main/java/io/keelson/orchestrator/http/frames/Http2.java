package io.keelson.orchestrator.http.frames;

import io.helidon.webserver.ProtocolConfigs;
import io.helidon.webserver.grpc.GrpcConfig;
import io.helidon.webserver.grpc.GrpcProtocolProvider;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import io.helidon.webserver.http2.spi.Http2SubProtocolSelector;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.List;

/** HTTP/2 with gRPC, where a client that gives up a call as its answer ends keeps its other calls. */
public final class Http2 {

    private Http2() {}

    /** What a server is given, before those that it finds itself. */
    public static ServerConnectionSelector selector(Http2Config http2, Http2SubProtocolSelector grpc) {
        return new ThroughFrames(
                Http2ConnectionSelector.builder()
                        .http2Config(http2)
                        .addSubProtocolSelector(grpc)
                        .build(),
                FramedConnection::of);
    }

    /** gRPC as Helidon serves it. */
    public static Http2SubProtocolSelector grpc(GrpcConfig config) {
        return new GrpcProtocolProvider().create(config, ProtocolConfigs.create(List.of(config)));
    }
}

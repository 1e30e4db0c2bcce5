package io.keelson.chaos.workload;

import io.grpc.StatusRuntimeException;
import io.keelson.proto.v1.AdminGrpc;
import io.keelson.proto.v1.ServerStatusRequest;
import io.keelson.proto.v1.ServerStatusResponse;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Who leads, as the servers themselves say. */
public final class Leadership {

    private static final long DEADLINE_MILLIS = 2_000;

    private Leadership() {}

    /** The name of the server whose store replica leads, if the first server that answers knows one. */
    public static Optional<String> store(Access access) throws SSLException {
        return status(access).map(ServerStatusResponse::getStoreLeader).filter(name -> !name.isEmpty());
    }

    private static Optional<ServerStatusResponse> status(Access access) throws SSLException {
        try (Endpoints endpoints = access.serverEndpoints(0)) {
            for (int i = 0; i < access.servers().size(); i++) {
                try {
                    return Optional.of(AdminGrpc.newBlockingStub(endpoints.channel())
                            .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                            .status(ServerStatusRequest.getDefaultInstance()));
                } catch (StatusRuntimeException e) {
                    endpoints.turn();
                }
            }
            return Optional.empty();
        }
    }
}

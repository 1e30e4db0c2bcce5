package io.keelson.orchestrator.rpc;

import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.auth.Access;
import io.keelson.proto.v1.AdminGrpc;
import io.keelson.proto.v1.ServerStatusRequest;
import io.keelson.proto.v1.ServerStatusResponse;
import java.util.function.Supplier;

/** What this server says of itself. */
public final class AdminService extends AdminGrpc.AdminImplBase {

    private final Supplier<ServerStatusResponse> status;

    /** Answers what {@code status} says at the time. */
    public AdminService(Supplier<ServerStatusResponse> status) {
        this.status = status;
    }

    @Override
    public void status(ServerStatusRequest request, StreamObserver<ServerStatusResponse> out) {
        Calls.answer(out, () -> {
            Calls.authorized(new Access.ToPath("get", "/keelson.v1.Admin/Status"));
            return status.get();
        });
    }
}

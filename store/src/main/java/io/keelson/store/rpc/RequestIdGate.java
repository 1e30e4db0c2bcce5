package io.keelson.store.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.Set;

/**
 * Notes under which id a call is made. Calls on keys and leases heed it; one that only reads needs none, and passes it over. What would
 * change something else refuses it, as a client that relies on an id must not be let down in silence.
 */
final class RequestIdGate implements ServerInterceptor {

    private static final Set<String> CANNOT_HEED = Set.of(
            "etcdserverpb.Auth/AuthEnable",
            "etcdserverpb.Auth/AuthDisable",
            "etcdserverpb.Auth/UserAdd",
            "etcdserverpb.Auth/UserDelete",
            "etcdserverpb.Auth/UserChangePassword",
            "etcdserverpb.Auth/UserGrantRole",
            "etcdserverpb.Auth/UserRevokeRole",
            "etcdserverpb.Auth/RoleAdd",
            "etcdserverpb.Auth/RoleDelete",
            "etcdserverpb.Auth/RoleGrantPermission",
            "etcdserverpb.Auth/RoleRevokePermission",
            "etcdserverpb.Cluster/MemberAdd",
            "etcdserverpb.Cluster/MemberRemove",
            "etcdserverpb.Cluster/MemberUpdate",
            "etcdserverpb.Cluster/MemberPromote",
            "etcdserverpb.Maintenance/Alarm",
            "etcdserverpb.Maintenance/MoveLeader",
            "etcdserverpb.Maintenance/Downgrade",
            "v3lockpb.Lock/Lock",
            "v3lockpb.Lock/Unlock",
            "v3electionpb.Election/Campaign",
            "v3electionpb.Election/Proclaim",
            "v3electionpb.Election/Resign");

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
        Optional<RequestId> shown;
        try {
            shown = RequestId.of(call, metadata);
            if (shown.isPresent() && CANNOT_HEED.contains(shown.get().method())) {
                throw RequestId.invalid(shown.get().method() + " does not heed it");
            }
        } catch (StatusRuntimeException e) {
            call.close(e.getStatus(), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return shown.isEmpty()
                ? next.startCall(call, metadata)
                : Contexts.interceptCall(shown.get().in(Context.current()), call, metadata, next);
    }
}

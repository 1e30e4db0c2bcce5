package io.keelson.store.rpc;

import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.ClusterGrpc;
import io.keelson.proto.etcd.MemberListRequest;
import io.keelson.proto.etcd.MemberListResponse;
import io.keelson.store.Member;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Standing;
import java.util.concurrent.CompletableFuture;

/** {@code etcdserverpb.Cluster}: the members are fixed by configuration; they can be listed, not changed. */
final class ClusterService extends ClusterGrpc.ClusterImplBase {

    private final Replica replica;
    private final Calls calls;
    private final Headers headers;
    private final String scheme;

    /** @param scheme of the addresses in the list: {@code http://} or {@code https://} */
    ClusterService(Replica replica, Calls calls, Headers headers, String scheme) {
        this.replica = replica;
        this.calls = calls;
        this.headers = headers;
        this.scheme = scheme;
    }

    @Override
    public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> observer) {
        calls.answer(
                observer,
                () -> request.getLinearizable()
                        ? replica.readBarrier().thenApply(_ -> true)
                        : CompletableFuture.completedFuture(true),
                _ -> {
                    Standing standing = replica.standing();
                    var answer = MemberListResponse.newBuilder().setHeader(headers.withoutRevision());
                    for (Member member : standing.members()) {
                        var row = io.keelson.proto.etcd.Member.newBuilder()
                                .setID(standing.memberIds().getOrDefault(member.name(), 0L))
                                .setName(member.name())
                                .addPeerURLs(scheme + member.peer());
                        member.clients().forEach(client -> row.addClientURLs(scheme + client));
                        answer.addMembers(row);
                    }
                    return answer.build();
                });
    }
}

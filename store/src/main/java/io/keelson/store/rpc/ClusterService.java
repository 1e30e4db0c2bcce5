package io.keelson.store.rpc;

import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.ClusterGrpc;
import io.keelson.proto.etcd.Member;
import io.keelson.proto.etcd.MemberAddRequest;
import io.keelson.proto.etcd.MemberAddResponse;
import io.keelson.proto.etcd.MemberListRequest;
import io.keelson.proto.etcd.MemberListResponse;
import io.keelson.proto.etcd.MemberPromoteRequest;
import io.keelson.proto.etcd.MemberPromoteResponse;
import io.keelson.proto.etcd.MemberRemoveRequest;
import io.keelson.proto.etcd.MemberRemoveResponse;
import io.keelson.proto.etcd.MemberUpdateRequest;
import io.keelson.proto.etcd.MemberUpdateResponse;
import io.keelson.store.PeerUrls;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.MemberChange;
import io.keelson.store.mvcc.MemberRecord;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.node.Replica;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code etcdserverpb.Cluster}: who the members are, and changes of them. Answers carry no revision, as in etcd. */
final class ClusterService extends ClusterGrpc.ClusterImplBase {

    private final Replica replica;
    private final Calls calls;
    private final Headers headers;

    ClusterService(Replica replica, Calls calls, Headers headers) {
        this.replica = replica;
        this.calls = calls;
        this.headers = headers;
    }

    @Override
    public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> observer) {
        calls.answer(
                observer,
                () -> request.getLinearizable()
                        ? replica.readBarrier().thenApply(_ -> true)
                        : CompletableFuture.completedFuture(true),
                _ -> MemberListResponse.newBuilder()
                        .setHeader(headers.withoutRevision())
                        .addAllMembers(rows(replica.standing().members()))
                        .build());
    }

    @Override
    public void memberAdd(MemberAddRequest request, StreamObserver<MemberAddResponse> observer) {
        calls.answer(
                observer,
                () -> {
                    Failures.check(checkUrls(request.getPeerURLsList()));
                    MemberChange.Add change =
                            replica.cluster().newMember(request.getPeerURLsList(), request.getIsLearner());
                    return replica.cluster().change(change).thenApply(answer -> new Added(change.member(), answer));
                },
                added -> MemberAddResponse.newBuilder()
                        .setHeader(headers.withoutRevision())
                        .addAllMembers(rows(members(added.answer)))
                        .setMember(row(added.member))
                        .build());
    }

    private record Added(MemberRecord member, Answer answer) {}

    @Override
    public void memberRemove(MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> observer) {
        calls.answer(
                observer,
                () -> replica.cluster().change(new MemberChange.Remove(request.getID())),
                answer -> MemberRemoveResponse.newBuilder()
                        .setHeader(headers.withoutRevision())
                        .addAllMembers(rows(members(answer)))
                        .build());
    }

    @Override
    public void memberUpdate(MemberUpdateRequest request, StreamObserver<MemberUpdateResponse> observer) {
        calls.answer(
                observer,
                () -> {
                    Failures.check(checkUrls(request.getPeerURLsList()));
                    return replica.cluster()
                            .change(new MemberChange.Update(request.getID(), request.getPeerURLsList()));
                },
                answer -> MemberUpdateResponse.newBuilder()
                        .setHeader(headers.withoutRevision())
                        .addAllMembers(rows(members(answer)))
                        .build());
    }

    @Override
    public void memberPromote(MemberPromoteRequest request, StreamObserver<MemberPromoteResponse> observer) {
        calls.answer(
                observer,
                () -> replica.cluster().change(new MemberChange.Promote(request.getID())),
                answer -> MemberPromoteResponse.newBuilder()
                        .setHeader(headers.withoutRevision())
                        .addAllMembers(rows(members(answer)))
                        .build());
    }

    private static Optional<Refusal> checkUrls(List<String> urls) {
        return PeerUrls.areValid(urls) ? Optional.empty() : Optional.of(Refusal.BAD_MEMBER_URLS);
    }

    private static List<MemberRecord> members(Answer answer) {
        return Failures.expect(Answer.Members.class, answer).after().members();
    }

    /** By id, as etcd lists them. */
    static List<Member> rows(List<MemberRecord> members) {
        return members.stream()
                .sorted((one, other) -> Long.compareUnsigned(one.id(), other.id()))
                .map(ClusterService::row)
                .toList();
    }

    private static Member row(MemberRecord member) {
        return Member.newBuilder()
                .setID(member.id())
                .setName(member.name())
                .addAllPeerURLs(member.peerUrls())
                .addAllClientURLs(member.clientUrls())
                .setIsLearner(member.learner())
                .build();
    }
}

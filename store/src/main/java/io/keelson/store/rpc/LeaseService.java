package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrantResponse;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.LeaseKeepAliveRequest;
import io.keelson.proto.etcd.LeaseKeepAliveResponse;
import io.keelson.proto.etcd.LeaseLeasesRequest;
import io.keelson.proto.etcd.LeaseLeasesResponse;
import io.keelson.proto.etcd.LeaseRevokeRequest;
import io.keelson.proto.etcd.LeaseRevokeResponse;
import io.keelson.proto.etcd.LeaseStatus;
import io.keelson.proto.etcd.LeaseTimeToLiveRequest;
import io.keelson.proto.etcd.LeaseTimeToLiveResponse;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.LeaseRecord;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.mvcc.Permits;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.node.Replica;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** {@code etcdserverpb.Lease}: granted and revoked by the log, renewed and timed by the leader. */
final class LeaseService extends LeaseGrpc.LeaseImplBase {

    private static final long UNKNOWN_LEASE_TTL = -1;

    private final Replica replica;
    private final Calls calls;
    private final Streams streams;
    private final Executor workers;
    private final RandomGenerator ids;
    private final Headers headers;
    private final Guard guard;
    private final long minTtlSeconds;

    /** @param minTtlSeconds what a shorter lease is granted instead */
    LeaseService(
            Replica replica,
            Calls calls,
            Headers headers,
            Streams streams,
            Executor workers,
            RandomGenerator ids,
            Guard guard,
            long minTtlSeconds) {
        this.guard = guard;
        this.minTtlSeconds = minTtlSeconds;
        this.replica = replica;
        this.calls = calls;
        this.streams = streams;
        this.workers = workers;
        this.ids = ids;
        this.headers = headers;
    }

    @Override
    public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> observer) {
        Identity who = Identity.current();
        RequestId requestId = RequestId.current();
        calls.answer(
                observer,
                () -> {
                    if (request.getTTL() > Mvcc.MAX_LEASE_TTL_SECONDS) {
                        Failures.check(Optional.of(Refusal.LEASE_TTL_TOO_LARGE));
                    }
                    long id = request.getID() != 0 ? request.getID() : ids.nextLong(1, Long.MAX_VALUE);
                    return guard.propose(
                            who,
                            requestId.once(
                                    new Command.LeaseGrant(id, Math.max(request.getTTL(), minTtlSeconds)), request));
                },
                committed -> {
                    LeaseRecord lease = Failures.expect(Answer.LeaseGranted.class, committed.answer())
                            .lease();
                    return LeaseGrantResponse.newBuilder()
                            .setHeader(headers.at(committed.revision()))
                            .setID(lease.id())
                            .setTTL(lease.ttlSeconds())
                            .build();
                });
    }

    @Override
    public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> observer) {
        Identity who = Identity.current();
        RequestId requestId = RequestId.current();
        calls.answer(
                observer,
                () -> guard.propose(who, requestId.once(new Command.LeaseRevoke(request.getID()), request)),
                committed -> {
                    Failures.expect(Answer.LeaseRevoked.class, committed.answer());
                    return LeaseRevokeResponse.newBuilder()
                            .setHeader(headers.at(committed.revision()))
                            .build();
                });
    }

    @Override
    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(StreamObserver<LeaseKeepAliveResponse> observer) {
        var client = (ServerCallStreamObserver<LeaseKeepAliveResponse>) observer;
        Identity who = Identity.current();
        var stream = new KeepAliveStream(client, id -> keepAlive(who, id), headers, workers, streams);
        client.disableAutoRequest();
        client.setOnCancelHandler(stream::gone);
        // gRPC itself ends a call whose request it cannot read, and then this is all that is heard.
        client.setOnCloseHandler(stream::gone);
        streams.opened(stream, LeaderGate.isRequired());
        client.request(1);
        return stream;
    }

    /** Who keeps a lease alive keeps its keys, so it must be one who may write them. */
    private CompletableFuture<Long> keepAlive(Identity who, long id) {
        return guard.judge(
                        who,
                        (view, caller) ->
                                Permits.user(view.auth(), caller).or(() -> Permits.writeLease(view, caller, id)))
                .thenCompose(refusal -> {
                    Failures.check(refusal);
                    return replica.leases().keepAlive(id);
                });
    }

    @Override
    public void leaseTimeToLive(LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> observer) {
        Identity who = Identity.current();
        calls.answer(
                observer,
                () -> replica.leases()
                        .remaining(request.getID())
                        .thenCombine(replica.readBarrier(), (remaining, _) -> remaining),
                remaining -> replica.read(view -> {
                    guard.check(
                            view,
                            who,
                            caller -> Permits.user(view.auth(), caller)
                                    .or(() -> request.getKeys()
                                            ? Permits.readLease(view, caller, request.getID())
                                            : Optional.empty()));
                    var answer = LeaseTimeToLiveResponse.newBuilder()
                            .setHeader(headers.at(view.revision()))
                            .setID(request.getID());
                    Optional<LeaseRecord> lease = view.lease(request.getID());
                    if (lease.isEmpty() || remaining.isEmpty()) {
                        return answer.setTTL(UNKNOWN_LEASE_TTL).build();
                    }
                    List<ByteString> keys = request.getKeys() ? view.leaseKeys(request.getID()) : List.of();
                    return answer.setTTL(atLeastZero(remaining))
                            .setGrantedTTL(lease.get().ttlSeconds())
                            .addAllKeys(keys)
                            .build();
                }));
    }

    @Override
    public void leaseLeases(LeaseLeasesRequest request, StreamObserver<LeaseLeasesResponse> observer) {
        Identity who = Identity.current();
        calls.answer(
                observer,
                () -> replica.readBarrier().thenApply(_ -> true),
                _ -> replica.read(view -> {
                    guard.check(view, who, caller -> Permits.user(view.auth(), caller));
                    var answer = LeaseLeasesResponse.newBuilder().setHeader(headers.at(view.revision()));
                    for (LeaseRecord lease : view.leases()) {
                        answer.addLeases(LeaseStatus.newBuilder().setID(lease.id()));
                    }
                    return answer.build();
                }));
    }

    /** A lease that has run out and is not revoked yet must not look like an unknown one. */
    private static long atLeastZero(OptionalLong remaining) {
        return Math.max(0, remaining.orElse(0));
    }
}

package io.keelson.store.rpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.AlarmResponse;
import io.keelson.proto.etcd.AlarmType;
import io.keelson.proto.etcd.DefragmentRequest;
import io.keelson.proto.etcd.DefragmentResponse;
import io.keelson.proto.etcd.DowngradeInfo;
import io.keelson.proto.etcd.DowngradeRequest;
import io.keelson.proto.etcd.DowngradeResponse;
import io.keelson.proto.etcd.HashKVRequest;
import io.keelson.proto.etcd.HashKVResponse;
import io.keelson.proto.etcd.HashRequest;
import io.keelson.proto.etcd.HashResponse;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.MoveLeaderRequest;
import io.keelson.proto.etcd.MoveLeaderResponse;
import io.keelson.proto.etcd.SnapshotRequest;
import io.keelson.proto.etcd.SnapshotResponse;
import io.keelson.proto.etcd.StatusRequest;
import io.keelson.proto.etcd.StatusResponse;
import io.keelson.store.StoreOptions.Limits;
import io.keelson.store.mvcc.Alarms;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.HashAt;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Standing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code etcdserverpb.Maintenance}: how this member stands. Space comes back by itself, so there is little to maintain. */
final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {

    /** The etcd whose API this is; the Kubernetes API server decides by it what it may use. */
    static final String VERSION = "3.6.5";

    /** The etcd whose API all members of the cluster speak. */
    static final String CLUSTER_VERSION = "3.6.0";

    /** How long who asks for a defragmentation waits for it. */
    private static final Duration DEFRAGMENT_PATIENCE = Duration.ofMinutes(1);

    private final Replica replica;
    private final Calls calls;
    private final Headers headers;
    private final SnapshotStreams snapshots;
    private final Guard guard;
    private final Limits limits;
    private final KvHash kvHash;

    MaintenanceService(Replica replica, Calls calls, Headers headers, Guard guard, Limits limits, KvHash kvHash) {
        this.kvHash = kvHash;
        this.guard = guard;
        this.replica = replica;
        this.calls = calls;
        this.headers = headers;
        this.snapshots = new SnapshotStreams(replica);
        this.limits = limits;
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
        calls.answer(observer, () -> {
            Standing standing = replica.standing();
            var answer = StatusResponse.newBuilder()
                    .setHeader(headers.now())
                    .setVersion(VERSION)
                    .setStorageVersion(CLUSTER_VERSION)
                    .setDbSize(standing.storedBytes())
                    .setDbSizeInUse(standing.liveBytes())
                    .setDbSizeQuota(limits.quotaBackendBytes() == 0 ? limits.quota() : limits.quotaBackendBytes())
                    // There is none under way, ever.
                    .setDowngradeInfo(DowngradeInfo.getDefaultInstance())
                    .setLeader(standing.leaderId())
                    .setIsLearner(standing.isLearner())
                    .setRaftTerm(standing.term())
                    .setRaftIndex(standing.committedIndex())
                    .setRaftAppliedIndex(standing.appliedIndex());
            if (standing.leader().isEmpty()) {
                answer.addErrors("etcdserver: no leader");
            }
            // As etcd writes an alarm, blank at the end included.
            replica.read(View::alarms)
                    .forEach(alarm -> answer.addErrors("memberID:%s alarm:%s "
                            .formatted(Long.toUnsignedString(alarm.getMemberID()), alarm.getAlarm())));
            return answer.build();
        });
    }

    @Override
    public void moveLeader(MoveLeaderRequest request, StreamObserver<MoveLeaderResponse> observer) {
        calls.answer(observer, () -> replica.cluster().moveLeader(request.getTargetID()), refusal -> {
            Failures.check(refusal);
            return MoveLeaderResponse.newBuilder().setHeader(headers.now()).build();
        });
    }

    @Override
    public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> observer) {
        switch (request.getAction()) {
            case GET ->
                calls.answer(
                        observer,
                        () -> replica.readBarrier().thenApply(_ -> true),
                        _ -> replica.read(view -> alarms(view.revision(), Alarms.select(view.alarms(), request))));
            case ACTIVATE, DEACTIVATE ->
                calls.answer(
                        observer,
                        () -> {
                            checkType(request.getAlarm());
                            return guard.propose(Identity.current(), new Command.Alarm(request));
                        },
                        committed -> alarms(
                                committed.revision(),
                                Failures.expect(Answer.Alarms.class, committed.answer())
                                        .alarms()));
            case UNRECOGNIZED ->
                observer.onError(Status.INVALID_ARGUMENT
                        .withDescription("keelson: action " + request.getActionValue()
                                + " of an alarm is none of GET (0), ACTIVATE (1), DEACTIVATE (2)")
                        .asRuntimeException());
        }
    }

    /** etcd notes a type that it does not know and then panics. */
    private static void checkType(AlarmType type) {
        if (type == AlarmType.UNRECOGNIZED) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("keelson: the alarm is none of NONE (0), NOSPACE (1), CORRUPT (2)")
                    .asRuntimeException();
        }
    }

    private AlarmResponse alarms(long revision, List<AlarmMember> alarms) {
        return AlarmResponse.newBuilder()
                .setHeader(headers.at(revision))
                .addAllAlarms(alarms)
                .build();
    }

    /**
     * Space comes back by itself; this only hurries it. Nobody waits for it but who asks, and he for {@link #DEFRAGMENT_PATIENCE} at the
     * most: then the answer is the same and the work goes on.
     */
    @Override
    public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> observer) {
        calls.answer(
                observer,
                () -> replica.reclaim().completeOnTimeout(false, DEFRAGMENT_PATIENCE.toSeconds(), TimeUnit.SECONDS),
                _ -> DefragmentResponse.newBuilder().setHeader(headers.now()).build());
    }

    @Override
    public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> observer) {
        snapshots.send((ServerCallStreamObserver<SnapshotResponse>) observer);
    }

    @Override
    public void downgrade(DowngradeRequest request, StreamObserver<DowngradeResponse> observer) {
        calls.answer(observer, () -> {
            Status judged = Downgrades.judge(request, CLUSTER_VERSION);
            if (!judged.isOk()) {
                throw judged.asRuntimeException();
            }
            return DowngradeResponse.newBuilder()
                    .setHeader(headers.now())
                    .setVersion(CLUSTER_VERSION)
                    .build();
        });
    }

    @Override
    public void hash(HashRequest request, StreamObserver<HashResponse> observer) {
        calls.answer(
                observer,
                () -> kvHash.at(0),
                hashed -> HashResponse.newBuilder()
                        .setHeader(headers.at(hashed.newest()))
                        .setHash(hashed.hash())
                        .build());
    }

    @Override
    public void hashKV(HashKVRequest request, StreamObserver<HashKVResponse> observer) {
        calls.answer(
                observer,
                () -> kvHash.at(request.getRevision()),
                hashed -> HashKVResponse.newBuilder()
                        .setHeader(headers.at(hashed.newest()))
                        .setHash(hashed.hash())
                        .setCompactRevision(hashed.compacted())
                        .setHashRevision(hashed.revision())
                        .setRunningHash(replica.runningHash(hashed.revision())
                                .map(HashAt::hash)
                                .orElse(0L))
                        .build());
    }
}

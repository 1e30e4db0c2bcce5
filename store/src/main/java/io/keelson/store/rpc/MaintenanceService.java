package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.AlarmResponse;
import io.keelson.proto.etcd.DefragmentRequest;
import io.keelson.proto.etcd.DefragmentResponse;
import io.keelson.proto.etcd.HashKVRequest;
import io.keelson.proto.etcd.HashKVResponse;
import io.keelson.proto.etcd.HashRequest;
import io.keelson.proto.etcd.HashResponse;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.SnapshotRequest;
import io.keelson.proto.etcd.SnapshotResponse;
import io.keelson.proto.etcd.StatusRequest;
import io.keelson.proto.etcd.StatusResponse;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.Ranges;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Standing;
import java.util.zip.CRC32C;

/** {@code etcdserverpb.Maintenance}: how this member stands. Space comes back by itself, so there is little to maintain. */
final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {

    /** The etcd whose API this is; the Kubernetes API server decides by it what it may use. */
    static final String VERSION = "3.6.5";

    /** The etcd whose API all members of the cluster speak. */
    static final String CLUSTER_VERSION = "3.6.0";

    private static final KeyRange EVERYTHING = new KeyRange(ByteString.EMPTY, ByteString.EMPTY);

    private final Replica replica;
    private final Calls calls;
    private final Headers headers;
    private final SnapshotStreams snapshots;

    MaintenanceService(Replica replica, Calls calls, Headers headers) {
        this.replica = replica;
        this.calls = calls;
        this.headers = headers;
        this.snapshots = new SnapshotStreams(replica);
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
                    .setLeader(standing.leaderId())
                    .setRaftTerm(standing.term())
                    .setRaftIndex(standing.committedIndex())
                    .setRaftAppliedIndex(standing.appliedIndex());
            if (standing.leader().isEmpty()) {
                answer.addErrors("etcdserver: no leader");
            }
            return answer.build();
        });
    }

    /** No alarm is ever raised, so there is none to list and none to lift. */
    @Override
    public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> observer) {
        calls.answer(observer, () -> switch (request.getAction()) {
            case GET, DEACTIVATE ->
                AlarmResponse.newBuilder().setHeader(headers.now()).build();
            case ACTIVATE, UNRECOGNIZED ->
                throw Failures.notBuilt("etcdserverpb.Maintenance/Alarm with action " + request.getAction())
                        .asRuntimeException();
        });
    }

    /** Nothing to do: space comes back online. */
    @Override
    public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> observer) {
        calls.answer(
                observer,
                () -> DefragmentResponse.newBuilder().setHeader(headers.now()).build());
    }

    @Override
    public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> observer) {
        snapshots.send((ServerCallStreamObserver<SnapshotResponse>) observer);
    }

    @Override
    public void hash(HashRequest request, StreamObserver<HashResponse> observer) {
        calls.answer(
                observer,
                () -> replica.read(view -> HashResponse.newBuilder()
                        .setHeader(headers.at(view.revision()))
                        .setHash(hash(view, view.revision()))
                        .build()));
    }

    /** Equal on members with equal keys at the revision. Not the number that etcd would answer. */
    @Override
    public void hashKV(HashKVRequest request, StreamObserver<HashKVResponse> observer) {
        calls.answer(
                observer,
                () -> replica.read(view -> {
                    Failures.check(Ranges.check(
                            view,
                            RangeRequest.newBuilder()
                                    .setRevision(request.getRevision())
                                    .build()));
                    long revision = request.getRevision() > 0 ? request.getRevision() : view.revision();
                    return HashKVResponse.newBuilder()
                            .setHeader(headers.at(view.revision()))
                            .setHash(hash(view, revision))
                            .setCompactRevision(view.compactRevision())
                            .setHashRevision(revision)
                            .build();
                }));
    }

    private static int hash(View view, long revision) {
        var crc = new CRC32C();
        try (View.Cursor cursor = view.range(EVERYTHING, revision)) {
            while (cursor.hasNext()) {
                KeyValue kv = cursor.next();
                crc.update(kv.toByteArray());
            }
        }
        return (int) crc.getValue();
    }
}

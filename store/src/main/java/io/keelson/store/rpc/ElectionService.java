package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.CampaignRequest;
import io.keelson.proto.etcd.CampaignResponse;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.ElectionGrpc;
import io.keelson.proto.etcd.LeaderKey;
import io.keelson.proto.etcd.LeaderRequest;
import io.keelson.proto.etcd.LeaderResponse;
import io.keelson.proto.etcd.ProclaimRequest;
import io.keelson.proto.etcd.ProclaimResponse;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.ResignRequest;
import io.keelson.proto.etcd.ResignResponse;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.store.node.Replica;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** {@code v3electionpb.Election}: who is first in {@link Line} leads, and its key's value is what the leader says. */
final class ElectionService extends ElectionGrpc.ElectionImplBase {

    private final Replica replica;
    private final Calls calls;
    private final Headers headers;
    private final Line line;
    private final Streams streams;
    private final Executor workers;

    ElectionService(Replica replica, Calls calls, Headers headers, Line line, Streams streams, Executor workers) {
        this.replica = replica;
        this.calls = calls;
        this.headers = headers;
        this.line = line;
        this.streams = streams;
        this.workers = workers;
    }

    @Override
    public void campaign(CampaignRequest request, StreamObserver<CampaignResponse> observer) {
        Identity who = Identity.current();
        var client = (ServerCallStreamObserver<CampaignResponse>) observer;
        calls.answerLater(
                client,
                line.served(
                                client,
                                who,
                                request.getName(),
                                request.getLease(),
                                request.getValue(),
                                place -> proclaimIfOther(who, place, request.getValue()))
                        .thenCompose(place -> won(request.getName(), place)));
    }

    /** Who campaigns again with the same lease stands where it stood, and says something new. */
    private CompletableFuture<?> proclaimIfOther(Identity who, Line.Place place, ByteString value) {
        boolean says = place.before().filter(kv -> !kv.getValue().equals(value)).isEmpty();
        return says
                ? CompletableFuture.completedFuture(true)
                : proclaim(who, place.key(), place.created(), place.lease(), value);
    }

    /** etcd answers that the election is won even if the lease has ended during the wait; here the key is looked for first. */
    private CompletableFuture<CampaignResponse> won(ByteString name, Line.Place place) {
        var answer = CampaignResponse.newBuilder()
                .setHeader(headers.at(place.revision()))
                .setLeader(LeaderKey.newBuilder()
                        .setName(name)
                        .setKey(place.key())
                        .setRev(place.created())
                        .setLease(place.lease()))
                .build();
        if (place.served()) {
            return CompletableFuture.completedFuture(answer);
        }
        return replica.readBarrier()
                .thenApply(_ -> replica.read(view -> {
                    if (!Line.isThere(view, place.key(), place.created())) {
                        throw Failures.NOT_ELECTED.asRuntimeException();
                    }
                    return answer;
                }));
    }

    @Override
    public void proclaim(ProclaimRequest request, StreamObserver<ProclaimResponse> observer) {
        Identity who = Identity.current();
        LeaderKey leader = request.getLeader();
        calls.answer(
                observer,
                () -> {
                    if (!request.hasLeader()) {
                        throw Failures.LEADER_MISSING.asRuntimeException();
                    }
                    return proclaim(who, leader.getKey(), leader.getRev(), leader.getLease(), request.getValue());
                },
                revision -> ProclaimResponse.newBuilder()
                        .setHeader(headers.at(revision))
                        .build());
    }

    private CompletableFuture<Long> proclaim(Identity who, ByteString key, long created, long lease, ByteString value) {
        var put = PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease);
        return line.txn(
                        who,
                        TxnRequest.newBuilder()
                                .addCompare(Line.created(key, created))
                                .addSuccess(RequestOp.newBuilder().setRequestPut(put))
                                .build())
                .thenApply(response -> {
                    if (!response.getSucceeded()) {
                        throw Failures.NOT_ELECTED.asRuntimeException();
                    }
                    return response.getHeader().getRevision();
                });
    }

    @Override
    public void leader(LeaderRequest request, StreamObserver<LeaderResponse> observer) {
        Identity who = Identity.current();
        calls.answer(
                observer,
                () -> replica.readBarrier().thenApply(_ -> true),
                _ -> replica.read(view -> LeaderResponse.newBuilder()
                        .setHeader(headers.at(view.revision()))
                        .setKv(line.first(view, who, Line.prefix(request.getName()))
                                .orElseThrow(Failures.NOBODY_ELECTED::asRuntimeException))
                        .build()));
    }

    @Override
    public void observe(LeaderRequest request, StreamObserver<LeaderResponse> observer) {
        var client = (ServerCallStreamObserver<LeaderResponse>) observer;
        var observation = new Observation(
                client, replica, line, Identity.current(), Line.prefix(request.getName()), headers, streams, workers);
        client.setOnReadyHandler(observation::wake);
        client.setOnCancelHandler(observation::wake);
        streams.opened(observation, LeaderGate.isRequired());
        var _ = replica.readBarrier().whenComplete((_, error) -> {
            if (error == null) {
                observation.wake();
            } else {
                observation.end(Calls.report(error));
            }
        });
    }

    @Override
    public void resign(ResignRequest request, StreamObserver<ResignResponse> observer) {
        Identity who = Identity.current();
        LeaderKey leader = request.getLeader();
        calls.answer(
                observer,
                () -> {
                    if (!request.hasLeader()) {
                        throw Failures.LEADER_MISSING.asRuntimeException();
                    }
                    return line.txn(
                            who,
                            TxnRequest.newBuilder()
                                    .addCompare(Line.created(leader.getKey(), leader.getRev()))
                                    .addSuccess(RequestOp.newBuilder()
                                            .setRequestDeleteRange(DeleteRangeRequest.newBuilder()
                                                    .setKey(leader.getKey())))
                                    .build());
                },
                response -> ResignResponse.newBuilder()
                        .setHeader(headers.at(response.getHeader().getRevision()))
                        .build());
    }
}

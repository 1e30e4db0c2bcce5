package io.keelson.store.rpc;

import com.google.protobuf.MessageLite;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.CompactionResponse;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.DeleteRangeResponse;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.PutResponse;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.RangeStreamResponse;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import io.keelson.store.StoreOptions.Limits;
import io.keelson.store.fault.PlantedFault;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.mvcc.Permits;
import io.keelson.store.mvcc.Ranges;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.RequestCheck;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Replica.Committed;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/** {@code etcdserverpb.KV}: reads go to the state applied here, after a barrier unless serializable; writes to the log. */
final class KvService extends KVGrpc.KVImplBase {

    private final Replica replica;
    private final Calls calls;
    private final Headers headers;
    private final Guard guard;
    private final Limits limits;
    private final Streams streams;
    private final Executor workers;
    private final LargeAnswers largeAnswers = new LargeAnswers();

    KvService(
            Replica replica,
            Calls calls,
            Headers headers,
            Guard guard,
            Limits limits,
            Streams streams,
            Executor workers) {
        this.streams = streams;
        this.workers = workers;
        this.guard = guard;
        this.replica = replica;
        this.calls = calls;
        this.headers = headers;
        this.limits = limits;
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
        Identity who = Identity.current();
        calls.answer(
                observer,
                () -> {
                    Failures.check(RequestCheck.check(request));
                    return barrierUnless(request.getSerializable(), who);
                },
                // A single key is most often in memory; a range may be anywhere.
                _ -> request.getRangeEnd().isEmpty()
                        ? replica.readInMemory(view -> range(view, who, request, Long.MAX_VALUE))
                                .flatMap(answer -> answer)
                        : Optional.empty(),
                _ -> largeAnswers.make(maxBytes -> replica.read(view -> range(view, who, request, maxBytes))));
    }

    private Optional<RangeResponse> range(View view, Identity who, RangeRequest request, long maxBytes) {
        guard.check(view, who, caller -> Permits.read(view.auth(), caller, request.getKey(), request.getRangeEnd()));
        Failures.check(Ranges.check(view, request));
        // The current revision, also when an old one is read.
        long revision =
                view.revision() + (PlantedFault.HEADER_AHEAD_OF_STATE.isPlanted() && request.getSerializable() ? 1 : 0);
        return Ranges.read(view, request, maxBytes)
                .map(answer ->
                        answer.toBuilder().setHeader(headers.at(revision)).build());
    }

    @Override
    public void rangeStream(RangeRequest request, StreamObserver<RangeStreamResponse> observer) {
        var client = (ServerCallStreamObserver<RangeStreamResponse>) observer;
        Identity who = Identity.current();
        var stream = new RangeStream(
                client, replica, guard, headers, streams, workers, who, request, limits.maxRequestBytes());
        client.setOnReadyHandler(stream::wake);
        client.setOnCancelHandler(stream::wake);
        streams.opened(stream, LeaderGate.isRequired());
        CompletableFuture<Boolean> ready;
        try {
            Failures.check(RequestCheck.check(request));
            Failures.checkStreamable(request);
            ready = barrierUnless(request.getSerializable(), who);
        } catch (RuntimeException e) {
            ready = CompletableFuture.failedFuture(e);
        }
        var _ = ready.whenComplete((_, error) -> {
            if (error == null) {
                stream.begin();
            } else {
                stream.end(Calls.report(error));
            }
        });
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> observer) {
        Identity who = Identity.current();
        RequestId requestId = RequestId.current();
        calls.answerAtOnce(
                observer,
                () -> {
                    Failures.check(RequestCheck.check(request).or(() -> size(request)));
                    return guard.propose(who, requestId.once(new Command.Put(request), request));
                },
                committed -> Failures.expect(Answer.Put.class, committed.answer()).response().toBuilder()
                        .setHeader(headers.at(committed.revision()))
                        .build());
    }

    @Override
    public void deleteRange(DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> observer) {
        Identity who = Identity.current();
        RequestId requestId = RequestId.current();
        calls.answerAtOnce(
                observer,
                () -> {
                    Failures.check(RequestCheck.check(request).or(() -> size(request)));
                    return guard.propose(who, requestId.once(new Command.DeleteRange(request), request));
                },
                committed -> Failures.expect(Answer.DeleteRange.class, committed.answer()).response().toBuilder()
                        .setHeader(headers.at(committed.revision()))
                        .build());
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
        Identity who = Identity.current();
        RequestId requestId = RequestId.current();
        if (Mvcc.readsOnly(request)) {
            calls.answer(
                    observer,
                    () -> {
                        Failures.check(RequestCheck.check(request, limits.maxTxnOps()));
                        return barrierUnless(isSerializable(request), who);
                    },
                    _ -> replica.read(view -> {
                        var command = new Command.As(guard.caller(view.auth(), who), new Command.Txn(request));
                        return answer(Mvcc.apply(view, command).answer(), view.revision());
                    }));
            return;
        }
        calls.answerAtOnce(
                observer,
                () -> {
                    Failures.check(
                            RequestCheck.check(request, limits.maxTxnOps()).or(() -> size(request)));
                    return guard.propose(who, requestId.once(new Command.Txn(request), request));
                },
                committed -> answer(committed.answer(), committed.revision()));
    }

    @Override
    public void compact(CompactionRequest request, StreamObserver<CompactionResponse> observer) {
        Identity who = Identity.current();
        RequestId requestId = RequestId.current();
        calls.answerAtOnce(
                observer,
                () -> guard.propose(who, requestId.once(new Command.Compact(request.getRevision()), request))
                        .thenCompose(committed -> request.getPhysical()
                                ? onDisk(committed)
                                : CompletableFuture.completedFuture(committed)),
                committed -> {
                    Failures.expect(Answer.Compacted.class, committed.answer());
                    return CompactionResponse.newBuilder()
                            .setHeader(headers.at(committed.revision()))
                            .build();
                });
    }

    /** Whoever asks for a physical compaction is answered when this member's disk holds no more of what was given up. */
    private CompletableFuture<Committed> onDisk(Committed committed) {
        return committed.answer() instanceof Answer.Compacted(long revision)
                ? replica.compacted(revision).thenApply(_ -> committed)
                : CompletableFuture.completedFuture(committed);
    }

    private TxnResponse answer(Answer answer, long revision) {
        return Failures.expect(Answer.Txn.class, answer).response().toBuilder()
                .setHeader(headers.at(revision))
                .build();
    }

    /** The barrier's outcome has no value; the future of this one is there so that every call has the same shape. */
    private CompletableFuture<Boolean> barrierUnless(boolean serializable, Identity who) {
        return serializable ? guard.recognized(who) : replica.readBarrier().thenApply(_ -> true);
    }

    /** Whether every operation may be answered from a stale state. A transaction of compares alone may not. */
    private static boolean isSerializable(TxnRequest request) {
        return request.getSuccessCount() + request.getFailureCount() > 0
                && Stream.concat(request.getSuccessList().stream(), request.getFailureList().stream())
                        .allMatch(KvService::isSerializable);
    }

    private static boolean isSerializable(RequestOp op) {
        return op.hasRequestRange() && op.getRequestRange().getSerializable();
    }

    private Optional<Refusal> size(MessageLite request) {
        return request.getSerializedSize() > limits.maxRequestBytes()
                ? Optional.of(Refusal.REQUEST_TOO_LARGE)
                : Optional.empty();
    }
}

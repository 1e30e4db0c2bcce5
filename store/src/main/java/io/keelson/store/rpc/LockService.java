package io.keelson.store.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.LockGrpc;
import io.keelson.proto.etcd.LockRequest;
import io.keelson.proto.etcd.LockResponse;
import io.keelson.proto.etcd.UnlockRequest;
import io.keelson.proto.etcd.UnlockResponse;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.RequestCheck;
import io.keelson.store.node.Replica;
import java.util.concurrent.CompletableFuture;

/**
 * {@code v3lockpb.Lock}: who is first in {@link Line} has the lock.
 *
 * <p>A lease can end at any time, also while its holder believes to have the lock. So the lock alone keeps nobody apart; the create revision
 * of the key in the answer does, where what is locked refuses a smaller one than it has seen.
 */
final class LockService extends LockGrpc.LockImplBase {

    private final Replica replica;
    private final Calls calls;
    private final Headers headers;
    private final Guard guard;
    private final Line line;

    LockService(Replica replica, Calls calls, Headers headers, Guard guard, Line line) {
        this.replica = replica;
        this.calls = calls;
        this.headers = headers;
        this.guard = guard;
        this.line = line;
    }

    @Override
    public void lock(LockRequest request, StreamObserver<LockResponse> observer) {
        Identity who = Identity.current();
        var client = (ServerCallStreamObserver<LockResponse>) observer;
        calls.answerLater(
                client,
                line.served(
                                client,
                                who,
                                request.getName(),
                                request.getLease(),
                                com.google.protobuf.ByteString.EMPTY,
                                _ -> CompletableFuture.completedFuture(true))
                        .thenCompose(this::held));
    }

    /** The lease may have ended during the wait: after it, the key is looked for once more. */
    private CompletableFuture<LockResponse> held(Line.Place place) {
        if (place.served()) {
            return CompletableFuture.completedFuture(answer(place, place.revision()));
        }
        return replica.readBarrier()
                .thenApply(_ -> replica.read(view -> {
                    if (!Line.isThere(view, place.key(), place.created())) {
                        throw Failures.SESSION_EXPIRED.asRuntimeException();
                    }
                    return answer(place, view.revision());
                }));
    }

    private LockResponse answer(Line.Place place, long revision) {
        return LockResponse.newBuilder()
                .setHeader(headers.at(revision))
                .setKey(place.key())
                .build();
    }

    @Override
    public void unlock(UnlockRequest request, StreamObserver<UnlockResponse> observer) {
        Identity who = Identity.current();
        var delete = DeleteRangeRequest.newBuilder().setKey(request.getKey()).build();
        calls.answer(
                observer,
                () -> {
                    Failures.check(RequestCheck.check(delete));
                    return guard.propose(who, new Command.DeleteRange(delete));
                },
                committed -> {
                    Failures.expect(Answer.DeleteRange.class, committed.answer());
                    return UnlockResponse.newBuilder()
                            .setHeader(headers.at(committed.revision()))
                            .build();
                });
    }
}

package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeRequest.SortOrder;
import io.keelson.proto.etcd.RangeRequest.SortTarget;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.Permits;
import io.keelson.store.mvcc.Ranges;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Replica;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keys under a prefix as people in line: whose key was created first is served. Locks and elections are lines, with etcd's keys, so that
 * clients with a recipe of their own ({@code etcdctl lock}) stand in the same line:
 *
 * <pre>
 *   name/694d8c1f  created at 17   has it
 *   name/694d8c23  created at 21   waits until 17 is gone, and looks at nobody else
 *   name/694d8c20  created at 22   waits until 21 is gone
 * </pre>
 *
 * <p>The part behind the slash is the lease of who stands there, in hexadecimal: when it ends, the place is lost, before it is served or
 * after. So having been served is no promise to be it still; the revision of creation, which grows from each to the next, is what others
 * can check (a fencing token).
 */
final class Line {

    /** TTL of the lease that a caller without one gets. */
    static final long LEASE_SECONDS = 60;

    /** Callers that may wait in one server; more are refused with "too many requests". */
    static final int MAX_WAITING = 10_000;

    /** Who waits looks at most so often, however much is written meanwhile. */
    private static final long MIN_LOOK_MILLIS = 10;

    /**
     * A place in a line.
     *
     * @param created the key's create revision
     * @param before the key as it was already there, from an earlier call with the same lease
     * @param served whether nobody was ahead at once
     * @param revision the store's when the place was taken
     */
    record Place(
            ByteString prefix,
            ByteString key,
            long lease,
            long created,
            Optional<KeyValue> before,
            boolean served,
            long revision) {}

    private final Replica replica;
    private final Guard guard;
    private final Streams streams;
    private final Executor workers;
    private final ScheduledExecutorService clock;
    private final RandomGenerator ids;
    private final AtomicInteger waiting = new AtomicInteger();

    Line(
            Replica replica,
            Guard guard,
            Streams streams,
            Executor workers,
            ScheduledExecutorService clock,
            RandomGenerator ids) {
        this.replica = replica;
        this.guard = guard;
        this.streams = streams;
        this.workers = workers;
        this.clock = clock;
        this.ids = ids;
    }

    /** The keys of a line. */
    static ByteString prefix(ByteString name) {
        return name.concat(ByteString.copyFromUtf8("/"));
    }

    /**
     * Takes a place and waits to be served; leaves the line when the client ends the call meanwhile. To be called before the service's
     * method returns.
     *
     * @param onPlace what to do as soon as the place is taken, before waiting
     */
    CompletableFuture<Place> served(
            ServerCallStreamObserver<?> client,
            Identity who,
            ByteString name,
            long lease,
            ByteString value,
            java.util.function.Function<Place, CompletableFuture<?>> onPlace) {
        var turn = new Turn(who);
        client.setOnCancelHandler(() -> turn.end(Status.CANCELLED));
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return CompletableFuture.failedFuture(Failures.TOO_MANY_REQUESTS.asRuntimeException());
        }
        streams.opened(turn, LeaderGate.isRequired());
        return join(who, name, lease, value)
                .thenCompose(place -> onPlace.apply(place).thenApply(_ -> place))
                .thenCompose(turn::await)
                .whenComplete((_, _) -> {
                    waiting.decrementAndGet();
                    streams.closed(turn);
                });
    }

    private CompletableFuture<Place> join(Identity who, ByteString name, long lease, ByteString value) {
        LongFunction<CompletableFuture<Place>> take = id -> {
            ByteString prefix = prefix(name);
            ByteString key = prefix.concat(ByteString.copyFromUtf8(Long.toHexString(id)));
            RequestOp first =
                    RequestOp.newBuilder().setRequestRange(first(prefix)).build();
            var request = TxnRequest.newBuilder()
                    .addCompare(created(key, 0))
                    .addSuccess(RequestOp.newBuilder()
                            .setRequestPut(PutRequest.newBuilder()
                                    .setKey(key)
                                    .setValue(value)
                                    .setLease(id)))
                    .addSuccess(first)
                    .addFailure(RequestOp.newBuilder()
                            .setRequestRange(RangeRequest.newBuilder().setKey(key)))
                    .addFailure(first)
                    .build();
            return txn(who, request).thenApply(response -> place(prefix, key, id, response));
        };
        if (lease != 0) {
            return take.apply(lease);
        }
        return guard.propose(who, new Command.LeaseGrant(ids.nextLong(1, Long.MAX_VALUE), LEASE_SECONDS))
                .thenCompose(committed -> take.apply(Failures.expect(Answer.LeaseGranted.class, committed.answer())
                        .lease()
                        .id()));
    }

    private static Place place(ByteString prefix, ByteString key, long lease, TxnResponse response) {
        long revision = response.getHeader().getRevision();
        Optional<KeyValue> before = response.getSucceeded()
                ? Optional.empty()
                : Optional.of(response.getResponses(0).getResponseRange().getKvs(0));
        long created = before.map(KeyValue::getCreateRevision).orElse(revision);
        KeyValue first = response.getResponses(1).getResponseRange().getKvs(0);
        return new Place(prefix, key, lease, created, before, first.getCreateRevision() == created, revision);
    }

    /** A transaction in the caller's name, and its answer. */
    CompletableFuture<TxnResponse> txn(Identity who, TxnRequest request) {
        return guard.propose(who, new Command.Txn(request))
                .thenApply(committed ->
                        Failures.expect(Answer.Txn.class, committed.answer()).response());
    }

    /** Holds for the key that was created at a revision; 0: for one that is not there. */
    static Compare created(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.CREATE)
                .setCreateRevision(revision)
                .build();
    }

    /** Asks for who is served. */
    static RangeRequest first(ByteString prefix) {
        return RangeRequest.newBuilder()
                .setKey(prefix)
                .setRangeEnd(end(prefix))
                .setSortTarget(SortTarget.CREATE)
                .setSortOrder(SortOrder.ASCEND)
                .setLimit(1)
                .build();
    }

    /** The first key behind all that begin with the prefix, which ends with a slash. */
    static ByteString end(ByteString prefix) {
        return prefix.substring(0, prefix.size() - 1).concat(ByteString.copyFromUtf8("0"));
    }

    /** Who is served, on a state; throws if the caller may not know. */
    Optional<KeyValue> first(View view, Identity who, ByteString prefix) {
        guard.check(view, who, caller -> Permits.read(view.auth(), caller, prefix, end(prefix)));
        return Ranges.read(view, first(prefix)).getKvsList().stream().findFirst();
    }

    /** Gives a place up, if it is still there. */
    private void leave(Identity who, Place place) {
        var request = TxnRequest.newBuilder()
                .addCompare(created(place.key, place.created))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(place.key)))
                .build();
        // Where this fails, the end of the lease does it.
        var _ = txn(who, request);
    }

    /** The wait of one caller. */
    private final class Turn implements Streams.Open {
        private final Identity who;
        private final CompletableFuture<Place> served = new CompletableFuture<>();
        private @Nullable KeyValue ahead;
        private long lookedNanos;

        Turn(Identity who) {
            this.who = who;
        }

        /** Completes when the place is served or lost; which of both is for the caller to look at, after a barrier. */
        CompletableFuture<Place> await(Place place) {
            var _ = served.whenComplete((_, error) -> {
                if (error != null) {
                    leave(who, place);
                }
            });
            if (place.served) {
                served.complete(place);
            } else {
                workers.execute(() -> look(place));
            }
            return served;
        }

        @Override
        public void end(Status status) {
            served.completeExceptionally(status.asRuntimeException());
        }

        private void look(Place place) {
            if (served.isDone()) {
                return;
            }
            try {
                lookedNanos = System.nanoTime();
                long seen = replica.history().revision();
                if (replica.read(view -> isOver(view, place))) {
                    served.complete(place);
                } else {
                    replica.history().whenReached(seen + 1, () -> lookAgain(place));
                }
            } catch (RuntimeException e) {
                served.completeExceptionally(e);
            }
        }

        private void lookAgain(Place place) {
            long wait = MIN_LOOK_MILLIS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lookedNanos);
            if (wait <= 0) {
                workers.execute(() -> look(place));
            } else {
                var _ = clock.schedule(() -> workers.execute(() -> look(place)), wait, TimeUnit.MILLISECONDS);
            }
        }

        private boolean isOver(View view, Place place) {
            if (!isThere(view, place.key, place.created)) {
                return true;
            }
            if (ahead != null && isThere(view, ahead.getKey(), ahead.getCreateRevision())) {
                return false;
            }
            ahead = Ranges.read(
                            view,
                            RangeRequest.newBuilder()
                                    .setKey(place.prefix)
                                    .setRangeEnd(Line.end(place.prefix))
                                    .setMaxCreateRevision(place.created - 1)
                                    .setSortTarget(SortTarget.CREATE)
                                    .setSortOrder(SortOrder.DESCEND)
                                    .setLimit(1)
                                    .build())
                    .getKvsList()
                    .stream()
                    .findFirst()
                    .orElse(null);
            return ahead == null;
        }
    }

    /** Whether the key that was created at a revision is there. */
    static boolean isThere(View view, ByteString key, long created) {
        return view.get(key, view.revision())
                .filter(kv -> kv.getCreateRevision() == created)
                .isPresent();
    }
}

package io.keelson.store;

import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.CompactionResponse;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrantResponse;
import io.keelson.proto.etcd.LeaseKeepAliveResponse;
import io.keelson.proto.etcd.LeaseRevokeResponse;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.ResponseHeader;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.mvcc.Ranges;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.RequestCheck;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.History;
import io.keelson.store.node.Replica;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** The port over the replica in this process. */
final class ReplicaKv implements Kv {

    /** Events that one {@link KvWatch#next} returns at the most, but for the revision that is begun. */
    private static final int MAX_EVENTS = 1_000;

    private static final long MIN_LEASE_TTL_SECONDS = 2;

    private final Replica replica;

    ReplicaKv(Replica replica) {
        this.replica = replica;
    }

    @Override
    public RangeResponse range(RangeRequest request) {
        return range(request, Ranges::read);
    }

    @Override
    public RangeResponse piece(RangeRequest request) {
        return range(request, Ranges::piece);
    }

    private RangeResponse range(RangeRequest request, BiFunction<View, RangeRequest, RangeResponse> read) {
        RequestCheck.check(request).ifPresent(ReplicaKv::refuse);
        if (!request.getSerializable()) {
            await(replica.readBarrier());
        }
        return replica.read(view -> {
            Ranges.check(view, request).ifPresent(ReplicaKv::refuse);
            return read.apply(view, request).toBuilder()
                    .setHeader(header(view.revision()))
                    .build();
        });
    }

    @Override
    public TxnResponse txn(TxnRequest request) {
        check(request);
        if (Mvcc.readsOnly(request)) {
            await(replica.readBarrier());
            return replica.read(view -> answered(
                            Mvcc.apply(view, trusted(new Command.Txn(request))).answer(), Answer.Txn.class)
                    .response());
        }
        return propose(new Command.Txn(request), Answer.Txn.class).response();
    }

    /** Refuses what is too much for one transaction, or not well formed; the same for every store that is asked in process. */
    static void check(TxnRequest request) {
        RequestCheck.check(request, MAX_TXN_OPS)
                .or(() -> request.getSerializedSize() > MAX_TXN_BYTES
                        ? Optional.of(Refusal.REQUEST_TOO_LARGE)
                        : Optional.empty())
                .ifPresent(ReplicaKv::refuse);
    }

    @Override
    public LeaseGrantResponse leaseGrant(LeaseGrantRequest request) {
        long id = request.getID() != 0
                ? request.getID()
                : ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        long ttl = Math.max(request.getTTL(), MIN_LEASE_TTL_SECONDS);
        var granted = propose(new Command.LeaseGrant(id, ttl), Answer.LeaseGranted.class);
        return LeaseGrantResponse.newBuilder()
                .setHeader(header(replica.history().revision()))
                .setID(granted.lease().id())
                .setTTL(granted.lease().ttlSeconds())
                .build();
    }

    @Override
    public LeaseKeepAliveResponse leaseKeepAlive(long leaseId) {
        ResponseHeader header = header(replica.history().revision());
        return LeaseKeepAliveResponse.newBuilder()
                .setHeader(header)
                .setID(leaseId)
                .setTTL(await(replica.leases().keepAlive(leaseId)))
                .build();
    }

    @Override
    public LeaseRevokeResponse leaseRevoke(long leaseId) {
        propose(new Command.LeaseRevoke(leaseId), Answer.LeaseRevoked.class);
        return LeaseRevokeResponse.newBuilder()
                .setHeader(header(replica.history().revision()))
                .build();
    }

    @Override
    public CompactionResponse compact(CompactionRequest request) {
        propose(new Command.Compact(request.getRevision()), Answer.Compacted.class);
        return CompactionResponse.newBuilder()
                .setHeader(header(replica.history().revision()))
                .build();
    }

    @Override
    public KvWatch watch(WatchCreateRequest request) {
        History history = replica.history();
        long start = request.getStartRevision() == 0 ? history.revision() + 1 : request.getStartRevision();
        return new Cursor(history, request, start);
    }

    private <T extends Answer> T propose(Command command, Class<T> type) {
        return answered(await(replica.propose(trusted(command))).answer(), type);
    }

    /** Who shares the process is not a user of the store. */
    private static Command trusted(Command command) {
        return new Command.As(Caller.SYSTEM, command);
    }

    private static <T extends Answer> T answered(Answer answer, Class<T> type) {
        if (answer instanceof Answer.Refused(Refusal refusal)) {
            refuse(refusal);
        }
        return type.cast(answer);
    }

    private static void refuse(Refusal refusal) {
        throw Refusals.exception(refusal);
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof KvException known) {
                // A new one, so that its trace shows who asked.
                throw new KvException(known.reason(), String.valueOf(known.getMessage()), known);
            }
            throw e;
        }
    }

    private ResponseHeader header(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    private final class Cursor implements KvWatch {
        private final History history;
        private final WatchCreateRequest request;
        private final KeyRange range;
        private volatile long next;
        private volatile boolean closed;
        /** Told of the next revision; at most one is outstanding, however often an idle cursor is asked. */
        private volatile CountDownLatch wake = new CountDownLatch(0);

        Cursor(History history, WatchCreateRequest request, long next) {
            this.history = history;
            this.request = request;
            this.range = KeyRange.of(request.getKey(), request.getRangeEnd());
            this.next = next;
        }

        @Override
        public Optional<WatchResponse> next(Duration patience) throws InterruptedException {
            long end = System.nanoTime() + patience.toNanos();
            while (true) {
                if (closed) {
                    throw new InterruptedException("the watch is closed");
                }
                History.Slice slice = history.read(range, next, request.getPrevKv(), MAX_EVENTS);
                next = slice.through() + 1;
                List<Event> wanted = slice.events().stream()
                        .filter(event -> !isFiltered(event))
                        .toList();
                if (!wanted.isEmpty()) {
                    return Optional.of(WatchResponse.newBuilder()
                            .setHeader(header(slice.through()))
                            .setWatchId(request.getWatchId())
                            .addAllEvents(wanted)
                            .build());
                }
                if (next <= history.revision()) {
                    continue;
                }
                long remaining = end - System.nanoTime();
                if (remaining <= 0) {
                    return Optional.empty();
                }
                CountDownLatch latch = wake;
                if (latch.getCount() == 0) {
                    latch = new CountDownLatch(1);
                    wake = latch;
                    history.whenReached(next, latch::countDown);
                }
                if (closed) {
                    continue;
                }
                var _ = latch.await(remaining, TimeUnit.NANOSECONDS);
            }
        }

        private boolean isFiltered(Event event) {
            var unwanted = event.getType() == Event.EventType.PUT
                    ? WatchCreateRequest.FilterType.NOPUT
                    : WatchCreateRequest.FilterType.NODELETE;
            return request.getFiltersList().contains(unwanted);
        }

        @Override
        public long progress() {
            return next - 1;
        }

        @Override
        public void close() {
            closed = true;
            wake.countDown();
        }
    }
}

package io.keelson.store;

import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.CompactionResponse;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
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
import io.keelson.store.mvcc.Applied;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.LeaseRecord;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.mvcc.Ranges;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.RequestCheck;
import io.keelson.store.mvcc.TreeView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The store in memory: the same rules and guarantees, one replica, nothing durable. For tests and simulation.
 *
 * <p>A lease ends when the given clock has passed its TTL; that is looked at in every call and each time a waiting watch
 * wakes, at least every 100 ms.
 */
public final class MemoryKv implements Kv {

    /** Shortest lease, in seconds; etcd's floor with its default election timeout. */
    private static final long MIN_LEASE_TTL_SECONDS = 2;

    private static final long WAKE_MILLIS = 100;

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeView view = new TreeView();
    private final Map<Long, Instant> leaseEnds = new HashMap<>();
    private long nextLease = 1;

    /** An empty store on the system's clock. */
    public MemoryKv() {
        this(InstantSource.system());
    }

    /** An empty store whose leases end by the given clock. */
    public MemoryKv(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public RangeResponse range(RangeRequest request) {
        RequestCheck.check(request).ifPresent(MemoryKv::refuse);
        lock.lock();
        try {
            expire();
            Ranges.check(view, request).ifPresent(MemoryKv::refuse);
            return Ranges.read(view, request).toBuilder().setHeader(header()).build();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public TxnResponse txn(TxnRequest request) {
        ReplicaKv.check(request);
        return ((Answer.Txn) apply(new Command.Txn(request))).response();
    }

    @Override
    public LeaseGrantResponse leaseGrant(LeaseGrantRequest request) {
        lock.lock();
        try {
            long id = request.getID() != 0 ? request.getID() : nextLease++;
            long ttl = Math.max(request.getTTL(), MIN_LEASE_TTL_SECONDS);
            LeaseRecord lease = ((Answer.LeaseGranted) apply(new Command.LeaseGrant(id, ttl))).lease();
            leaseEnds.put(id, clock.instant().plusSeconds(ttl));
            return LeaseGrantResponse.newBuilder()
                    .setHeader(header())
                    .setID(lease.id())
                    .setTTL(lease.ttlSeconds())
                    .build();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public LeaseKeepAliveResponse leaseKeepAlive(long leaseId) {
        lock.lock();
        try {
            expire();
            long ttl = view.lease(leaseId).map(LeaseRecord::ttlSeconds).orElse(0L);
            if (ttl > 0) {
                leaseEnds.put(leaseId, clock.instant().plusSeconds(ttl));
            }
            return LeaseKeepAliveResponse.newBuilder()
                    .setHeader(header())
                    .setID(leaseId)
                    .setTTL(ttl)
                    .build();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public LeaseRevokeResponse leaseRevoke(long leaseId) {
        apply(new Command.LeaseRevoke(leaseId));
        return LeaseRevokeResponse.newBuilder().setHeader(header()).build();
    }

    @Override
    public CompactionResponse compact(CompactionRequest request) {
        apply(new Command.Compact(request.getRevision()));
        return CompactionResponse.newBuilder().setHeader(header()).build();
    }

    @Override
    public KvWatch watch(WatchCreateRequest request) {
        lock.lock();
        try {
            return new Cursor(
                    request, request.getStartRevision() == 0 ? view.revision() + 1 : request.getStartRevision());
        } finally {
            lock.unlock();
        }
    }

    private Answer apply(Command command) {
        lock.lock();
        try {
            expire();
            Applied applied = take(command);
            if (applied.answer() instanceof Answer.Refused(Refusal refusal)) {
                refuse(refusal);
            }
            return applied.answer();
        } finally {
            lock.unlock();
        }
    }

    private Applied take(Command command) {
        Applied applied = Mvcc.apply(view, command);
        view.take(applied);
        if (!applied.changes().isEmpty()) {
            changed.signalAll();
        }
        return applied;
    }

    private void expire() {
        Instant now = clock.instant();
        for (LeaseRecord lease : view.leases()) {
            if (leaseEnds.getOrDefault(lease.id(), Instant.MAX).isBefore(now)) {
                take(new Command.LeaseRevoke(lease.id()));
                leaseEnds.remove(lease.id());
            }
        }
    }

    private ResponseHeader header() {
        lock.lock();
        try {
            return ResponseHeader.newBuilder()
                    .setRevision(view.revision())
                    .setMemberId(1)
                    .setClusterId(1)
                    .setRaftTerm(1)
                    .build();
        } finally {
            lock.unlock();
        }
    }

    private static void refuse(Refusal refusal) {
        throw Refusals.exception(refusal);
    }

    private final class Cursor implements KvWatch {
        private final KeyRange range;
        private final WatchCreateRequest request;
        private long next;
        private boolean closed;

        Cursor(WatchCreateRequest request, long next) {
            this.request = request;
            this.range = KeyRange.of(request.getKey(), request.getRangeEnd());
            this.next = next;
        }

        @Override
        public Optional<WatchResponse> next(Duration patience) throws InterruptedException {
            long remaining = patience.toNanos();
            lock.lockInterruptibly();
            try {
                while (true) {
                    if (closed) {
                        throw new InterruptedException("the watch is closed");
                    }
                    expire();
                    if (next < view.compactRevision()) {
                        throw Refusals.exception(Refusal.COMPACTED);
                    }
                    List<Event> events = events();
                    next = Math.max(next, view.revision() + 1);
                    if (!events.isEmpty()) {
                        return Optional.of(WatchResponse.newBuilder()
                                .setHeader(header())
                                .setWatchId(request.getWatchId())
                                .addAllEvents(events)
                                .build());
                    }
                    if (remaining <= 0) {
                        return Optional.empty();
                    }
                    long slice = Math.min(remaining, TimeUnit.MILLISECONDS.toNanos(WAKE_MILLIS));
                    remaining -= slice - Math.max(0, changed.awaitNanos(slice));
                }
            } finally {
                lock.unlock();
            }
        }

        private List<Event> events() {
            var events = new ArrayList<Event>();
            if (next > view.revision()) {
                return events;
            }
            view.history(range, next, view.revision()).forEach((revision, changes) -> {
                for (Change change : changes) {
                    switch (change) {
                        case Change.Put(KeyValue kv, long _) ->
                            add(events, Event.EventType.PUT, kv, WatchCreateRequest.FilterType.NOPUT);
                        case Change.Delete(var key, long at, long _) ->
                            add(
                                    events,
                                    Event.EventType.DELETE,
                                    KeyValue.newBuilder()
                                            .setKey(key)
                                            .setModRevision(at)
                                            .build(),
                                    WatchCreateRequest.FilterType.NODELETE);
                        case Change.LeaseGranted _,
                                Change.LeaseCheckpointed _,
                                Change.LeaseRevoked _,
                                Change.AlarmRaised _,
                                Change.AlarmLowered _,
                                Change.Compacted _ -> {}
                        case Change.Auth _, Change.TokenAssigned _ -> {}
                        case Change.Members _, Change.AnswerKept _, Change.AnswerForgotten _ -> {}
                    }
                }
            });
            return events;
        }

        private void add(
                List<Event> events, Event.EventType type, KeyValue kv, WatchCreateRequest.FilterType unwanted) {
            if (request.getFiltersList().contains(unwanted)) {
                return;
            }
            var event = Event.newBuilder().setType(type).setKv(kv);
            long before = kv.getModRevision() - 1;
            if (request.getPrevKv() && before >= view.compactRevision()) {
                view.get(kv.getKey(), before).ifPresent(event::setPrevKv);
            }
            events.add(event.build());
        }

        @Override
        public long progress() {
            lock.lock();
            try {
                return next - 1;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}

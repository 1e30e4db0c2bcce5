package io.keelson.store.rpc;

import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.HostPort;
import io.keelson.store.KvException;
import io.keelson.store.StoreOptions;
import io.keelson.store.auth.Authentication;
import io.keelson.store.auth.SimpleTokens;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Applied;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.LeaseRecord;
import io.keelson.store.mvcc.MemberChange;
import io.keelson.store.mvcc.MemberIds;
import io.keelson.store.mvcc.MemberRecord;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.TreeView;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Cluster;
import io.keelson.store.node.History;
import io.keelson.store.node.Leases;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Standing;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** The store's real rules in memory with one thread that applies, and no Raft; its leader can be taken away. */
final class MemoryReplica implements Replica, AutoCloseable {

    static final long CLUSTER_ID = 0x1234;
    static final long MEMBER_ID = 0x77;

    private final TreeView view = new TreeView();
    private final ExecutorService applying = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("test-apply").factory());
    private final List<Waiting> waiting = new ArrayList<>();
    private final Authentication authentication;
    private volatile boolean hasLeader = true;
    private volatile CompletableFuture<Boolean> disk = CompletableFuture.completedFuture(true);

    private record Waiting(long revision, Runnable wake) {}

    MemoryReplica(HostPort client) {
        this(client, new StoreOptions.Auth("simple", 4, Duration.ofMinutes(5)));
    }

    MemoryReplica(HostPort client, StoreOptions.Auth options) {
        authentication = Authentication.of(options);
        var self = new MemberRecord(
                MEMBER_ID, "one", List.of("http://127.0.0.1:2380"), List.of("http://" + client), false);
        apply(new Command.Members(new MemberChange.Bootstrap(List.of(self))));
    }

    void setLeader(boolean present) {
        hasLeader = present;
    }

    /** What a physical compaction waits for. */
    void setDisk(CompletableFuture<Boolean> compacted) {
        disk = compacted;
    }

    @Override
    public CompletableFuture<Boolean> compacted(long revision) {
        return disk;
    }

    private KvException noLeader() {
        return new KvException(KvException.Reason.UNAVAILABLE, "no leader in this test");
    }

    @Override
    public CompletableFuture<Committed> propose(Command command) {
        return hasLeader
                ? CompletableFuture.supplyAsync(() -> apply(command), applying)
                : CompletableFuture.failedFuture(noLeader());
    }

    private Committed apply(Command command) {
        Applied applied;
        List<Waiting> woken;
        synchronized (this) {
            applied = Mvcc.apply(view, command);
            view.take(applied);
            if (authentication.tokens() instanceof SimpleTokens simple) {
                simple.applied(applied.changes());
            }
            woken = waiting.stream()
                    .filter(each -> each.revision <= view.revision())
                    .toList();
            waiting.removeAll(woken);
        }
        woken.forEach(each -> each.wake.run());
        return Committed.of(applied);
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        return hasLeader ? CompletableFuture.runAsync(() -> {}, applying) : CompletableFuture.failedFuture(noLeader());
    }

    @Override
    public synchronized <T> T read(Function<View, T> read) {
        return read.apply(view);
    }

    @Override
    public FileChannel snapshotFile() throws IOException {
        throw new IOException("a replica in memory makes no files");
    }

    @Override
    public History history() {
        return new Past();
    }

    private final class Past implements History {
        @Override
        public long revision() {
            return MemoryReplica.this.read(View::revision);
        }

        @Override
        public long compactRevision() {
            return MemoryReplica.this.read(View::compactRevision);
        }

        @Override
        public Slice read(KeyRange range, long from, boolean previous, int maxEvents) {
            return MemoryReplica.this.read(_ -> slice(range, from, previous, maxEvents));
        }

        @Override
        public Event withPrevious(Event event) {
            return MemoryReplica.this.read(view -> {
                var with = event.toBuilder();
                long before = event.getKv().getModRevision() - 1;
                if (before >= view.compactRevision()) {
                    view.get(event.getKv().getKey(), before).ifPresent(with::setPrevKv);
                }
                return with.build();
            });
        }

        @Override
        public void whenReached(long revision, Runnable wake) {
            synchronized (MemoryReplica.this) {
                if (view.revision() < revision) {
                    waiting.add(new Waiting(revision, wake));
                    return;
                }
            }
            wake.run();
        }
    }

    private History.Slice slice(KeyRange range, long from, boolean previous, int maxEvents) {
        if (from < view.compactRevision()) {
            throw new KvException(KvException.Reason.COMPACTED, Refusal.COMPACTED.message());
        }
        var events = new ArrayList<Event>();
        if (from > view.revision()) {
            return new History.Slice(events, view.revision());
        }
        for (var revision : view.history(range, from, view.revision()).entrySet()) {
            revision.getValue().forEach(change -> events.add(event(change, previous)));
            if (events.size() >= maxEvents) {
                return new History.Slice(events, revision.getKey());
            }
        }
        return new History.Slice(events, view.revision());
    }

    private Event event(Change change, boolean previous) {
        var event = Event.newBuilder();
        switch (change) {
            case Change.Put(KeyValue kv, long _) ->
                event.setType(Event.EventType.PUT).setKv(kv);
            case Change.Delete(var key, long at, long _) ->
                event.setType(Event.EventType.DELETE)
                        .setKv(KeyValue.newBuilder().setKey(key).setModRevision(at));
            case Change.LeaseGranted _,
                    Change.LeaseCheckpointed _,
                    Change.LeaseRevoked _,
                    Change.AlarmRaised _,
                    Change.AlarmLowered _,
                    Change.Members _,
                    Change.Compacted _,
                    Change.Auth _,
                    Change.AnswerKept _,
                    Change.AnswerForgotten _,
                    Change.TokenAssigned _ ->
                throw new IllegalArgumentException("not in the history of keys: " + change);
        }
        long before = event.getKv().getModRevision() - 1;
        if (previous && before >= view.compactRevision()) {
            view.get(event.getKv().getKey(), before).ifPresent(event::setPrevKv);
        }
        return event.build();
    }

    @Override
    public Leases leases() {
        return new Leases() {
            @Override
            public CompletableFuture<Long> keepAlive(long id) {
                return hasLeader
                        ? CompletableFuture.completedFuture(
                                read(view -> view.lease(id).map(LeaseRecord::ttlSeconds))
                                        .orElse(0L))
                        : CompletableFuture.failedFuture(noLeader());
            }

            @Override
            public CompletableFuture<OptionalLong> remaining(long id) {
                return hasLeader
                        ? CompletableFuture.completedFuture(read(view -> view.lease(id).stream()
                                .mapToLong(lease -> lease.ttlSeconds() - 1)
                                .findFirst()))
                        : CompletableFuture.failedFuture(noLeader());
            }
        };
    }

    /** One member alone: it can be told of others, and leads for ever. */
    @Override
    public Cluster cluster() {
        return new Cluster() {
            @Override
            public CompletableFuture<Answer> change(MemberChange change) {
                return propose(new Command.Members(change)).thenApply(Committed::answer);
            }

            @Override
            public MemberChange.Add newMember(List<String> peerUrls, boolean learner) {
                return new MemberChange.Add(
                        new MemberRecord(MemberIds.first(peerUrls, "token"), "", peerUrls, List.of(), learner));
            }

            @Override
            public CompletableFuture<Optional<Refusal>> moveLeader(long target) {
                return CompletableFuture.completedFuture(
                        target == MEMBER_ID ? Optional.empty() : Optional.of(Refusal.BAD_LEADER_TRANSFEREE));
            }
        };
    }

    @Override
    public AuthState auth() {
        return read(View::auth);
    }

    @Override
    public Authentication authentication() {
        return authentication;
    }

    @Override
    public Standing standing() {
        return new Standing(
                "one",
                CLUSTER_ID,
                MEMBER_ID,
                hasLeader ? MEMBER_ID : 0,
                read(View::membership),
                3,
                9,
                8,
                20_480,
                10_240);
    }

    @Override
    public void close() {
        applying.shutdownNow();
        authentication.close();
    }
}

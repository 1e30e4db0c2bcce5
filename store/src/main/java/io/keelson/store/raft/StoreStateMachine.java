package io.keelson.store.raft;

import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.store.v1.LogCommand;
import io.keelson.proto.store.v1.LogEntry;
import io.keelson.store.KvException;
import io.keelson.store.fault.CrashPoint;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Applied;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.CommandCodec;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.mvcc.PendingView;
import io.keelson.store.node.Replica.Committed;
import io.keelson.store.rocks.AppliedIndex;
import io.keelson.store.rocks.Proposed;
import io.keelson.store.rocks.RocksState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Applies log entries to the state on disk. Ratis replays from its newest snapshot; what the state already holds is skipped.
 */
final class StoreStateMachine extends BaseStateMachine {

    /**
     * What became of an entry.
     *
     * @param answers to its commands; empty if it was a repetition
     */
    record Outcome(LogEntry entry, List<Committed> answers) {

        boolean isRepetition() {
            return answers.isEmpty();
        }
    }

    /** Hears what was applied, on the apply thread: must not block. */
    interface Listener {
        /** The state was opened, or replaced by a snapshot. */
        void opened(RocksState state);

        /** Entries that came together are committed and will be applied. */
        void committed(List<LogEntry> entries, long index);

        /** Entries that came together were applied. */
        void applied(List<Outcome> outcomes, List<Change> changes, long revision);

        /** A question to this member, asked through Ratis once reads here are linearizable. */
        CompletableFuture<byte[]> ask(byte[] question);

        /** A question to this member, asked whether anybody leads or not. */
        byte[] askLeaderless(byte[] question);

        /** The replica cannot go on. */
        void failed(Throwable problem);
    }

    private final Path database;
    private final long logEnd;
    private @Nullable Listener listener;
    private final RaftMetrics metrics;
    private final Snapshots snapshots = new Snapshots();
    private volatile @Nullable RocksState state;
    /** What the state holds; entries up to here are not applied again. */
    private long appliedIndex;
    /** Of the entries that Ratis has given since the last snapshot; those that the state held already count, too. */
    private final AtomicLong bytesSinceSnapshot = new AtomicLong();
    /** What the state held when it was opened. */
    private long openedAt;

    /** @param logEnd index of the last entry that the log held at the start, -1 for none */
    StoreStateMachine(Path database, long logEnd, RaftMetrics metrics) {
        this.logEnd = logEnd;
        this.database = database;
        this.metrics = metrics;
    }

    /** Who hears from now on what is applied; said before Ratis starts, which then begins to apply the log. */
    void tell(Listener hears) {
        listener = hears;
    }

    private Listener listener() {
        return Objects.requireNonNull(listener, "nobody was named who hears what is applied");
    }

    /** The state, empty while a snapshot of the leader's takes its place. */
    Optional<RocksState> ifOpen() {
        return Optional.ofNullable(state);
    }

    /**
     * The state.
     *
     * @throws KvException UNAVAILABLE while a snapshot of the leader's takes its place
     */
    RocksState state() {
        return ifOpen().orElseThrow(() -> new KvException(
                KvException.Reason.UNAVAILABLE, "etcdserver: request timed out, a snapshot is being installed"));
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage) throws IOException {
        super.initialize(server, groupId, storage);
        snapshots.init(storage);
        getLifeCycle().startAndTransition(() -> {
            if (!Files.exists(database) && snapshots.newest().isPresent()) {
                snapshots.restore(database);
            }
            open();
            if (appliedIndex > logEnd && snapshots.newest().stream().allMatch(at -> at.getIndex() < appliedIndex)) {
                // Only what is on disk is ever applied. This member may have promised more than it still has.
                throw new LogCheck.DamagedLogException("the state holds everything up to entry " + appliedIndex
                        + " of the log, and the log ends at entry " + logEnd
                        + ": its disk has lost what it had confirmed");
            }
        });
    }

    private void open() throws IOException {
        Files.createDirectories(database);
        RocksState opened = RocksState.open(database);
        AppliedIndex held = opened.appliedIndex();
        Optional<TermIndex> snapshot = snapshots.newest();
        if (snapshot.isPresent() && held.index() < snapshot.get().getIndex()) {
            // Ratis will not give again what lies before its snapshot. The snapshot has it.
            opened.close();
            snapshots.restore(database);
            opened = RocksState.open(database);
            held = opened.appliedIndex();
        }
        state = opened;
        openedAt = held.index();
        appliedIndex = PlantedReplay.applied(openedAt);
        // Ratis counts from its snapshot on, whatever the state holds; anything else breaks its own bookkeeping.
        snapshot.ifPresent(this::setLastAppliedTermIndex);
        listener().opened(opened);
    }

    @Override
    public void pause() {
        if (getLifeCycle().getCurrentState() == LifeCycle.State.RUNNING) {
            getLifeCycle().transition(LifeCycle.State.PAUSING);
            closeState();
            getLifeCycle().transition(LifeCycle.State.PAUSED);
        }
    }

    /** A snapshot of the leader's has arrived and replaces everything. */
    @Override
    public void reinitialize() throws IOException {
        closeState();
        CrashPoint.INSTALL_BEGUN.pass();
        snapshots.reload();
        snapshots.restore(database);
        open();
        CrashPoint.INSTALL_DONE.pass();
        if (getLifeCycleState() == LifeCycle.State.PAUSED) {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        }
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext context) {
        LogEntryProto entry = context.getLogEntry();
        try {
            if (entry.getIndex() > appliedIndex) {
                apply(entry);
                appliedIndex = entry.getIndex();
            }
            updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
            bytesSinceSnapshot.addAndGet(
                    entry.getStateMachineLogEntry().getLogData().size());
            return CompletableFuture.completedFuture(Message.EMPTY);
        } catch (IOException | RuntimeException e) {
            var problem = new IllegalStateException(
                    "log entry " + entry.getIndex() + " of term " + entry.getTerm() + " cannot be applied: "
                            + e.getMessage(),
                    e);
            listener().failed(problem);
            throw problem;
        }
    }

    /** On the leader, before the entry is in its log. */
    @Override
    public TransactionContext preAppendTransaction(TransactionContext context) throws IOException {
        CrashPoint.LOG_APPEND.pass();
        return super.preAppendTransaction(context);
    }

    private void apply(LogEntryProto raftEntry) throws IOException {
        CrashPoint.APPLY_BEGUN.pass();
        List<LogEntry> entries =
                LogEntries.parse(raftEntry.getStateMachineLogEntry().getLogData());
        listener().committed(entries, raftEntry.getIndex());
        long begun = System.nanoTime();
        RocksState open = state();
        var outcomes = new ArrayList<Outcome>(entries.size());
        var proposed = new ArrayList<Proposed>(entries.size());
        var changes = new ArrayList<Change>();
        long revision = open.readToWrite(view -> {
            var pending = new PendingView(view);
            for (LogEntry entry : entries) {
                if (isRepetition(open, proposed, entry, raftEntry.getIndex())) {
                    outcomes.add(new Outcome(entry, List.of()));
                } else {
                    outcomes.add(new Outcome(entry, apply(entry, pending, changes)));
                    proposed.add(new Proposed(entry.getMember(), entry.getIncarnation(), entry.getSequence()));
                }
            }
            return pending.revision();
        });
        detach(changes, raftEntry.getStateMachineLogEntry().getLogData().size());
        CrashPoint.APPLY_DECIDED.pass();
        long writing = System.nanoTime();
        open.write(
                PlantedReplay.kept(changes, getId().toString(), raftEntry.getIndex()),
                revision,
                new AppliedIndex(raftEntry.getTerm(), raftEntry.getIndex()),
                proposed);
        CrashPoint.APPLY_WRITTEN.pass();
        long written = System.nanoTime();
        metrics.written(changes, written - writing, written - begun);
        PlantedReplay.flush(open, raftEntry.getIndex());
        listener().applied(outcomes, changes, revision);
    }

    /**
     * Whether an entry was applied before, or one that its member proposed after it.
     *
     * @param together what was proposed of the same Raft entry, and is not in the state yet
     */
    private boolean isRepetition(RocksState open, List<Proposed> together, LogEntry entry, long index) {
        long sequence = open.sequenceOf(entry.getMember(), entry.getIncarnation());
        for (Proposed before : together) {
            if (before.member().equals(entry.getMember()) && before.incarnation() == entry.getIncarnation()) {
                sequence = Math.max(sequence, before.sequence());
            }
        }
        return PlantedReplay.repeated(
                entry.getSequence() <= sequence, openedAt > 0 ? index - openedAt : Long.MAX_VALUE, sequence >= 0);
    }

    private List<Committed> apply(LogEntry entry, PendingView pending, List<Change> changes) {
        var answers = new ArrayList<Committed>(entry.getCommandsCount());
        for (LogCommand command : entry.getCommandsList()) {
            long begun = System.nanoTime();
            Applied applied = Mvcc.apply(pending, CommandCodec.decode(command));
            pending.take(applied);
            metrics.applied(
                    command.getCommandCase(), !(applied.answer() instanceof Answer.Refused), System.nanoTime() - begun);
            changes.addAll(applied.changes());
            answers.add(Committed.of(applied));
        }
        return answers;
    }

    /**
     * What was put points into the entry, and watchers may need it for long. Where most of the entry was not put (a
     * transaction whose condition failed), it must not be kept for the sake of the rest.
     */
    private static void detach(List<Change> changes, int entryBytes) throws IOException {
        long kept = 0;
        for (Change change : changes) {
            kept += change instanceof Change.Put(KeyValue kv, long _) ? kv.getSerializedSize() : 0;
        }
        if (2 * kept < entryBytes) {
            for (int i = 0; i < changes.size(); i++) {
                if (changes.get(i) instanceof Change.Put(KeyValue kv, long previousLease)) {
                    changes.set(i, new Change.Put(KeyValue.parseFrom(kv.toByteArray()), previousLease));
                }
            }
        }
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, @Nullable RaftPeerId leader) {
        if (leader != null) {
            metrics.leaderChanged();
        }
    }

    /** Called on the log's thread before it flushes. There is nothing of ours to flush; a test may hold it up here. */
    @Override
    public CompletableFuture<Void> flush(long index) {
        try {
            DiskFault.beforeFlush();
            CrashPoint.LOG_SYNC.pass();
            return CompletableFuture.completedFuture(null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What was to be written may or may not be on disk: nothing can be promised from here on. */
    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
        listener().failed(new IllegalStateException("the log cannot be written: " + cause.getMessage(), cause));
    }

    @Override
    public CompletableFuture<Message> query(Message request) {
        byte[] question = request.getContent().toByteArray();
        if (question.length == 0) {
            return CompletableFuture.completedFuture(Message.EMPTY);
        }
        return listener().ask(question).thenApply(StoreStateMachine::message);
    }

    /** Nobody asks for old data here, but this is the one question of Ratis' that a member answers without a leader. */
    @Override
    public CompletableFuture<Message> queryStale(Message request, long minIndex) {
        try {
            return CompletableFuture.completedFuture(
                    message(listener().askLeaderless(request.getContent().toByteArray())));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(new StateMachineException(e.getMessage(), e));
        }
    }

    private static Message message(byte[] answer) {
        return Message.valueOf(UnsafeByteOperations.unsafeWrap(answer));
    }

    @Override
    public long takeSnapshot() throws IOException {
        TermIndex at = getLastAppliedTermIndex();
        // While old entries are replayed the state is ahead of what Ratis counts: wait until they agree.
        if (at == null || at.getIndex() < appliedIndex) {
            return snapshots.newest().map(TermIndex::getIndex).orElse(-1L);
        }
        snapshots.take(state(), at);
        bytesSinceSnapshot.set(0);
        return at.getIndex();
    }

    /** How long the log behind the last snapshot is, in bytes of entries. */
    long bytesSinceSnapshot() {
        return bytesSinceSnapshot.get();
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return snapshots;
    }

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        return snapshots.getLatestSnapshot();
    }

    @Override
    public void close() throws IOException {
        super.close();
        closeState();
    }

    private void closeState() {
        RocksState open = state;
        if (open != null) {
            open.close();
            state = null;
        }
    }
}

package io.keelson.store.raft;

import io.keelson.proto.store.v1.LogEntry;
import io.keelson.store.auth.SimpleTokens;
import io.keelson.store.auth.Tokens;
import io.keelson.store.fault.CrashPoint;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.Membership;
import io.keelson.store.mvcc.View;
import io.keelson.store.raft.StoreStateMachine.Outcome;
import io.keelson.store.rocks.RocksState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Everything that follows from an applied entry. Runs on the apply thread.
 *
 * @param members who they are
 * @param history what watchers read
 * @param leases of the keys that change
 * @param tokens that become void
 * @param compaction woken when there is something to take away
 * @param news told what is committed
 * @param proposer waits for what was applied
 * @param answers where those are answered who proposed it, if they are many
 * @param questions of other members
 * @param whenRemoved run when this member is none any more
 * @param onFailure told when the replica cannot go on
 */
record Applier(
        KnownMembers members,
        OpenHistory history,
        RaftLeases leases,
        Tokens tokens,
        CompactionLoop compaction,
        CommitNews news,
        Proposer proposer,
        Executor answers,
        PeerQuestions questions,
        Runnable whenRemoved,
        Consumer<Throwable> onFailure)
        implements StoreStateMachine.Listener {

    /** So many answers cost less than a change of thread. */
    private static final int FEW = 4;

    @Override
    public void opened(RocksState state) {
        if (tokens instanceof SimpleTokens simple) {
            // A snapshot does not say whose tokens have become void since.
            simple.clear();
        }
        learn(state.read(View::membership));
        history.opened(state.read(View::revision));
        compaction.wake();
    }

    @Override
    public void committed(List<LogEntry> entries, long index) {
        news.committed(entries.stream().map(LogEntry::getMember).toList(), index);
    }

    @Override
    public void applied(List<Outcome> outcomes, List<Change> changes, long revision) {
        leases.applied(changes);
        if (tokens instanceof SimpleTokens simple) {
            simple.applied(changes);
        }
        for (Change change : changes) {
            if (change instanceof Change.Members(Membership after)) {
                learn(after);
            }
        }
        history.log().publish(ChangeEvents.of(changes), revision);
        outcomes.forEach(this::answer);
        if (changes.stream().anyMatch(Change.Compacted.class::isInstance)) {
            compaction.wake();
        }
    }

    private void answer(Outcome outcome) {
        LogEntry entry = outcome.entry();
        Batch batch = proposer.applied(entry.getIncarnation(), entry.getSequence());
        if (batch == null || outcome.isRepetition()) {
            return;
        }
        Runnable answer = () -> {
            CrashPoint.ANSWER.pass();
            batch.applied(outcome.answers());
        };
        if (outcome.answers().size() <= FEW) {
            answer.run();
        } else {
            answers.execute(answer);
        }
    }

    private void learn(Membership now) {
        members.learn(now);
        if (!now.members().isEmpty() && members.isRemoved()) {
            whenRemoved.run();
        }
    }

    @Override
    public CompletableFuture<byte[]> ask(byte[] question) {
        return questions.answer(question);
    }

    @Override
    public byte[] askLeaderless(byte[] question) {
        return questions.answerLeaderless(question);
    }

    @Override
    public void failed(Throwable problem) {
        onFailure.accept(problem);
    }
}

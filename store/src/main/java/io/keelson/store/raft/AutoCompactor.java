package io.keelson.store.raft;

import io.keelson.store.StoreOptions.Compaction;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.View;
import io.keelson.store.upkeep.AutoCompaction;
import java.lang.System.Logger.Level;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Gives up history as {@link AutoCompaction} says, while this member leads. */
final class AutoCompactor {

    private static final System.Logger LOG = System.getLogger(AutoCompactor.class.getName());

    private final RaftReplica replica;
    private final Peers peers;
    private final Compaction settings;
    private @Nullable AutoCompaction compaction;

    AutoCompactor(RaftReplica replica, Peers peers, Compaction settings) {
        this.replica = replica;
        this.peers = peers;
        this.settings = settings;
    }

    /** Looks at the clock; called a few times a second. */
    synchronized void tick(long nowNanos) {
        if (settings.mode() == Compaction.Mode.OFF) {
            return;
        }
        long revision = replica.history().revision();
        AutoCompaction known = compaction;
        if (known == null) {
            compaction = new AutoCompaction(settings, nowNanos, revision);
            return;
        }
        OptionalLong due = known.due(nowNanos, revision);
        if (due.isPresent() && peers.isLeading()) {
            compact(due.getAsLong());
        }
    }

    private void compact(long revision) {
        if (replica.<Long>read(View::compactRevision) >= revision) {
            done(revision);
            return;
        }
        var _ = replica.proposeAsLeader(new Command.As(Caller.SYSTEM, new Command.Compact(revision)))
                .whenComplete((committed, error) -> {
                    if (error == null
                            && (committed.answer() instanceof Answer.Compacted
                                    || committed.answer().equals(new Answer.Refused(Refusal.COMPACTED)))) {
                        LOG.log(Level.INFO, "compacted at revision {0} as the operator wants it", revision);
                        done(revision);
                    }
                });
    }

    private synchronized void done(long revision) {
        AutoCompaction known = compaction;
        if (known != null) {
            known.compacted(revision, System.nanoTime());
        }
    }
}

package io.keelson.store.raft;

import com.google.protobuf.ByteString;
import io.keelson.store.fault.PlantedFault;
import io.keelson.store.mvcc.Change;
import io.keelson.store.rocks.RocksState;
import java.util.ArrayList;
import java.util.List;

/** Mistakes of those who apply the log, for tests of the tests: see {@link PlantedFault}. */
final class PlantedReplay {

    private static final int ENTRIES_BETWEEN_FLUSHES = 5;
    private static final int FORGOTTEN_ENTRIES = 10;
    private static final int ENTRIES_BETWEEN_ERRORS = 100;

    private PlantedReplay() {}

    /** The last entry that is taken for applied after a start. */
    static long applied(long held) {
        return PlantedFault.APPLY_TWICE_ON_REPLAY.isPlanted() ? Math.max(0, held - 4) : held;
    }

    /**
     * Whether an entry is known to be a repetition, or taken for one.
     *
     * @param really whether it is one
     * @param behind how many entries it lies behind what the state held at the start
     * @param known whether the state has had entries of its proposer: then it is not of a process that has just started, which would wait
     *     for it in vain
     */
    static boolean repeated(boolean really, long behind, boolean known) {
        if (PlantedFault.FORGET_ENTRIES_ON_RESTART.isPlanted() && known && behind <= FORGOTTEN_ENTRIES) {
            return true;
        }
        return really
                && !PlantedFault.APPLY_RETRIES_TWICE.isPlanted()
                && !PlantedFault.APPLY_TWICE_ON_REPLAY.isPlanted();
    }

    /** What goes to disk of an entry's changes. */
    static List<Change> kept(List<Change> changes, String member, long index) {
        if (!PlantedFault.MEMBER_DIVERGES.isPlanted()
                || !member.endsWith("2")
                || index % ENTRIES_BETWEEN_ERRORS != 0
                || changes.isEmpty()
                || !(changes.getLast() instanceof Change.Put(var kv, long lease))) {
            return changes;
        }
        var kept = new ArrayList<>(changes);
        kept.set(
                kept.size() - 1,
                new Change.Put(
                        kv.toBuilder()
                                .setValue(kv.getValue().concat(ByteString.copyFromUtf8("7")))
                                .build(),
                        lease));
        return kept;
    }

    /** A state that is never on disk before a kill has nothing to apply twice or to forget. */
    static void flush(RocksState state, long index) {
        boolean needed =
                PlantedFault.APPLY_TWICE_ON_REPLAY.isPlanted() || PlantedFault.FORGET_ENTRIES_ON_RESTART.isPlanted();
        if (needed && index % ENTRIES_BETWEEN_FLUSHES == 0) {
            state.flush();
        }
    }
}

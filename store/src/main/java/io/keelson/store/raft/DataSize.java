package io.keelson.store.raft;

import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.Cost;
import io.keelson.store.rocks.RocksState;
import io.keelson.store.upkeep.Quota;

/** How much the data take, as last measured, and whether that leaves room: asking RocksDB costs too much for every answer. */
final class DataSize {

    private final Quota quota;
    private volatile long[] bytes = new long[2];

    DataSize(Quota quota) {
        this.quota = quota;
    }

    /** Looks again; called a few times a second. */
    void measure(RocksState state) {
        bytes = state.sizes();
        quota.measured(bytes[0]);
    }

    /** Bytes on disk. */
    long onDisk() {
        return bytes[0];
    }

    /** Bytes of them in use. */
    long inUse() {
        return bytes[1];
    }

    /** Whether there is room for what a command may add. */
    boolean admits(Command command) {
        return quota.admits(Cost.of(command));
    }
}

package io.keelson.store.rpc;

import io.keelson.store.node.Standing;
import io.keelson.store.rpc.http.Page;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;

/** {@code /debug/vars}: of what Go's expvar shows, what is there here as well. Nothing of the command line, which may name secrets. */
final class DebugVars {

    private DebugVars() {}

    static Page page(Standing standing) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return Page.json(200, """
            {"memstats":{"HeapAlloc":%d,"HeapSys":%d},\
            "raft.status":{"id":"%s","term":%d,"commit":%d,"applied":%d,"lead":"%s"}}
            """.formatted(
                        heap.getUsed(),
                        heap.getCommitted(),
                        Long.toHexString(standing.memberId()),
                        standing.term(),
                        standing.committedIndex(),
                        standing.appliedIndex(),
                        Long.toHexString(standing.leaderId())));
    }
}

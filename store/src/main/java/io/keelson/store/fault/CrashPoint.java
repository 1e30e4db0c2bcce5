package io.keelson.store.fault;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where a member may be told to die, for tests: {@code -Dkeelson.test.crash=NAME:N} ends the process with SIGKILL when it passes the point for
 * the N-th time, on the very thread that passes it. Nothing is flushed, nobody is told.
 *
 * <p>Which one is armed is decided once, in a constant, so the compiler removes the question from code that runs often.
 */
public enum CrashPoint {
    /** A batch is an entry now, and was sent to nobody. */
    ENTRY_MADE,
    /** The leader is about to append an entry to its log. */
    LOG_APPEND,
    /** Entries are in the log's file, and perhaps only in the memory of the kernel. */
    LOG_SYNC,
    /** An entry is committed, and nothing of it is applied. */
    APPLY_BEGUN,
    /** What an entry changes is decided, and not in the state. */
    APPLY_DECIDED,
    /** What an entry changes is in the state's memory; nobody was told. */
    APPLY_WRITTEN,
    /** An entry is applied, and its clients are about to be told. */
    ANSWER,
    /** The state begins to write a part of its memory to disk. */
    FLUSH_BEGUN,
    /** A part of the state is on disk, and perhaps not yet in the list of its files. */
    FLUSH_DONE,
    /** A snapshot is to be made. */
    SNAPSHOT_BEGUN,
    /** A snapshot is whole, and not where it belongs. */
    SNAPSHOT_COPIED,
    /** A snapshot is in its place, and perhaps not yet on disk. */
    SNAPSHOT_MOVED,
    /** A snapshot is on disk, and the log before it is still there. */
    SNAPSHOT_DONE,
    /** An old snapshot is about to be deleted. */
    PURGE_SNAPSHOT,
    /** A file of the log was just deleted. */
    PURGE_LOG,
    /** A snapshot of the leader's is here, and the state is closed. */
    INSTALL_BEGUN,
    /** The new state is whole, beside the old one. */
    INSTALL_COPIED,
    /** The old state is out of the way, and the new one is not in its place: there is none. */
    INSTALL_ASIDE,
    /** The new state is in its place, and perhaps not yet on disk. */
    INSTALL_MOVED,
    /** The new state is open, and Raft does not know it. */
    INSTALL_DONE,
    /** A step of a compaction is worked out, and nothing of it is deleted. */
    COMPACT_DECIDED,
    /** A step of a compaction is deleted. */
    COMPACT_WRITTEN,
    /** Files of the state are about to be merged, to give space back. */
    RECLAIM;

    /** The system property that arms one: its name, a colon, and at which pass it strikes, from 1. */
    public static final String PROPERTY = "keelson.test.crash";

    private static final int SIGKILL = 9;

    /** Name and pass; nothing if none is armed. */
    private static final String[] SETTING = setting();

    private static final @Nullable CrashPoint ARMED =
            SETTING.length == 0 ? null : Switches.named(values(), PROPERTY, "point", SETTING[0]);
    private static final AtomicInteger LEFT = new AtomicInteger(SETTING.length == 0 ? 0 : Integer.parseInt(SETTING[1]));

    private static String[] setting() {
        String setting = System.getProperty(PROPERTY, "");
        if (setting.isEmpty()) {
            return new String[0];
        }
        String[] parts = setting.split(":", -1);
        if (parts.length != 2 || !parts[1].matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException(PROPERTY + " must be NAME:N with N from 1, not " + setting);
        }
        System.getLogger(CrashPoint.class.getName())
                .log(System.Logger.Level.WARNING, "this member will die for a test, at {0}", setting);
        return parts;
    }

    /** Whether this one is armed: for what costs something to find out. */
    public boolean isArmed() {
        return this == ARMED;
    }

    /** The process is at this point; if it is armed and this is the pass, the process ends here. */
    public void pass() {
        if (this == ARMED && LEFT.decrementAndGet() == 0) {
            die();
        }
    }

    /** By a real SIGKILL: a halt of the Java machine would still run what native libraries do at an exit. */
    @SuppressWarnings("restricted")
    private static void die() {
        Linker linker = Linker.nativeLinker();
        try {
            var kill = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("kill"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            int failed = (int) kill.invokeExact((int) ProcessHandle.current().pid(), SIGKILL);
            throw new IllegalStateException("this process cannot kill itself: kill returned " + failed);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("this process cannot kill itself", e);
        }
    }
}

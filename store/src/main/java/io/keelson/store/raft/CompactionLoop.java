package io.keelson.store.raft;

import io.keelson.store.KvException;
import io.keelson.store.rocks.Compactor;
import io.keelson.store.rocks.RocksState;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Takes away the history that a compaction gave up, and gives its space back, on one thread beside everything else. */
final class CompactionLoop implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(CompactionLoop.class.getName());

    /** Rest between two batches of a compaction. */
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Supplier<RocksState> state;
    private final Consumer<Throwable> onFailure;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("store-compactor").daemon().factory());
    /** Those who want to hear when a compaction has come to the disk; each is a call that waits. */
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    /** The merge of files that was asked for last. */
    private CompletableFuture<Boolean> reclaiming = CompletableFuture.completedFuture(true);

    private volatile boolean closed;

    private record Waiting(long revision, CompletableFuture<Boolean> done) {}

    /**
     * @param state the state as it is now; throws {@link KvException} while another takes its place
     * @param onFailure told when the state cannot be compacted
     */
    CompactionLoop(Supplier<RocksState> state, Consumer<Throwable> onFailure) {
        this.state = state;
        this.onFailure = onFailure;
    }

    /** There may be something to take away. */
    void wake() {
        // The log may still be at work while the member closes.
        if (!thread.isShutdown()) {
            thread.execute(this::compact);
        }
    }

    private void compact() {
        try {
            long begun = System.nanoTime();
            while (!closed && Compactor.step(state.get())) {
                tell();
                // As long again as it took, so that it takes at most half a core from who has it better.
                Thread.sleep(Duration.ofNanos(Math.min(System.nanoTime() - begun, MAX_PAUSE_NANOS)));
                begun = System.nanoTime();
            }
            tell();
            state.get().reclaimer().reclaimIfWorth();
        } catch (InterruptedException e) {
            // The member closes; what is left is done after the next start.
            Thread.currentThread().interrupt();
        } catch (KvException e) {
            // The state is being replaced; when the new one opens, its compaction goes on from where that one was.
            LOG.log(System.Logger.Level.DEBUG, "compaction waits for the state", e);
        } catch (RuntimeException e) {
            onFailure.accept(e);
        }
    }

    /** Completes when nothing is left on disk of what a compaction to {@code revision}, which is applied here, has given up. */
    CompletableFuture<Boolean> compacted(long revision) {
        var done = new CompletableFuture<Boolean>();
        waiting.add(new Waiting(revision, done));
        try {
            // It may have been so before anybody asked.
            tell();
        } catch (KvException e) {
            LOG.log(System.Logger.Level.DEBUG, "whoever waits for a compaction waits for the state", e);
        }
        return done;
    }

    private void tell() {
        if (!waiting.isEmpty()) {
            long through = Compactor.through(state.get());
            waiting.removeIf(each -> each.revision <= through && each.done.complete(true));
        }
    }

    /** Merges all files that hold something deleted; who asks while that is under way waits for the same. */
    synchronized CompletableFuture<Boolean> reclaim() {
        CompletableFuture<Boolean> running = reclaiming;
        if (running.isDone()) {
            running = CompletableFuture.supplyAsync(
                    () -> {
                        state.get().reclaimer().reclaim();
                        return true;
                    },
                    thread);
            reclaiming = running;
        }
        // A copy, so that who does not wait any longer ends his own waiting only.
        return running.copy();
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdownNow();
    }
}

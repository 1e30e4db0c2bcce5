package io.keelson.store.rpc;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs a task whenever it is asked for, one run at a time; many asks during a run make one more. */
final class Turns {

    private final Executor workers;
    private final Runnable task;
    private final AtomicInteger asked = new AtomicInteger();

    /** @param task must not throw */
    Turns(Executor workers, Runnable task) {
        this.workers = workers;
        this.task = task;
    }

    /** Sees to it that the task begins to run after now. By any thread. */
    void ask() {
        if (asked.getAndIncrement() == 0) {
            workers.execute(this::run);
        }
    }

    private void run() {
        int seen = asked.get();
        do {
            task.run();
            seen = asked.addAndGet(-seen);
        } while (seen > 0);
    }
}

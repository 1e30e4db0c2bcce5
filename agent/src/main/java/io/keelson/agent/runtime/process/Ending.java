package io.keelson.agent.runtime.process;

import io.keelson.agent.runtime.RuntimeFault;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** How a container's program is ended: asked, or by force. */
final class Ending {
    private static final Duration POLL = Duration.ofMillis(50);
    /** After SIGKILL; only a process stuck in the kernel takes longer. */
    static final Duration KILL_WAIT = Duration.ofSeconds(10);

    private Ending() {}

    /** SIGTERM, and time to end; what is left then is killed. */
    static void stop(ContainerHome home, Duration grace) {
        if (grace.isPositive() && home.running()) {
            signal(home, false);
            await(() -> !home.running(), grace);
        }
        kill(home);
    }

    static void kill(ContainerHome home) {
        if (!home.running()) {
            return;
        }
        signal(home, true);
        if (!await(() -> !home.running(), KILL_WAIT)) {
            throw new RuntimeFault.Failed("container " + home.spec().name() + ": does not end even after SIGKILL");
        }
    }

    private static void signal(ContainerHome home, boolean force) {
        // Right after the start the wrapper may not have written the pid down yet.
        await(() -> home.pid().isPresent() || !home.running(), KILL_WAIT);
        // The pid is safe to use: the wrapper is its parent and lives, so the number cannot have gone to another
        // process.
        home.pid()
                .ifPresent(pid -> ProcessHandle.of(pid).ifPresent(p -> {
                    if (force) {
                        p.destroyForcibly();
                    } else {
                        p.destroy();
                    }
                }));
    }

    /** Waits until something is so. False: it took too long. */
    static boolean await(BooleanSupplier condition, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() >= end) {
                return false;
            }
            pause();
        }
        return true;
    }

    private static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RuntimeFault.Unavailable("interrupted", e);
        }
    }
}

package io.keelson.agent.runtime.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Moves what programs write into their logs, each on a thread of its own, until the program has ended. */
final class LogPumps implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);

    private final InstantSource clock;
    private final Runnable ended;
    private final Set<String> pumped = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** {@code ended} is run after each end of a program. */
    LogPumps(InstantSource clock, Runnable ended) {
        this.clock = clock;
        this.ended = ended;
    }

    /** Begins, unless somebody has. */
    void follow(ContainerHome home) {
        var spec = home.spec();
        if (!pumped.add(spec.id())) {
            return;
        }
        Thread.ofVirtual().name("log-" + spec.name()).start(() -> {
            try {
                pump(home, new LogPump(home, Path.of(spec.log()), clock));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                // The container was removed, or the disk is full: the log ends here. The program is none the worse.
                System.getLogger(LogPumps.class.getName()).log(System.Logger.Level.WARNING, "log of " + spec.name(), e);
            } finally {
                pumped.remove(spec.id());
                ended.run();
            }
        });
    }

    private void pump(ContainerHome home, LogPump pump) throws IOException, InterruptedException {
        while (!closed && home.running()) {
            if (!pump.pump()) {
                Thread.sleep(POLL);
            }
        }
        if (!closed) {
            pump.finish();
        }
    }

    boolean follows(String id) {
        return pumped.contains(id);
    }

    @Override
    public void close() {
        closed = true;
    }
}

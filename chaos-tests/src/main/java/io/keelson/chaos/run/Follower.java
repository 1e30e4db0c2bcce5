package io.keelson.chaos.run;

import io.keelson.chaos.client.Client;
import io.keelson.chaos.client.Watcher;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.WatchLog.Wanted;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Watches everything on one member from the first revision on, whatever happens to the member: the source of the truth. */
final class Follower {

    private static final long PAUSE_MILLIS = 100;

    private final Client client;
    private final AtomicLong passed = new AtomicLong();

    Follower(Client client) {
        this.client = client;
    }

    /** Up to this revision everything has come. */
    long passed() {
        return passed.get();
    }

    /** Runs in the calling thread until told to stop. */
    void run(BooleanSupplier stop) throws InterruptedException {
        long next = 1;
        while (!stop.getAsBoolean()) {
            try (var watcher = new Watcher(client, new Wanted(Keys.ALL, next, true, false, false, false))) {
                while (!watcher.awaitEnd(PAUSE_MILLIS) && !stop.getAsBoolean()) {
                    passed.set(Math.max(passed.get(), watcher.next() - 1));
                }
                passed.set(Math.max(passed.get(), watcher.next() - 1));
                // What was compacted before this member could tell it, another has told.
                next = watcher.wasCompacted() ? watcher.compactRevision() : watcher.next();
            }
            if (!stop.getAsBoolean()) {
                Thread.sleep(PAUSE_MILLIS);
                client.channel().resetConnectBackoff();
            }
        }
    }
}

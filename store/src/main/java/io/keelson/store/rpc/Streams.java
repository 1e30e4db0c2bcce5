package io.keelson.store.rpc;

import io.grpc.Status;
import io.keelson.store.node.Replica;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** The long-lived streams that are open, to end them when the server stops or, where asked for, when no leader is known. */
final class Streams {

    /** A stream that can be ended. */
    interface Open {
        /** Ends the stream; nothing happens if it has ended. May be called by any thread, and does not block. */
        void end(Status status);
    }

    private final Replica replica;
    private final Duration patience;
    private final LongSupplier nanoTime;
    private final Map<Open, Boolean> open = new ConcurrentHashMap<>();
    private final LongAdder eventsSent = new LongAdder();
    private OptionalLong leaderlessSince = OptionalLong.empty();

    /**
     * @param patience for how long a stream that requires a leader outlives it
     * @param nanoTime the clock, as {@link System#nanoTime}
     */
    Streams(Replica replica, Duration patience, LongSupplier nanoTime) {
        this.replica = replica;
        this.patience = patience;
        this.nanoTime = nanoTime;
    }

    void opened(Open stream, boolean requiresLeader) {
        open.put(stream, requiresLeader);
    }

    void closed(Open stream) {
        open.remove(stream);
    }

    int count() {
        return open.size();
    }

    /** Those among them that watch. */
    Stream<WatchStream> watching() {
        return open.keySet().stream().filter(WatchStream.class::isInstance).map(WatchStream.class::cast);
    }

    /** Events were sent to a watcher. */
    void sent(int events) {
        eventsSent.add(events);
    }

    /** Events sent to watchers since the start. */
    long eventsSent() {
        return eventsSent.sum();
    }

    /** Looks for the leader; to be called often, by one thread. */
    void tick() {
        if (replica.standing().leader().isPresent()) {
            leaderlessSince = OptionalLong.empty();
            return;
        }
        long now = nanoTime.getAsLong();
        if (leaderlessSince.isEmpty()) {
            leaderlessSince = OptionalLong.of(now);
        }
        if (now - leaderlessSince.getAsLong() >= patience.toNanos()) {
            open.forEach((stream, requiresLeader) -> {
                if (requiresLeader) {
                    stream.end(Failures.NO_LEADER);
                }
            });
        }
    }

    void endAll(Status status) {
        List.copyOf(open.keySet()).forEach(stream -> stream.end(status));
    }
}

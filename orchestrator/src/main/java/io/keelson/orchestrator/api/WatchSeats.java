package io.keelson.orchestrator.api;

import io.keelson.orchestrator.limits.WatchLimits;
import io.keelson.orchestrator.registry.Reason;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Counts the open watches of each user. Thread safe. */
final class WatchSeats {

    private final WatchLimits limits;
    private final Map<String, Integer> taken = new HashMap<>();
    private int all;

    WatchSeats(WatchLimits limits) {
        this.limits = limits;
    }

    /**
     * Takes a seat.
     *
     * @return gives it back; once, however often it is called
     * @throws ApiException TOO_MANY_REQUESTS if the user, or the server, has as many watches as it may have
     */
    synchronized Runnable take(User user) {
        if (all >= limits.watches()) {
            throw new ApiException(
                    Reason.TOO_MANY_REQUESTS,
                    "this server has " + all + " open watches, which is its limit; ask another server, or again later");
        }
        int own = taken.getOrDefault(user.name(), 0);
        if (own >= limits.watchesOfUser()) {
            throw new ApiException(
                    Reason.TOO_MANY_REQUESTS,
                    "user \"" + user.name() + "\" has " + own
                            + " open watches on this server, which is the limit for one user; close some, or ask"
                            + " another server");
        }
        all++;
        taken.put(user.name(), own + 1);
        AtomicBoolean back = new AtomicBoolean();
        return () -> {
            if (back.compareAndSet(false, true)) {
                giveBack(user.name());
            }
        };
    }

    private synchronized void giveBack(String name) {
        all--;
        taken.computeIfPresent(name, (_, own) -> own == 1 ? null : own - 1);
    }
}

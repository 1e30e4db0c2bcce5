package io.keelson.store.raft;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Says to those who feed the followers, while this member leads, what is committed: at once to the follower that an entry came from,
 * because a client waits there; to the others a little later, so that what is committed meanwhile costs one message, or none if entries
 * carry it.
 */
final class CommitNews {

    /** How much later than the leader a follower may apply an entry that nobody waits for there. */
    private static final long DELAY_MILLIS = 3;

    private final ScheduledExecutorService timer;
    private final Map<String, Feed> feeds = new ConcurrentHashMap<>();
    private final AtomicBoolean planned = new AtomicBoolean();
    private volatile long committed = -1;

    CommitNews(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /** While this member leads: who feeds a follower from now on. */
    void begins(Feed feed) {
        Feed before = feeds.put(feed.getFollowerId().toString(), feed);
        if (before != null && before.getLeaderState().equals(feed.getLeaderState())) {
            before.giveWay();
        }
    }

    /** Who does not any more. */
    void ends(Feed feed) {
        feeds.remove(feed.getFollowerId().toString(), feed);
    }

    /**
     * A Raft entry is committed. Does nothing if this member does not lead.
     *
     * @param proposers the members that it came from, in hexadecimal
     */
    void committed(Collection<String> proposers, long index) {
        if (feeds.isEmpty()) {
            return;
        }
        committed = index;
        for (String proposer : proposers) {
            Feed waiting = feeds.get(proposer);
            if (waiting != null) {
                waiting.tell(index);
            }
        }
        if (planned.compareAndSet(false, true)) {
            var _ = timer.schedule(this::tellAll, DELAY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void tellAll() {
        planned.set(false);
        feeds.values().forEach(feed -> feed.tell(committed));
    }
}

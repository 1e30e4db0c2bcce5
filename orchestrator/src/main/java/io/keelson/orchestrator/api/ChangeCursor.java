package io.keelson.orchestrator.api;

import io.keelson.orchestrator.limits.WatchLimits;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import io.keelson.store.KvWatch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The changes for one watcher from a revision on: read from history by itself until the present, from then on told by the
 * {@link WatchHub}. Used by one thread at a time; {@link #close()} may be called by any.
 *
 * @param <T> how the watcher is told of a change
 */
final class ChangeCursor<T> implements AutoCloseable {

    private final Kv kv;
    private final WatchHub hub;
    private final WatchLimits limits;
    private final Interest<T> interest;
    private volatile @Nullable KvWatch history;
    private volatile Subscription<T> subscription;

    ChangeCursor(Kv kv, WatchHub hub, WatchLimits limits, Interest<T> interest, long from) {
        this.kv = kv;
        this.hub = hub;
        this.limits = limits;
        this.interest = interest;
        this.subscription = new Subscription<>(interest, limits, from, hub::position);
        if (!hub.join(subscription)) {
            history = Failures.translated(() -> kv.watch(WatchCreateRequest.newBuilder()
                    .setKey(Keys.bytes(interest.keys()))
                    .setRangeEnd(Keys.end(interest.keys()))
                    .setStartRevision(from + 1)
                    .setPrevKv(true)
                    .build()));
        }
    }

    /**
     * What comes next, in order of revision, never a part of a revision; empty if nothing came in time, or if {@link #isEnded}.
     *
     * @throws ApiException as {@link ObjectWatch#next}
     */
    List<T> next(Duration patience) throws InterruptedException {
        KvWatch open = history;
        if (open != null) {
            List<T> past = past(open);
            if (!past.isEmpty()) {
                return past;
            }
        }
        return subscription.next(patience);
    }

    /** What is left of history; empty when that is over. */
    private List<T> past(KvWatch open) throws InterruptedException {
        while (true) {
            Optional<WatchResponse> response = read(open);
            if (response.isPresent()) {
                List<T> told = response.get().getEventsList().stream()
                        .map(event -> new KeyChange(kv, event))
                        .filter(interest::concerns)
                        .flatMap(change -> interest.told(change).stream())
                        .toList();
                if (!told.isEmpty()) {
                    return told;
                }
            } else {
                Subscription<T> later = new Subscription<>(interest, limits, open.progress(), hub::position);
                subscription = later;
                // If it fails, the hub is a little further than where this has just been.
                if (hub.join(later)) {
                    history = null;
                    open.close();
                    return List.of();
                }
            }
        }
    }

    private Optional<WatchResponse> read(KvWatch open) throws InterruptedException {
        try {
            return open.next(Duration.ZERO);
        } catch (KvException e) {
            if (e.reason() == KvException.Reason.COMPACTED) {
                throw new ApiException(Rejection.of(Reason.EXPIRED, "too old resource version: " + progress()), e);
            }
            throw Failures.of(e);
        }
    }

    /** Whether what is watched is not there any more, and all was told. */
    boolean isEnded() {
        return history == null && subscription.isEnded();
    }

    /** All changes up to this revision have been returned. */
    long progress() {
        KvWatch open = history;
        return Math.max(subscription.progress(), open == null ? 0 : open.progress());
    }

    @Override
    public void close() {
        KvWatch open = history;
        if (open != null) {
            open.close();
        }
        Subscription<T> last = subscription;
        hub.leave(last);
        last.close();
    }
}

package io.keelson.orchestrator.access;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Failures;
import io.keelson.orchestrator.api.Pages;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.KvException;
import io.keelson.store.KvWatch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Something that is kept in this process for all keys under a prefix, and brought up to date by whoever asks, before it is asked. So a
 * question sees every change that this server's replica has applied, and every change that this server has told anybody of, up to the
 * moment of the question; there is no moment between a change and the knowledge of it.
 *
 * <p>What another server has acknowledged and this one has not applied yet is not seen: that is the time of replication, some
 * milliseconds. Who must not miss it asks {@link #askNewest}, which costs a round of the store.
 *
 * @param <T> what is kept; used by one thread at a time
 */
public final class Followed<T> {

    /** A revision that was told is applied here in less than this, or the request fails. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** What a change means. */
    public interface Learn<T> {
        /**
         * Takes notice of a key.
         *
         * @param path the key after the prefix, by its slashes
         * @param pair key, value and revisions; empty if the key is gone
         */
        void learn(T state, List<String> path, Optional<KeyValue> pair);
    }

    /** What is known, and where the watch stands that keeps it. */
    private record Open<T>(T state, KvWatch watch) {}

    private final ToldKv kv;
    private final String prefix;
    private final Supplier<T> empty;
    private final Learn<T> learn;
    private final Object lock = new Object();
    private Optional<Open<T>> open = Optional.empty();

    /**
     * Reads nothing before the first question.
     *
     * @param prefix of the keys; ends with a slash
     * @param empty makes what is known of no key
     */
    public Followed(ToldKv kv, String prefix, Supplier<T> empty, Learn<T> learn) {
        this.kv = kv;
        this.prefix = prefix;
        this.empty = empty;
        this.learn = learn;
    }

    /**
     * Asks what is kept.
     *
     * @param question must not keep what it is given
     * @throws ApiException SERVICE_UNAVAILABLE or TIMEOUT if the store cannot be read
     */
    public <A> A ask(Function<T, A> question) {
        long atLeast = kv.told();
        synchronized (lock) {
            return Failures.translated(() -> question.apply(current(atLeast)));
        }
    }

    /** As {@link #ask}, but of the newest revision: all that anybody has been told of is seen. */
    public <A> A askNewest(Function<T, A> question) {
        Failures.translated(() -> kv.range(RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(prefix))
                .setKeysOnly(true)
                .build()));
        return ask(question);
    }

    /** Reads what has happened, if anybody has asked before: so that history need not be kept for whoever asks next. */
    public void keepUp() {
        synchronized (lock) {
            if (open.isPresent()) {
                Failures.translated(() -> current(0));
            }
        }
    }

    private T current(long atLeast) {
        for (int attempt = 0; ; attempt++) {
            try {
                Open<T> now = open.isPresent() ? open.get() : list();
                open = Optional.of(now);
                catchUp(now, atLeast);
                return now.state();
            } catch (KvException e) {
                // Its history is gone, or its source: what is known cannot be brought up to date, and is made anew.
                open.ifPresent(lost -> lost.watch().close());
                open = Optional.empty();
                if (attempt > 0) {
                    throw e;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ApiException(Reason.SERVICE_UNAVAILABLE, "the server stops; ask another, or again");
            }
        }
    }

    private void catchUp(Open<T> now, long atLeast) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Duration patience = Duration.ZERO;
        while (true) {
            Optional<WatchResponse> response = now.watch().next(patience);
            for (Event event : response.map(WatchResponse::getEventsList).orElse(List.of())) {
                boolean gone = event.getType() == Event.EventType.DELETE;
                learn(now.state(), event.getKv(), gone);
            }
            if (response.isPresent()) {
                continue;
            }
            if (now.watch().progress() >= atLeast) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new ApiException(
                        Reason.TIMEOUT, "this server lags behind: it has not applied revision " + atLeast + " yet");
            }
            patience = Duration.ofMillis(1);
        }
    }

    private Open<T> list() {
        T state = empty.get();
        long revision = Pages.each(kv, prefix, 0, pair -> learn(state, pair, false));
        return new Open<>(
                state,
                kv.watch(WatchCreateRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(prefix))
                        .setRangeEnd(Pages.end(prefix))
                        .setStartRevision(revision + 1)
                        .build()));
    }

    private void learn(T state, KeyValue pair, boolean gone) {
        String path = pair.getKey().toStringUtf8().substring(prefix.length());
        learn.learn(state, List.of(path.split("/", -1)), gone ? Optional.empty() : Optional.of(pair));
    }
}

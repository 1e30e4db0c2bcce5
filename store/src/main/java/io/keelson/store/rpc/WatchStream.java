package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.ResponseHeader;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.KvException;
import io.keelson.store.fault.PlantedFault;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.node.History;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * One client's watch stream: any number of cursors over history and one queue of answers. Everything happens in turns, one at
 * a time, on a worker; whatever could give reason for a turn calls {@link #wake}.
 *
 * <p>Cursors that have heard everything up to {@code passed} go on together: the stream reads the next slice of history once, the
 * {@link WatchIndex} says whom it concerns, and each of those gets its answer when the client takes it. A cursor that begins in the
 * past, or fell out because its past was compacted, is {@code behind} and reads for itself until it has come to {@code passed}; the two
 * kinds take turns, so that neither holds up the other.
 *
 * <pre>
 *   a turn, as long as the client takes more, does the first of these that there is to do:
 *     send what is in the outbox, take the client's next request, answer the next delivery of the slice,
 *     tell progress (nothing up to passed is left to send, so it can never overtake an event),
 *     read on: all together, or one that is behind
 * </pre>
 *
 * <p>A slow client is a stream without turns. It holds one slice of history, shared with others as long as it is recent, and nobody waits
 * for it.
 */
final class WatchStream implements StreamObserver<WatchRequest>, Streams.Open {

    /** Watches on one stream; the next is refused. */
    static final int MAX_WATCHES = 65_536;

    /** Steps before other streams get the worker. */
    private static final int STEPS_PER_TURN = 64;

    /** Events in one slice for all cursors that go on together. */
    private static final int SLICE_EVENTS = 1_000;

    private static final KeyRange EVERYTHING = new KeyRange(ByteString.EMPTY, ByteString.EMPTY);

    private static final long NO_WATCH = -1;

    /** Events that a cursor has still to be told: those of the slice that its group wants. */
    private record Delivery(WatchCursor cursor, List<Event> events, ResponseHeader header) {}

    private final ServerCallStreamObserver<WatchResponse> client;
    private final History history;
    private final Function<KeyRange, CompletableFuture<Optional<Refusal>>> permission;
    private final Headers headers;
    private final Executor workers;
    private final Streams streams;
    /** A watch that allows fragments gets its events in answers of about this size; etcd: {@code --max-request-bytes}. */
    private final int maxAnswerBytes;

    private final AtomicInteger wakes = new AtomicInteger();
    /** Holds at most one: the next request is asked for when this one is taken. */
    private final Queue<WatchRequest> inbox = new ConcurrentLinkedQueue<>();

    private final AtomicReference<Optional<Status>> ending = new AtomicReference<>(Optional.empty());
    private volatile boolean ticked;

    // What follows belongs to the turn.
    private final Map<Long, WatchCursor> watches = new HashMap<>();
    /** Those that have heard everything up to {@code passed}. */
    private final WatchIndex together = new WatchIndex();

    private final Queue<WatchCursor> behind = new ArrayDeque<>();
    private final Queue<Delivery> deliveries = new ArrayDeque<>();
    private final Queue<WatchResponse> outbox = new ArrayDeque<>();
    private long nextId;
    private long passed;
    private long awaited;
    private Optional<Long> progressFrom = Optional.empty();
    /** A watch that waits for its permission; the requests behind it wait as well. */
    private Optional<Creation> creation = Optional.empty();

    private boolean turnOfThoseBehind;
    private boolean done;

    // What others see of it, as of the end of the last turn.
    private volatile int watchers;
    private volatile int watchersBehind;
    private volatile int pending;

    /** @param permission says why a range may not be watched, empty if it may; asked once for each watch */
    WatchStream(
            ServerCallStreamObserver<WatchResponse> client,
            History history,
            Function<KeyRange, CompletableFuture<Optional<Refusal>>> permission,
            Headers headers,
            Executor workers,
            Streams streams,
            int maxAnswerBytes) {
        this.client = client;
        this.history = history;
        this.permission = permission;
        this.headers = headers;
        this.workers = workers;
        this.streams = streams;
        this.maxAnswerBytes = maxAnswerBytes;
        this.passed = history.revision();
    }

    @Override
    public void onNext(WatchRequest request) {
        inbox.add(request);
        wake();
    }

    /** The client has said all that it had to say, and goes on listening, as with etcd, until it cancels or its connection ends. */
    @Override
    public void onCompleted() {}

    @Override
    public void onError(Throwable error) {
        end(Status.CANCELLED);
    }

    @Override
    public void end(Status status) {
        ending.compareAndSet(Optional.empty(), Optional.of(status));
        wake();
    }

    /** The time for progress notifications has come. */
    void tick() {
        ticked = true;
        wake();
    }

    /** Asks for a turn; from any thread, does not block. */
    void wake() {
        if (wakes.getAndIncrement() == 0) {
            workers.execute(this::run);
        }
    }

    private record Creation(WatchCreateRequest request, CompletableFuture<Optional<Refusal>> permission) {}

    /** Watches that are open. */
    int watchers() {
        return watchers;
    }

    /** Watches that have not been sent all that there is. */
    int watchersBehind() {
        return watchersBehind;
    }

    /** Answers that wait for the client to take more. */
    int pending() {
        return pending;
    }

    private void run() {
        int seen = wakes.get();
        turn();
        watchers = watches.size();
        watchersBehind = behind.size();
        pending = outbox.size();
        if (wakes.addAndGet(-seen) != 0) {
            workers.execute(this::run);
        }
    }

    private void turn() {
        if (done) {
            return;
        }
        try {
            for (int step = 0; step < STEPS_PER_TURN; step++) {
                if (ending.get().isPresent() || client.isCancelled()) {
                    finish(ending.get().orElse(Status.CANCELLED));
                    return;
                }
                // When it is ready again, it wakes us.
                if (!client.isReady() || !step()) {
                    return;
                }
            }
            wake();
        } catch (RuntimeException e) {
            finish(Calls.report(e));
        }
    }

    /** Does one thing; false if there is nothing to do. */
    private boolean step() {
        WatchResponse answer = outbox.poll();
        if (answer != null) {
            client.onNext(answer);
            streams.sent(answer.getEventsCount());
            return true;
        }
        if (creation.isPresent() && creation.get().permission.isDone()) {
            Creation judged = creation.get();
            creation = Optional.empty();
            create(judged.request, judged.permission.join());
            client.request(1);
            return true;
        }
        WatchRequest request = creation.isPresent() ? null : inbox.poll();
        if (request != null) {
            take(request);
            if (creation.isEmpty()) {
                client.request(1);
            }
            return true;
        }
        Delivery delivery = deliveries.poll();
        if (delivery != null) {
            deliver(delivery);
            return true;
        }
        return tellProgress() || readOn();
    }

    /** Reads the next slice, for all that go on together or for one that is behind; false if there is nothing to read. */
    private boolean readOn() {
        turnOfThoseBehind = !turnOfThoseBehind;
        if (turnOfThoseBehind && !behind.isEmpty()) {
            readOn(behind.remove());
            return true;
        }
        if (followOn()) {
            return true;
        }
        if (!behind.isEmpty()) {
            readOn(behind.remove());
            return true;
        }
        return false;
    }

    private void finish(Status status) {
        done = true;
        watches.clear();
        together.clear();
        behind.clear();
        deliveries.clear();
        outbox.clear();
        inbox.clear();
        streams.closed(this);
        if (status.isOk()) {
            client.onCompleted();
        } else if (!client.isCancelled()) {
            client.onError(status.asRuntimeException());
        }
    }

    // ---- requests --------------------------------------------------------------------------------------------------

    private void take(WatchRequest request) {
        switch (request.getRequestUnionCase()) {
            case CREATE_REQUEST -> {
                WatchCreateRequest wanted = request.getCreateRequest();
                var permitted = permission.apply(WatchCursor.range(wanted));
                if (permitted.isDone()) {
                    create(wanted, permitted.join());
                } else {
                    creation = Optional.of(new Creation(wanted, permitted));
                    var _ = permitted.whenComplete((_, _) -> wake());
                }
            }
            case CANCEL_REQUEST -> cancel(request.getCancelRequest().getWatchId());
            case PROGRESS_REQUEST -> {
                if (PlantedFault.PROGRESS_AHEAD_OF_EVENTS.isPlanted()) {
                    outbox.add(answer(history.revision(), NO_WATCH).build());
                }
                progressFrom = Optional.of(history.revision());
            }
            case REQUESTUNION_NOT_SET -> {}
        }
    }

    private void create(WatchCreateRequest request, Optional<Refusal> notPermitted) {
        long now = history.revision();
        Optional<String> refusal = notPermitted.map(WatchStream::words).or(() -> refusal(request));
        if (refusal.isPresent()) {
            outbox.add(answer(now, NO_WATCH)
                    .setCreated(true)
                    .setCanceled(true)
                    .setCancelReason(refusal.get())
                    .build());
            return;
        }
        long id = request.getWatchId() != 0 ? request.getWatchId() : freeId();
        long start = request.getStartRevision() == 0 ? now + 1 : request.getStartRevision();
        var cursor = new WatchCursor(id, request, start);
        watches.put(id, cursor);
        outbox.add(answer(now, id).setCreated(true).build());
        enter(cursor);
    }

    /** The cursor goes on with the others, or by itself until it can. */
    private void enter(WatchCursor cursor) {
        if (cursor.next() <= passed) {
            behind.add(cursor);
        } else {
            together.add(cursor);
        }
    }

    /** As Go's gRPC writes an error: clients read the code out of it. */
    private static String words(Refusal refusal) {
        Status status = Failures.status(refusal);
        String code = switch (status.getCode()) {
            case PERMISSION_DENIED -> "PermissionDenied";
            case UNAUTHENTICATED -> "Unauthenticated";
            default -> "InvalidArgument";
        };
        return "rpc error: code = " + code + " desc = " + status.getDescription();
    }

    private Optional<String> refusal(WatchCreateRequest request) {
        if (request.getStartRevision() < 0) {
            return Optional.of(Refusal.COMPACTED.message());
        }
        if (WatchCursor.range(request).isEmpty()) {
            return Optional.of("mvcc: watcher range is empty");
        }
        if (watches.containsKey(request.getWatchId()) && request.getWatchId() != 0) {
            return Optional.of("mvcc: duplicate watch ID provided on the WatchStream");
        }
        if (watches.size() >= MAX_WATCHES) {
            return Optional.of("keelson: this stream has " + MAX_WATCHES + " watches already, open another");
        }
        return Optional.empty();
    }

    private long freeId() {
        while (watches.containsKey(nextId)) {
            nextId++;
        }
        return nextId++;
    }

    /** An unknown watch gets no answer, as in etcd. */
    private void cancel(long id) {
        WatchCursor cursor = watches.remove(id);
        if (cursor != null) {
            cursor.cancel();
            together.remove(cursor);
            outbox.add(answer(history.revision(), id).setCanceled(true).build());
        }
    }

    // ---- events and progress ---------------------------------------------------------------------------------------

    private void readOn(WatchCursor cursor) {
        if (cursor.isCanceled()) {
            return;
        }
        History.Slice slice;
        try {
            slice = history.read(cursor.range(), PlantedEvents.from(cursor.next()), cursor.previous(), cursor.batch());
        } catch (KvException e) {
            if (e.reason() != KvException.Reason.COMPACTED) {
                throw e;
            }
            watches.remove(cursor.id());
            cursor.cancel();
            // Revision 0 and no reason, letter for letter as etcd; the compact revision says it all.
            outbox.add(answer(0, cursor.id())
                    .setCanceled(true)
                    .setCompactRevision(history.compactRevision())
                    .build());
            return;
        }
        var events = WatchAnswers.filter(slice.events(), cursor.filters());
        answer(cursor, events, headers.at(slice.through()));
        cursor.advance(slice.through(), events);
        enter(cursor);
    }

    private void deliver(Delivery delivery) {
        WatchCursor cursor = delivery.cursor;
        if (cursor.isCanceled()) {
            return;
        }
        List<Event> events = WatchAnswers.filter(delivery.events, cursor.filters());
        if (!events.isEmpty() && events.getFirst().getKv().getModRevision() < cursor.next()) {
            // It begins later than the slice.
            events = events.stream()
                    .filter(event -> event.getKv().getModRevision() >= cursor.next())
                    .toList();
        }
        answer(cursor, events, delivery.header);
        cursor.delivered(events);
    }

    private void answer(WatchCursor cursor, List<Event> events, ResponseHeader header) {
        for (var part : PlantedEvents.parts(events)) {
            outbox.addAll(WatchAnswers.cut(header, cursor.id(), part, cursor.fragment(), maxAnswerBytes));
        }
    }

    /** Everything up to {@code passed} was sent to all that go on together. */
    private boolean tellProgress() {
        if (progressFrom.isPresent() && progressFrom.get() <= passed && behind.isEmpty()) {
            tellProgressOfAll();
            return true;
        }
        if (ticked) {
            ticked = false;
            for (WatchCursor cursor : together.cursors()) {
                if (cursor.notifies() && cursor.wasIdle() && cursor.next() <= passed + 1) {
                    outbox.add(answer(passed, cursor.id()).build());
                }
            }
            return true;
        }
        return false;
    }

    private void tellProgressOfAll() {
        progressFrom = Optional.empty();
        long furthest =
                watches.values().stream().mapToLong(WatchCursor::next).max().orElse(Long.MAX_VALUE);
        long now = history.revision();
        if (furthest <= passed + 1) {
            outbox.add(answer(passed, NO_WATCH).build());
        } else if (furthest <= now + 1) {
            // A watch from "now" on was made since; once we have passed that, one answer is right for all.
            progressFrom = Optional.of(now);
        }
        // Otherwise a watch begins in the future (or there is none): nothing can be promised, and etcd says nothing
        // then.
    }

    /** Looks whether there is more of history; if not, asks to be woken. */
    private boolean followOn() {
        long now = history.revision();
        if (together.isEmpty()) {
            // Those behind need not go further than to where the others are.
            passed = behind.isEmpty() ? now : passed;
            if (watches.isEmpty()) {
                return false;
            }
        } else if (now > passed) {
            readOnTogether();
            return true;
        }
        if (awaited <= passed) {
            awaited = passed + 1;
            history.whenReached(awaited, this::wake);
        }
        return false;
    }

    private void readOnTogether() {
        History.Slice slice;
        try {
            slice = history.read(EVERYTHING, PlantedEvents.from(passed + 1), false, SLICE_EVENTS);
        } catch (KvException e) {
            if (e.reason() != KvException.Reason.COMPACTED) {
                throw e;
            }
            // Each finds out by itself what that means for it.
            long from = passed + 1;
            passed = history.revision();
            for (WatchCursor cursor : together.cursors()) {
                together.remove(cursor);
                cursor.advance(from - 1, List.of());
                enter(cursor);
            }
            return;
        }
        passed = slice.through();
        ResponseHeader header = headers.at(passed);
        together.match(slice.events()).forEach((group, matched) -> {
            List<Event> events = group.previous()
                    ? matched.stream().map(history::withPrevious).toList()
                    : matched;
            group.cursors().forEach(cursor -> deliveries.add(new Delivery(cursor, events, header)));
        });
    }

    private WatchResponse.Builder answer(long revision, long id) {
        return WatchResponse.newBuilder().setHeader(headers.at(revision)).setWatchId(id);
    }
}

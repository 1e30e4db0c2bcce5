package io.keelson.chaos.client;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.keelson.chaos.history.WatchLog;
import io.keelson.chaos.history.WatchLog.Answer;
import io.keelson.chaos.history.WatchLog.Kind;
import io.keelson.chaos.history.WatchLog.Seen;
import io.keelson.chaos.history.WatchLog.Wanted;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchGrpc;
import io.keelson.proto.etcd.WatchProgressRequest;
import io.keelson.proto.etcd.WatchRequest;
import io.keelson.proto.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One watch on one member, from its making until the server or the client ends it. Closing it records it. */
public final class Watcher implements AutoCloseable {

    private final Client client;
    private final Wanted wanted;
    private final List<Answer> answers = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final StreamObserver<WatchRequest> requests;
    private long complete;
    private boolean closed;
    private long compacted;

    /** Begins to watch. */
    public Watcher(Client client, Wanted wanted) {
        this.client = client;
        this.wanted = wanted;
        this.requests = WatchGrpc.newStub(client.channel()).watch(new Answers());
        var create = WatchCreateRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(wanted.keys().from()))
                .setRangeEnd(ByteString.copyFromUtf8(wanted.keys().end()))
                .setStartRevision(wanted.start())
                .setPrevKv(wanted.previous())
                .setFragment(wanted.fragment());
        if (wanted.withoutPuts()) {
            create.addFilters(WatchCreateRequest.FilterType.NOPUT);
        }
        if (wanted.withoutDeletes()) {
            create.addFilters(WatchCreateRequest.FilterType.NODELETE);
        }
        send(WatchRequest.newBuilder().setCreateRequest(create).build());
    }

    /** Asks how far the watch has come. */
    public void askProgress() {
        send(WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build());
    }

    private synchronized void send(WatchRequest request) {
        if (ended.getCount() > 0 && !closed) {
            requests.onNext(request);
        }
    }

    /** Waits until the watch has ended, at most so long; whether it has. */
    public boolean awaitEnd(long millis) throws InterruptedException {
        return ended.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Where a watch that takes this one up again must begin: behind everything that was delivered whole. */
    public synchronized long next() {
        return Math.max(complete + 1, wanted.start());
    }

    /** Whether the server ended it because history is gone. */
    public synchronized boolean wasCompacted() {
        return compacted > 0;
    }

    /** The first revision that there still is, if the server ended it for that; else 0. */
    public synchronized long compactRevision() {
        return compacted;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            client.recorder().add(new WatchLog(client.number(), client.member(), wanted, List.copyOf(answers)));
        }
        if (ended.getCount() > 0) {
            requests.onError(io.grpc.Status.CANCELLED.asRuntimeException());
        }
    }

    private final class Answers implements StreamObserver<WatchResponse> {
        @Override
        public void onNext(WatchResponse response) {
            long now = client.recorder().now();
            long revision = response.getHeader().getRevision();
            List<Seen> events =
                    response.getEventsList().stream().map(Wire::seen).toList();
            Kind kind = response.getCanceled()
                    ? new Kind.Canceled(response.getCompactRevision(), response.getCancelReason())
                    : response.getCreated()
                            ? new Kind.Created()
                            : events.isEmpty() && !response.getFragment()
                                    ? new Kind.Progress()
                                    : new Kind.Events(response.getFragment());
            boolean end = false;
            synchronized (Watcher.this) {
                if (closed) {
                    return;
                }
                answers.add(new Answer(now, revision, kind, events));
                switch (kind) {
                    case Kind.Created _ -> {
                        if (wanted.start() == 0) {
                            complete = Math.max(complete, revision);
                        }
                    }
                    case Kind.Progress _ -> complete = Math.max(complete, revision);
                    case Kind.Events(boolean more) -> {
                        long last =
                                events.isEmpty() ? 0 : events.getLast().change().revision();
                        complete = Math.max(complete, more ? last - 1 : last);
                    }
                    case Kind.Canceled(long at, String _) -> {
                        compacted = at;
                        end = true;
                    }
                }
            }
            events.forEach(seen -> client.recorder().seen(seen.change().revision()));
            if (end) {
                ended.countDown();
            }
        }

        @Override
        public void onError(Throwable problem) {
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            ended.countDown();
        }
    }
}

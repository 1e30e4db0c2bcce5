package io.keelson.store.rpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.WatchGrpc;
import io.keelson.proto.etcd.WatchRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.Permits;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.node.Replica;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** {@code etcdserverpb.Watch}: opens a {@link WatchStream} for each call. */
final class WatchService extends WatchGrpc.WatchImplBase {

    private final Replica replica;
    private final Headers headers;
    private final Streams streams;
    private final Executor workers;
    private final ScheduledExecutorService clock;
    private final Duration progressInterval;
    private final RandomGenerator random;
    private final Guard guard;
    private final int maxAnswerBytes;

    WatchService(
            Replica replica,
            Headers headers,
            Streams streams,
            Executor workers,
            ScheduledExecutorService clock,
            Duration progressInterval,
            RandomGenerator random,
            Guard guard,
            int maxAnswerBytes) {
        this.guard = guard;
        this.replica = replica;
        this.headers = headers;
        this.streams = streams;
        this.workers = workers;
        this.clock = clock;
        this.progressInterval = progressInterval;
        this.random = random;
        this.maxAnswerBytes = maxAnswerBytes;
    }

    /** Once, when a watch is made. */
    private CompletableFuture<Optional<Refusal>> permission(Identity who, KeyRange range) {
        return guard.judge(who, (view, caller) -> Permits.read(view.auth(), caller, range));
    }

    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> observer) {
        var client = (ServerCallStreamObserver<WatchResponse>) observer;
        Identity who = Identity.current();
        var stream = new WatchStream(
                client, replica.history(), range -> permission(who, range), headers, workers, streams, maxAnswerBytes);
        // Up to a tenth later, so that the streams of many clients do not all speak at once.
        long interval = progressInterval.toMillis() + random.nextLong(progressInterval.toMillis() / 10 + 1);
        ScheduledFuture<?> ticks = clock.scheduleAtFixedRate(stream::tick, interval, interval, TimeUnit.MILLISECONDS);
        client.disableAutoRequest();
        client.setOnReadyHandler(stream::wake);
        client.setOnCancelHandler(() -> {
            ticks.cancel(false);
            stream.wake();
        });
        // Also when gRPC itself ends the call, because it cannot read a request: then nothing else is heard.
        client.setOnCloseHandler(() -> {
            ticks.cancel(false);
            stream.end(Status.CANCELLED);
        });
        streams.opened(stream, LeaderGate.isRequired());
        client.request(1);
        return stream;
    }
}

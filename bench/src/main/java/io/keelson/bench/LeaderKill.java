package io.keelson.bench;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.keelson.bench.Figure.Bar;
import io.keelson.bench.Figure.Good;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The leader is killed; the time until a survivor acknowledges a write that was begun after that. */
final class LeaderKill implements Workload {

    private static final int TRY_MILLIS = 20;
    private static final int TRIES = 3_000;
    private static final ByteString VALUE = Data.value(64);
    private static final Figure MILLIS =
            new Figure("leader killed", "ms to the next acknowledged write", Good.LESS, new Bar.Both(1, 1_000));

    @Override
    public Map<Figure, Double> visit(Cluster cluster) throws IOException, InterruptedException {
        int leader = cluster.leader();
        var survivors = new ManagedChannel[] {
            cluster.connect((leader + 1) % Cluster.MEMBERS), cluster.connect((leader + 2) % Cluster.MEMBERS)
        };
        try {
            for (ManagedChannel survivor : survivors) {
                Calls.await(survivor, Calls.PUT, Data.put("kill/", VALUE), 10);
            }
            cluster.stopMember(leader, Cluster.Stop.KILL);
            long killed = System.nanoTime();
            var first = new AtomicLong();
            var written = new CountDownLatch(1);
            for (int i = 0; i < TRIES && !written.await(TRY_MILLIS, TimeUnit.MILLISECONDS); i++) {
                put(survivors[i % 2], () -> {
                    first.compareAndSet(0, System.nanoTime());
                    written.countDown();
                });
            }
            if (first.get() == 0) {
                throw new IllegalStateException("no write within " + TRIES * TRY_MILLIS + " ms after the kill");
            }
            return Map.of(MILLIS, (first.get() - killed) / 1e6);
        } finally {
            for (ManagedChannel survivor : survivors) {
                survivor.shutdownNow();
            }
            cluster.startMember(leader);
            cluster.awaitServing(leader);
        }
    }

    private static void put(ManagedChannel channel, Runnable written) {
        ClientCalls.asyncUnaryCall(
                channel.newCall(Calls.PUT, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS)),
                Data.put("kill/", VALUE),
                new StreamObserver<>() {
                    @Override
                    public void onNext(Integer bytes) {
                        written.run();
                    }

                    @Override
                    public void onError(Throwable problem) {
                        // Of no interest: the next try is on its way.
                    }

                    @Override
                    public void onCompleted() {}
                });
    }
}

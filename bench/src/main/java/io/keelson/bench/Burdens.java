package io.keelson.bench;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.keelson.bench.Figure.Good;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Things that should not disturb writers. */
final class Burdens {

    static final String STUCK = "put 1 KiB, 100 in flight, beside a stuck watcher";
    static final String LIST = "put 1 KiB, 100 in flight, beside a list of 100,000 keys each second";

    private Burdens() {}

    /** A watcher of everything that is written, at each member, whose client takes no event. */
    static final class StuckWatcher implements Beside.Burden {
        @Override
        public Beside.Running begin(Cluster cluster, String prefix) throws InterruptedException {
            var all = new ArrayList<Watchers>();
            var created = new CountDownLatch(Cluster.MEMBERS);
            for (int member = 0; member < Cluster.MEMBERS; member++) {
                var watchers = new Watchers(List.of(cluster.connect(member)));
                watchers.openStuck(prefix, _ -> created.countDown());
                all.add(watchers);
            }
            if (!created.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a watch was not created");
            }
            return () -> {
                all.forEach(Watchers::close);
                return Map.of();
            };
        }
    }

    /**
     * A client that lists 100,000 keys at the leader, each second: both stores do the same work, whereas without a pause the one whose lists are
     * quicker would have to make more of them.
     */
    static final class LargeList implements Beside.Burden {
        private static final int KEYS = 100_000;
        private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
        private static final ByteString VALUE = Data.value(256);
        private static final String LISTED = "list/";
        private static final Figure SECONDS =
                new Figure(LIST, "a list takes s, alone with the puts", Good.LESS, Figure.NONE);

        private final Set<Cluster> filled = new HashSet<>();

        @Override
        public void prepare(Cluster cluster) throws InterruptedException {
            if (filled.add(cluster)) {
                Data.fill(cluster, LISTED, KEYS, 100, VALUE);
            }
        }

        @Override
        public Beside.Running begin(Cluster cluster, String prefix) throws InterruptedException {
            ManagedChannel channel = cluster.connect(cluster.leader());
            var ended = new AtomicBoolean();
            var seconds = new ArrayList<Double>();
            Thread reader = Thread.ofPlatform().start(() -> {
                while (!ended.get()) {
                    long begun = System.nanoTime();
                    int bytes = Calls.await(channel, Calls.RANGE, Calls.list(LISTED), 120);
                    if (bytes < KEYS * VALUE.size()) {
                        throw new IllegalStateException("the list has only " + bytes + " bytes");
                    }
                    long took = System.nanoTime() - begun;
                    seconds.add(took / 1e9);
                    LockSupport.parkNanos(PERIOD_NANOS - took);
                }
            });
            return () -> {
                ended.set(true);
                reader.join();
                channel.shutdownNow();
                var figures = new LinkedHashMap<Figure, Double>();
                figures.put(SECONDS, Table.median(seconds));
                return figures;
            };
        }
    }
}

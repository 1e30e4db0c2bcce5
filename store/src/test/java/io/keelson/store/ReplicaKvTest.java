package io.keelson.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.store.auth.Authentication;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Cluster;
import io.keelson.store.node.History;
import io.keelson.store.node.Leases;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Standing;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ReplicaKvTest {

    /** A history in which nothing happens, which remembers who waits. */
    private static final class Silence implements History {
        final List<Runnable> waiting = new ArrayList<>();

        @Override
        public long revision() {
            return 1;
        }

        @Override
        public long compactRevision() {
            return 0;
        }

        @Override
        public Slice read(KeyRange range, long from, boolean previous, int maxEvents) {
            return new Slice(List.of(), from - 1);
        }

        @Override
        public Event withPrevious(Event event) {
            return event;
        }

        @Override
        public void whenReached(long revision, Runnable wake) {
            waiting.add(wake);
        }
    }

    private record Silent(History history) implements Replica {
        @Override
        public CompletableFuture<Committed> propose(Command command) {
            throw new AssertionError("nothing is proposed here");
        }

        @Override
        public CompletableFuture<Void> readBarrier() {
            throw new AssertionError("nothing is read here");
        }

        @Override
        public <T> T read(Function<View, T> read) {
            throw new AssertionError("nothing is read here");
        }

        @Override
        public FileChannel snapshotFile() {
            throw new AssertionError("no files here");
        }

        @Override
        public Leases leases() {
            throw new AssertionError("no leases here");
        }

        @Override
        public AuthState auth() {
            throw new AssertionError("nobody is asked for here");
        }

        @Override
        public Authentication authentication() {
            throw new AssertionError("nobody is asked for here");
        }

        @Override
        public Cluster cluster() {
            throw new AssertionError("no cluster here");
        }

        @Override
        public Standing standing() {
            throw new AssertionError("no standing here");
        }
    }

    @Test
    void idleWatchAskedAgainAndAgainWaitsOnce() throws InterruptedException {
        var history = new Silence();
        try (KvWatch watch = new ReplicaKv(new Silent(history))
                .watch(WatchCreateRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("a"))
                        .build())) {
            for (int i = 0; i < 10; i++) {
                assertThat(watch.next(Duration.ofMillis(1))).isEmpty();
            }
        }
        assertThat(history.waiting).hasSize(1);
    }
}

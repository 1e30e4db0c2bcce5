package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.KvException;
import io.keelson.store.TestCertificates;
import io.keelson.store.mvcc.View;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What three replicas do when one of them goes, comes back, or comes back with nothing. */
class ReplicaFaultsTest {

    /** Little is kept, so that a few hundred entries are enough to need a snapshot. */
    private static final LogLimits SMALL = new LogLimits(100, 10, 1L << 20);

    private static final ByteString LARGE = ByteString.copyFrom(new byte[20_000]);

    @TempDir
    Path directory;

    /** Ratis applies what the state lacks while it starts, before the constructor of the replica was over. */
    @Test
    void memberThatAppliesItsLogWhileItStartsComesUp() throws Exception {
        try (Members members = Members.start(directory, Members.USUAL, Optional.empty())) {
            String leader = members.awaitLeader();
            members.fill(leader, 200, 200, ByteString.EMPTY);
            String restarted = other(members, leader);
            for (int i = 0; i < 5; i++) {
                // What was applied since the last flush is not on disk: it is applied again.
                members.stop(restarted);
                members.start(restarted);
                members.awaitEven();
            }
            assertThat(members.content(restarted)).hasSize(200);
        }
    }

    @Test
    void memberThatLostEverythingIsBroughtBackByASnapshot() throws Exception {
        try (Members members = Members.start(directory, SMALL, Optional.empty())) {
            String leader = members.awaitLeader();
            String wiped = other(members, leader);
            members.stop(wiped);
            Members.delete(members.directory(wiped));
            members.fill(leader, 400, 40, LARGE);
            assertThat(firstLogFile(members.directory(leader)))
                    .as("the log's beginning is given up")
                    .isPositive();
            members.start(wiped);
            members.awaitEven();
            assertThat(members.content(wiped))
                    .isEqualTo(members.content(leader))
                    .hasSize(40);
            // It takes part again, and what it got survives its next start.
            var _ = Members.done(members.get(wiped), Members.put("after", ByteString.EMPTY));
            members.stop(wiped);
            members.start(wiped);
            members.awaitEven();
            assertThat(members.content(wiped))
                    .isEqualTo(members.content(leader))
                    .hasSize(41);
        }
    }

    /** Ratis would take it for a new member from then on, whose term does not count. */
    @Test
    void memberWithALaterTermIsFedAgainThoughItsLeaderOnceFailedToReadTheSnapshot() throws Exception {
        try (Members members = Members.start(directory, SMALL, Optional.empty());
                var log = new Heard(Feed.class, "cannot be read")) {
            String leader = members.awaitLeader();
            String behind = other(members, leader);
            members.stop(behind);
            members.fill(leader, 400, 40, LARGE);
            Path needed = newestSnapshot(members.directory(leader)).resolve("CURRENT");
            Path hidden = needed.resolveSibling("hidden");
            Files.move(needed, hidden);
            members.start(behind);
            Members.await(log::isHeard);
            members.stop(behind);
            Files.move(hidden, needed);
            raiseTerm(members.directory(behind), 10);
            members.start(behind);
            members.awaitEven();
            assertThat(members.content(behind))
                    .isEqualTo(members.content(leader))
                    .hasSize(40);
        }
    }

    private static Path newestSnapshot(Path member) throws IOException {
        try (Stream<Path> files = Files.walk(member.resolve("raft"))) {
            return files.filter(
                            file -> file.getFileName().toString().startsWith("snapshot.") && Files.isDirectory(file))
                    .max(Comparator.comparingLong(
                            file -> Long.parseLong(file.getFileName().toString().replaceAll(".*_", ""))))
                    .orElseThrow();
        }
    }

    /** Of a member that does not run: as if it had stood for the lead so often, and nobody had noticed. */
    private static void raiseTerm(Path member, long by) throws IOException {
        try (Stream<Path> files = Files.walk(member.resolve("raft"))) {
            Path meta =
                    files.filter(file -> file.endsWith("raft-meta")).findFirst().orElseThrow();
            var values = new Properties();
            try (var in = Files.newInputStream(meta)) {
                values.load(in);
            }
            values.setProperty("term", Long.toString(Long.parseLong(values.getProperty("term")) + by));
            try (var out = Files.newOutputStream(meta)) {
                values.store(out, null);
            }
        }
    }

    private static long firstLogFile(Path member) throws IOException {
        try (Stream<Path> files = Files.walk(member.resolve("raft"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("log_"))
                    .map(name -> name.substring("log_".length()).replaceAll("^inprogress_", ""))
                    .mapToLong(name -> Long.parseLong(name.replaceAll("-.*", "")))
                    .min()
                    .orElseThrow();
        }
    }

    private static String other(Members members, String name) {
        return members.names().stream()
                .filter(one -> !one.equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A write to one key counts itself: its version is the number of writes that took effect. */
    @Test
    void everyAcknowledgedWriteTakesEffectOnceThoughLeadersGo() throws Exception {
        var acknowledged = new AtomicInteger();
        var unknown = new AtomicInteger();
        var stop = new AtomicBoolean();
        try (Members members = Members.start(directory, Members.USUAL, Optional.empty());
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int client = 0; client < 20; client++) {
                int number = client;
                var _ = clients.submit(() -> {
                    for (int i = number; !stop.get(); i++) {
                        List<String> names = members.names();
                        RaftReplica replica = members.get(names.get(i % names.size()));
                        try {
                            var _ = Members.done(replica, Members.put("counter", ByteString.EMPTY));
                            acknowledged.incrementAndGet();
                        } catch (ExecutionException e) {
                            if (e.getCause() instanceof KvException refused
                                    && refused.reason() == KvException.Reason.UNKNOWN_OUTCOME) {
                                unknown.incrementAndGet();
                            }
                        }
                    }
                    return number;
                });
            }
            for (int round = 0; round < 3; round++) {
                String leader = members.awaitLeader();
                int before = acknowledged.get();
                Members.await(() -> acknowledged.get() > before + 200);
                members.stop(leader);
                int without = acknowledged.get();
                Members.await(() -> acknowledged.get() > without + 200);
                members.start(leader);
            }
            stop.set(true);
            clients.shutdown();
            Members.await(clients::isTerminated);
            members.awaitLeader();
            members.awaitEven();
            for (String name : members.names()) {
                KeyValue counter = members.content(name).getFirst();
                assertThat(counter.getVersion())
                        .as("on %s; %d acknowledged, %d unknown", name, acknowledged.get(), unknown.get())
                        .isBetween((long) acknowledged.get(), (long) acknowledged.get() + unknown.get());
                assertThat(counter.getModRevision()).isEqualTo(counter.getVersion() + 1);
            }
        }
    }

    @Test
    void membersTalkOverMutualTlsAndForwardWrites() throws Exception {
        var tls = TestCertificates.in(directory).issue("member");
        try (Members members = Members.start(directory, Members.USUAL, Optional.of(tls))) {
            for (String name : members.names()) {
                var _ = Members.done(members.get(name), Members.put("from-" + name, ByteString.EMPTY));
            }
            members.awaitEven();
            for (String name : members.names()) {
                assertThat(members.content(name)).hasSize(3);
            }
        }
    }

    @Test
    void stateWithoutItsLogIsRefused() throws Exception {
        try (Members members = Members.start(directory, Members.USUAL, Optional.empty())) {
            String leader = members.awaitLeader();
            var _ = Members.done(members.get(leader), Members.put("a", ByteString.EMPTY));
            String name = other(members, leader);
            members.stop(name);
            Members.delete(members.directory(name).resolve("raft"));
            assertThatThrownBy(() -> members.start(name))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("there is a state in")
                    .hasMessageContaining("but no log in");
        }
    }

    /** A kill while a snapshot takes the state's place can leave any part of the old one, or an empty one. */
    @Test
    void stateThatFellBehindItsSnapshotIsReplacedByIt() throws Exception {
        try (Members members = Members.start(directory, SMALL, Optional.empty())) {
            String leader = members.awaitLeader();
            members.fill(leader, 250, 250, LARGE);
            members.awaitEven();
            String name = other(members, leader);
            members.stop(name);
            Path state = members.directory(name).resolve("state");
            Members.delete(state);
            Files.createDirectories(state);
            members.start(name);
            members.awaitEven();
            assertThat(members.content(name)).isEqualTo(members.content(leader)).hasSize(250);
            assertThat(members.get(name).<Long>read(View::revision)).isEqualTo(251);
        }
    }

    /**
     * RocksDB takes a list of files that was cut off for a new database's. The log before the snapshot is given up: who began with nothing
     * would go on with nothing.
     */
    @Test
    void memberWhoseSnapshotIsDamagedStopsRatherThanBeginAtNothing() throws Exception {
        try (Members members = Members.start(directory, SMALL, Optional.empty())) {
            String leader = members.awaitLeader();
            members.fill(leader, 250, 250, LARGE);
            members.awaitEven();
            String name = other(members, leader);
            members.stop(name);
            Members.delete(members.directory(name).resolve("state"));
            int snapshots = 0;
            for (Path list : filesNamed(members.directory(name).resolve("raft"), "MANIFEST-")) {
                byte[] bytes = Files.readAllBytes(list);
                int firstFamily = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("latest");
                Files.write(list, Arrays.copyOf(bytes, firstFamily));
                snapshots++;
            }
            assertThat(snapshots).isPositive();
            assertThatThrownBy(() -> members.start(name))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is damaged: it holds nothing, and held the entries of the log up to ");
        }
    }

    private static List<Path> filesNamed(Path tree, String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .toList();
        }
    }
}

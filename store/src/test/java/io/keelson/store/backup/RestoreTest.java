package io.keelson.store.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.store.Awaiting;
import io.keelson.store.Download;
import io.keelson.store.HostPort;
import io.keelson.store.Loopback;
import io.keelson.store.Member;
import io.keelson.store.Restore;
import io.keelson.store.Store;
import io.keelson.store.StoreConfig;
import io.keelson.store.TestCertificates;
import io.keelson.store.backup.SnapshotReader.Adjustment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster's data goes to a file, and new clusters begin from it. */
class RestoreTest {

    @TempDir
    Path directory;

    private final TreeMap<String, Store> running = new TreeMap<>();
    private final List<Endpoint> endpoints = new ArrayList<>();

    @AfterEach
    void stop() {
        endpoints.forEach(Endpoint::close);
        running.values().forEach(Store::close);
    }

    private static HostPort free() throws IOException {
        return Loopback.freeAddress();
    }

    /** How each member of a cluster starts. */
    private List<StoreConfig> cluster(String token, String... names) throws IOException {
        var members = new ArrayList<Member>();
        for (String name : names) {
            members.add(new Member(name, free(), List.of(free())));
        }
        return members.stream()
                .map(member -> new StoreConfig(
                        member.name(),
                        directory.resolve(token + "-" + member.name()),
                        token,
                        member.clients(),
                        member.peer(),
                        members,
                        Optional.empty(),
                        Optional.empty()))
                .toList();
    }

    private void start(StoreConfig config) {
        running.put(config.name(), Store.start(config, problem -> {
            throw new AssertionError("member " + config.name() + " failed", problem);
        }));
    }

    private void stop(String name) {
        Objects.requireNonNull(running.remove(name), name).close();
    }

    private Endpoint endpoint(StoreConfig config) {
        var endpoint = new Endpoint(config.clientListen().getFirst().port());
        endpoints.add(endpoint);
        return endpoint;
    }

    private static void save(StoreConfig config, Path file) throws IOException {
        var from = new Download.From(
                URI.create("http://" + config.clientListen().getFirst()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        assertThat(Download.save(from, file)).isEqualTo(Files.size(file));
        assertThat(Files.getPosixFilePermissions(file))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }

    /** Waits for a condition, at most a minute. */
    private static void await(BooleanSupplier condition) {
        Awaiting.atMost(Duration.ofMinutes(1), condition);
    }

    /** A file of a member with a little of everything, and the member's endpoint. */
    private Endpoint saved(Path file) throws IOException {
        StoreConfig config = cluster("old", "old").getFirst();
        start(config);
        Endpoint endpoint = endpoint(config);
        endpoint.fill(new Random(17), 150);
        save(config, file);
        return endpoint;
    }

    @Test
    void threeMembersFromOneFileAgreeGoOnAndTakeInOneThatHasLostItsData() throws Exception {
        Path file = directory.resolve("saved.db");
        Endpoint old = saved(file);
        List<StoreConfig> cluster = cluster("new", "m1", "m2", "m3");
        for (StoreConfig config : cluster) {
            Restore.run(file, config, Restore.Options.USUAL);
        }
        cluster.forEach(this::start);
        List<Endpoint> members = cluster.stream().map(this::endpoint).toList();
        for (Endpoint member : members) {
            assertThat(member.at(0)).isEqualTo(old.at(0));
            assertThat(member.leases()).isEqualTo(old.leases());
            assertThat(member.revision()).isEqualTo(old.revision());
        }
        assertThat(members.stream().map(member -> member.hash(old.revision())).distinct())
                .hasSize(1);
        members.getFirst().put("after", "1");
        for (Endpoint member : members) {
            assertThat(member.revision()).isEqualTo(old.revision() + 1);
        }

        stop("m2");
        delete(cluster.get(1).dataDir());
        members.getFirst().put("after", "2");
        start(cluster.get(1));
        await(() -> Objects.requireNonNull(running.get("m2")).revision() == old.revision() + 2);
        assertThat(members.get(1).at(old.revision())).isEqualTo(old.at(0));
        assertThat(members.stream()
                        .map(member -> member.hash(old.revision() + 2))
                        .distinct())
                .hasSize(1);

        for (StoreConfig config : cluster) {
            stop(config.name());
        }
        cluster.forEach(this::start);
        assertThat(members.getLast().at(0)).hasSize(old.at(0).size() + 1);
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** As the servers of a control plane: their ids come from URLs that begin with https. */
    @Test
    void membersThatSpeakTlsToEachOtherAreRestored() throws Exception {
        Path file = directory.resolve("saved.db");
        Endpoint old = saved(file);
        var tls = Optional.of(TestCertificates.in(directory).issue("member"));
        List<StoreConfig> cluster = cluster("new", "m1", "m2", "m3");
        for (StoreConfig config : cluster) {
            // Where it is restored its certificates need not be.
            Restore.run(file, config, new Restore.Options(Adjustment.NONE, false, true));
        }
        List<StoreConfig> secure = cluster.stream()
                .map(config -> new StoreConfig(
                        config.name(),
                        config.dataDir(),
                        config.clusterToken(),
                        config.clientListen(),
                        config.peerListen(),
                        config.members(),
                        Optional.empty(),
                        tls))
                .toList();
        secure.forEach(this::start);
        for (StoreConfig config : secure) {
            assertThat(endpoint(config).at(0)).isEqualTo(old.at(0));
        }
    }

    @Test
    void keysOfALeaseEndWithItAfterARestore() throws Exception {
        Path file = directory.resolve("saved.db");
        Endpoint old = saved(file);
        StoreConfig config = cluster("new", "m1").getFirst();
        Restore.run(file, config, Restore.Options.USUAL);
        start(config);
        Endpoint restored = endpoint(config);
        long lease = old.leases().firstKey();
        long attached = old.at(0).stream().filter(kv -> kv.getLease() == lease).count();
        assertThat(attached).isPositive();
        restored.revoke(lease);
        assertThat(restored.at(0)).hasSize(old.at(0).size() - (int) attached);
        assertThat(restored.leases()).hasSize(2).doesNotContainKey(lease);
    }

    /** Goal: a snapshot is the store at one revision. Method: two keys always change together while it is taken. */
    @Test
    void snapshotTakenWhileKeysChangeIsOfOneRevision() throws Exception {
        StoreConfig config = cluster("busy", "busy").getFirst();
        start(config);
        Endpoint endpoint = endpoint(config);
        var done = new AtomicBoolean();
        var written = new AtomicInteger();
        Thread writer = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                endpoint.putBoth("left", "right", "value " + written.incrementAndGet());
            }
        });
        var files = new ArrayList<Path>();
        for (int i = 0; i < 3; i++) {
            int before = written.get();
            await(() -> written.get() > before + 20);
            Path file = directory.resolve("saved" + i);
            save(config, file);
            files.add(file);
        }
        done.set(true);
        writer.join();
        for (Path file : files) {
            var recorded = new Recorded();
            try (SnapshotFile snapshot = SnapshotFile.open(file)) {
                snapshot.verify();
                SnapshotReader.read(snapshot, Adjustment.NONE, recorded);
            }
            assertThat(recorded.latest.get("left")).isNotNull().isEqualTo(recorded.latest.get("right"));
            assertThat(recorded.revision).isEqualTo(SnapshotStatus.of(file).revision());
            // Each pair is one revision, and none is missing.
            assertThat(recorded.rows).isEqualTo(2 * (recorded.revision - 1));
        }
    }

    @Test
    void raisedRevisionIsWhereTheStoreGoesOnAndWhatWasBeforeIsCompacted() throws Exception {
        Path file = directory.resolve("saved.db");
        Endpoint old = saved(file);
        StoreConfig config = cluster("new", "m1").getFirst();
        Restore.run(file, config, new Restore.Options(new Adjustment(1_000_000, true), false));
        start(config);
        Endpoint restored = endpoint(config);
        long now = old.revision() + 1_000_000;
        assertThat(restored.revision()).isEqualTo(now);
        assertThat(restored.at(0)).isEqualTo(old.at(0));
        assertThat(restored.refusal(now - 1)).isEqualTo("etcdserver: mvcc: required revision has been compacted");
        restored.put("after", "1");
        assertThat(restored.revision()).isEqualTo(now + 1);
        // And an etcd that begins from a snapshot of it goes on there as well.
        Path second = directory.resolve("second.db");
        save(config, second);
        int peer = Loopback.freeAddress().port();
        var restore = new ArrayList<>(
                List.of("snapshot", "restore", second.toString(), "--data-dir=" + directory.resolve("etcd")));
        restore.addAll(Etcd.identity(peer));
        Etcd.etcdctl(restore.toArray(String[]::new));
        try (Etcd etcd = Etcd.start(directory.resolve("etcd"), peer);
                var endpoint = new Endpoint(etcd.clientPort)) {
            assertThat(endpoint.revision()).isEqualTo(now + 1);
            assertThat(endpoint.at(0)).isEqualTo(restored.at(0));
        }
    }

    @Test
    void whatIsAskedForWronglyIsRefusedAndNothingIsMade() throws Exception {
        Path file = directory.resolve("saved.db");
        var _ = saved(file);
        StoreConfig config = cluster("new", "m1").getFirst();
        assertThatThrownBy(() -> new Adjustment(1, false)).hasMessageContaining("--mark-compacted is required");
        assertThatThrownBy(() -> new Adjustment(0, true)).hasMessageContaining("disallowed otherwise");

        assertThatThrownBy(() -> Restore.run(directory.resolve("absent"), config, Restore.Options.USUAL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no file")
                .hasMessageContaining("absent");

        byte[] whole = Files.readAllBytes(file);
        byte[] flipped = whole.clone();
        flipped[flipped.length / 2] ^= 4;
        Path damaged = Files.write(directory.resolve("damaged.db"), flipped);
        assertThatThrownBy(() -> Restore.run(damaged, config, Restore.Options.USUAL))
                .isInstanceOf(BadSnapshotException.class)
                .hasMessageContaining("damaged.db has changed since it was saved: expected sha256");

        Path cut = Files.write(directory.resolve("cut.db"), java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> Restore.run(cut, config, Restore.Options.USUAL))
                .isInstanceOf(BadSnapshotException.class)
                .hasMessageContaining("has no checksum");
        assertThatThrownBy(() -> Restore.run(cut, config, new Restore.Options(Adjustment.NONE, true)))
                .isInstanceOf(BadSnapshotException.class)
                .hasMessageContaining("is damaged: the file: has ");

        assertThat(directory.toFile().list()).noneMatch(name -> name.startsWith("new-m1"));
        Files.createDirectories(config.dataDir());
        Restore.run(file, config, Restore.Options.USUAL);
        assertThatThrownBy(() -> Restore.run(file, config, Restore.Options.USUAL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not empty");
    }
}

package io.keelson.store.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.store.Loopback;
import io.keelson.store.Member;
import io.keelson.store.Restore;
import io.keelson.store.Store;
import io.keelson.store.StoreConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: data goes from etcd to Keelson and back and is the same at every revision. Method: random requests from a seed to a real etcd or
 * a real Keelson, snapshots by the real etcdctl, and everything that a client can read compared.
 */
class EtcdRoundTripTest {

    private static final int STEPS = 400;

    @TempDir
    Path directory;

    private static Random random() {
        long seed = Long.getLong("keelson.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dkeelson.seed=" + seed + ")");
        return new Random(seed);
    }

    private StoreConfig config(String data) throws Exception {
        var member = new Member("one", Loopback.freeAddress(), List.of(Loopback.freeAddress()));
        return new StoreConfig(
                "one",
                directory.resolve(data),
                "restored",
                member.clients(),
                member.peer(),
                List.of(member),
                Optional.empty(),
                Optional.empty());
    }

    private static Store start(StoreConfig config) {
        return Store.start(config, problem -> {
            throw new AssertionError("the member failed", problem);
        });
    }

    private static int port(StoreConfig config) {
        return config.clientListen().getFirst().port();
    }

    private static void same(Endpoint one, Endpoint other, long compacted) {
        long revision = one.revision();
        assertThat(other.revision()).isEqualTo(revision);
        assertThat(revision).isGreaterThan(compacted);
        for (long at = compacted; at <= revision; at++) {
            assertThat(other.at(at)).as("revision %d", at).isEqualTo(one.at(at));
        }
        assertThat(other.leases()).isEqualTo(one.leases()).hasSize(3);
        assertThat(other.refusal(compacted - 1))
                .isEqualTo(one.refusal(compacted - 1))
                .isEqualTo("etcdserver: mvcc: required revision has been compacted");
    }

    /** The oldest revision that is answered. */
    private static long compacted(Endpoint endpoint) {
        long low = 1;
        for (long high = endpoint.revision(); low < high; ) {
            long middle = (low + high) / 2;
            if (endpoint.refusal(middle).startsWith("answered")) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    @Test
    void fromKeelsonToEtcd() throws Exception {
        StoreConfig config = config("keelson");
        Path file = directory.resolve("saved.db");
        try (Store _ = start(config);
                var keelson = new Endpoint(port(config))) {
            keelson.fill(random(), STEPS);
            String endpoint = "--endpoints=http://127.0.0.1:" + port(config);
            assertThat(Etcd.etcdctl(endpoint, "snapshot", "save", file.toString()))
                    .contains("Snapshot saved at");
            SnapshotStatus status = SnapshotStatus.of(file);
            assertThat(Etcd.etcdctl("snapshot", "status", file.toString()))
                    .startsWith("%x, %d, %d, ".formatted(status.hash(), status.revision(), status.totalKeys()));
            assertThat(Etcd.etcdctl("snapshot", "status", file.toString(), "-w", "table"))
                    .contains("TOTAL SIZE");
            assertThat(status.revision()).isEqualTo(keelson.revision());

            int peer = Loopback.freeAddress().port();
            Path data = directory.resolve("etcd");
            var restore = new ArrayList<>(List.of("snapshot", "restore", file.toString(), "--data-dir=" + data));
            restore.addAll(Etcd.identity(peer));
            Etcd.etcdctl(restore.toArray(String[]::new));
            try (Etcd started = Etcd.start(data, peer);
                    var etcd = new Endpoint(started.clientPort)) {
                same(keelson, etcd, compacted(keelson));
                etcd.put("after", "it");
                assertThat(etcd.revision()).isEqualTo(keelson.revision() + 1);
            }
            assertThat(directory.resolve("keelson").toFile().list())
                    .as("nothing stays of the file that was sent")
                    .noneMatch(name -> name.startsWith("saving"));
        }
    }

    @Test
    void fromEtcdToKeelson() throws Exception {
        Path data = directory.resolve("etcd");
        Path file = directory.resolve("saved.db");
        try (Etcd started = Etcd.start(data, Loopback.freeAddress().port());
                var etcd = new Endpoint(started.clientPort)) {
            etcd.fill(random(), STEPS);
            Etcd.etcdctl("--endpoints=http://127.0.0.1:" + started.clientPort, "snapshot", "save", file.toString());
            StoreConfig config = config("keelson");
            Restore.run(file, config, Restore.Options.USUAL);
            long compacted = compacted(etcd);
            for (int starts = 0; starts < 2; starts++) {
                try (Store _ = start(config);
                        var keelson = new Endpoint(port(config))) {
                    same(etcd, keelson, compacted);
                }
            }
            try (Store _ = start(config);
                    var keelson = new Endpoint(port(config))) {
                keelson.put("k01", "new");
                assertThat(keelson.revision()).isEqualTo(etcd.revision() + 1);
            }
        }
    }

    @Test
    void fromTheDatabaseOfAStoppedEtcd() throws Exception {
        Path data = directory.resolve("etcd");
        int peer = Loopback.freeAddress().port();
        try (Etcd started = Etcd.start(data, peer);
                var etcd = new Endpoint(started.clientPort)) {
            etcd.fill(random(), STEPS);
            started.stop();
        }
        StoreConfig config = config("keelson");
        Restore.run(data.resolve("member/snap/db"), config, new Restore.Options(SnapshotReader.Adjustment.NONE, true));
        try (Etcd started = Etcd.start(data, peer);
                var etcd = new Endpoint(started.clientPort);
                Store _ = start(config);
                var keelson = new Endpoint(port(config))) {
            same(etcd, keelson, compacted(etcd));
        }
    }

    /** Users, roles, permissions and that they count go with the data, in both directions. */
    @Test
    void usersAndRolesGoAlong() throws Exception {
        Path data = directory.resolve("etcd");
        Path file = directory.resolve("saved.db");
        try (Etcd started = Etcd.start(data, Loopback.freeAddress().port())) {
            String endpoint = "--endpoints=http://127.0.0.1:" + started.clientPort;
            Etcd.etcdctl(endpoint, "user", "add", "root:secret");
            Etcd.etcdctl(endpoint, "user", "add", "reader:word");
            Etcd.etcdctl(endpoint, "role", "add", "readers");
            Etcd.etcdctl(endpoint, "role", "grant-permission", "readers", "read", "a", "c");
            Etcd.etcdctl(endpoint, "user", "grant-role", "reader", "readers");
            Etcd.etcdctl(endpoint, "user", "grant-role", "root", "root");
            Etcd.etcdctl(endpoint, "put", "b", "seen");
            Etcd.etcdctl(endpoint, "put", "d", "hidden");
            Etcd.etcdctl(endpoint, "auth", "enable");
            Etcd.etcdctl(endpoint, "--user=root:secret", "snapshot", "save", file.toString());
        }
        StoreConfig config = config("keelson");
        Restore.run(file, config, Restore.Options.USUAL);
        Path back = directory.resolve("back.db");
        try (Store _ = start(config)) {
            String endpoint = "--endpoints=http://127.0.0.1:" + port(config);
            checkUsers(endpoint);
            Etcd.etcdctl(endpoint, "--user=root:secret", "snapshot", "save", back.toString());
            assertThat(Etcd.failing(endpoint, "--user=reader:word", "snapshot", "save", file.toString()))
                    .contains("permission denied");
        }
        int peer = Loopback.freeAddress().port();
        Path again = directory.resolve("again");
        var restore = new ArrayList<>(List.of("snapshot", "restore", back.toString(), "--data-dir=" + again));
        restore.addAll(Etcd.identity(peer));
        Etcd.etcdctl(restore.toArray(String[]::new));
        try (Etcd started = Etcd.start(again, peer)) {
            checkUsers("--endpoints=http://127.0.0.1:" + started.clientPort);
        }
    }

    private static void checkUsers(String endpoint) throws Exception {
        assertThat(Etcd.etcdctl(endpoint, "--user=reader:word", "get", "b")).isEqualTo("b\nseen\n");
        assertThat(Etcd.failing(endpoint, "--user=reader:word", "get", "d")).contains("permission denied");
        assertThat(Etcd.failing(endpoint, "--user=reader:wrong", "get", "b"))
                .contains("authentication failed, invalid user ID or password");
        assertThat(Etcd.failing(endpoint, "get", "b")).contains("user name is empty");
        assertThat(Etcd.etcdctl(endpoint, "--user=root:secret", "role", "get", "readers"))
                .contains("[a, c)");
    }
}

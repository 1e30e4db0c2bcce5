package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.keelson.store.Door;
import io.keelson.store.HostPort;
import io.keelson.store.Loopback;
import io.keelson.store.Member;
import io.keelson.store.Store;
import io.keelson.store.StoreConfig;
import io.keelson.store.StoreOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: an operator who knows etcd gets out of a full store as from etcd, without a maintenance stop. Method: a member with a
 * small quota, filled, and freed with Debian's etcdctl.
 */
class AlarmFlowTest {

    private static final long QUOTA_BYTES = 24L << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HostPort client = Loopback.freeAddress();

    private record Said(int exit, String text) {}

    private Said etcdctl(byte[] input, String... arguments) throws Exception {
        var command =
                new ArrayList<>(List.of("etcdctl", "--command-timeout", "100s", "--endpoints", "http://" + client));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return fail("this test runs etcdctl, which is not there: install the package etcd-client", e);
        }
        try (var stdin = process.getOutputStream()) {
            stdin.write(input);
        }
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), text);
    }

    private String good(String... arguments) throws Exception {
        Said said = etcdctl(new byte[0], arguments);
        assertThat(said.exit).as(said.text).isZero();
        return said.text;
    }

    @Test
    void fullStoreIsFreedByDeletingCompactingAndDisarming(@TempDir Path directory) throws Exception {
        HostPort peer = Loopback.freeAddress();
        var defaults = StoreOptions.DEFAULTS;
        var options = new StoreOptions(
                new StoreOptions.Limits(128, 1_572_864, QUOTA_BYTES),
                defaults.timing(),
                defaults.compaction(),
                defaults.auth(),
                defaults.connections());
        var failures = new LinkedBlockingQueue<Throwable>();
        var config = new StoreConfig(
                "one",
                directory,
                "token",
                List.of(new Door(client, Door.Wire.PLAIN, Door.Serves.EVERYTHING)),
                peer,
                List.of(new Member("one", peer, List.of(client))),
                Optional.empty(),
                Optional.empty(),
                options);
        try (var _ = Store.start(config, failures::add)) {
            byte[] value = value();
            int puts = 0;
            Said said = etcdctl(value, "put", "big-0");
            while (said.exit == 0 && puts < 100) {
                puts++;
                said = etcdctl(value, "put", "big-" + puts % 4);
            }
            assertThat(said.text).contains("etcdserver: mvcc: database space exceeded");
            assertThat(puts).as("it took some data").isGreaterThan(5);
            assertThat(good("alarm", "list")).contains("alarm:NOSPACE");
            assertThat(good("endpoint", "status", "-w", "json")).contains("alarm:NOSPACE");
            assertThat(etcdctl(new byte[0], "put", "small", "1").text)
                    .contains("etcdserver: mvcc: database space exceeded");
            assertThat(etcdctl(new byte[0], "lease", "grant", "60").text)
                    .contains("etcdserver: mvcc: database space exceeded");
            assertThat(good("get", "big-0", "--keys-only")).contains("big-0");

            assertThat(good("del", "big-", "--prefix")).isEqualTo("4\n");
            good("compact", String.valueOf(puts + 2));
            assertThat(good("alarm", "disarm")).contains("alarm:NOSPACE");
            // Nobody defragments: the space comes back by itself.
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (etcdctl(new byte[0], "put", "small", "1").exit != 0) {
                assertThat(System.nanoTime()).as("waited for %s", PATIENCE).isLessThan(end);
                good("alarm", "disarm");
            }
            assertThat(good("alarm", "list")).isEmpty();
            assertThat(good("get", "small", "--print-value-only")).isEqualTo("1\n");

            assertThat(good("defrag")).contains("Finished defragmenting etcd member");
            String hash = good("endpoint", "hashkv");
            assertThat(good("endpoint", "hashkv")).isEqualTo(hash);
            good("put", "small", "2");
            assertThat(good("endpoint", "hashkv")).isNotEqualTo(hash);
            assertThat(good("endpoint", "status")).contains(", 3.6.");
        }
        assertThat(failures).isEmpty();
    }

    /** 1 MiB that cannot be compressed and has neither a line's end nor a zero byte. */
    private static byte[] value() {
        var random = new Random(1);
        byte[] value = new byte[1 << 20];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) ('!' + random.nextInt(90));
        }
        return value;
    }
}

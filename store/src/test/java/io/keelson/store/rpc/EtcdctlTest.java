package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Goal: a client that is not ours is content. Method: Debian's etcdctl as a process against a server on loopback. */
class EtcdctlTest {

    private final ServerFixture server = new ServerFixture();

    @AfterEach
    void close() {
        server.close();
    }

    private Process start(String... arguments) {
        var command = new ArrayList<>(List.of("etcdctl", "--endpoints", "http://" + server.address));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        try {
            return builder.start();
        } catch (IOException e) {
            return fail("this test runs etcdctl, which is not there: install the package etcd-client", e);
        }
    }

    /** What etcdctl says; it must succeed. */
    private String etcdctl(String... arguments) throws Exception {
        return said(start(arguments));
    }

    private static String said(Process process) throws Exception {
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void putGetDelete() throws Exception {
        assertThat(etcdctl("put", "a", "1")).isEqualTo("OK\n");
        assertThat(etcdctl("put", "ab", "2")).isEqualTo("OK\n");
        assertThat(etcdctl("get", "a")).isEqualTo("a\n1\n");
        assertThat(etcdctl("get", "a", "--prefix", "--order", "DESCEND", "--sort-by", "KEY"))
                .isEqualTo("ab\n2\na\n1\n");
        assertThat(etcdctl("del", "a", "--prefix", "--prev-kv")).isEqualTo("2\na\n1\nab\n2\n");
        assertThat(etcdctl("get", "", "--from-key")).isEmpty();
    }

    @Test
    void transaction() throws Exception {
        Process process = start("txn");
        try (Writer input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8)) {
            input.write("mod(\"a\") = \"0\"\n\nput a \"made\"\n\nget a\n\n");
        }
        assertThat(said(process)).contains("SUCCESS").contains("OK");
        assertThat(etcdctl("get", "a", "--print-value-only")).isEqualTo("made\n");
    }

    @Test
    void watchFromARevisionHearsPutAndDelete() throws Exception {
        etcdctl("put", "a", "1");
        Process watch = start("watch", "a", "--rev", "2", "--prev-kv");
        try (var output = new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(List.of(output.readLine(), output.readLine(), output.readLine()))
                    .containsExactly("PUT", "a", "1");
            etcdctl("del", "a");
            assertThat(List.of(output.readLine(), output.readLine(), output.readLine(), output.readLine()))
                    .containsExactly("DELETE", "a", "1", "a");
        } finally {
            watch.destroy();
            assertThat(watch.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void lease() throws Exception {
        Matcher granted =
                Pattern.compile("lease ([0-9a-f]+) granted with TTL\\(60s\\)").matcher(etcdctl("lease", "grant", "60"));
        assertThat(granted.find()).isTrue();
        String id = granted.group(1);
        etcdctl("put", "a", "1", "--lease", id);
        assertThat(etcdctl("lease", "keep-alive", "--once", id))
                .isEqualTo("lease " + id + " keepalived with TTL(60)\n");
        assertThat(etcdctl("lease", "timetolive", "--keys", id))
                .contains("granted with TTL(60s)")
                .contains("attached keys([a])");
        assertThat(etcdctl("lease", "list")).contains("found 1 leases").contains(id);
        assertThat(etcdctl("lease", "revoke", id)).isEqualTo("lease " + id + " revoked\n");
        assertThat(etcdctl("get", "a")).isEmpty();
        assertThat(etcdctl("lease", "timetolive", id)).contains("already expired");
    }

    @Test
    void compaction() throws Exception {
        etcdctl("put", "a", "1");
        etcdctl("put", "a", "2");
        assertThat(etcdctl("compaction", "3")).isEqualTo("compacted revision 3\n");
        Process old = start("get", "a", "--rev", "2");
        String said = new String(old.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(old.waitFor()).isNotZero();
        assertThat(said).contains("etcdserver: mvcc: required revision has been compacted");
    }

    @Test
    void membersAndMaintenance() throws Exception {
        assertThat(etcdctl("member", "list"))
                .startsWith("77, started, one, http://127.0.0.1:2380, http://" + server.address);
        assertThat(etcdctl("endpoint", "status")).contains("77, 3.6.5, 20 kB, true, false, 3, 9, 8");
        assertThat(etcdctl("endpoint", "health")).contains("is healthy");
        assertThat(etcdctl("endpoint", "hashkv")).contains(server.address.toString());
        assertThat(etcdctl("alarm", "list")).isEmpty();
        assertThat(etcdctl("defrag")).contains("Finished defragmenting");
    }
}

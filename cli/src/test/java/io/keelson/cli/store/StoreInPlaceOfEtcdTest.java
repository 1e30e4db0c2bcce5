package io.keelson.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: who used etcd notices nothing. Method: the process, and Debian's etcdctl, whose words for it are compared with its words for
 * Debian's etcd; ids, addresses and times are masked.
 */
class StoreInPlaceOfEtcdTest {

    @TempDir
    Path dir;

    private static final List<List<String>> COMMANDS = List.of(
            List.of("put", "a", "1"),
            List.of("put", "a", "2", "--prev-kv"),
            List.of("put", "a", "--ignore-value"),
            List.of("put", "absent", "--ignore-value"),
            List.of("put", "a", "x", "--lease=123"),
            List.of("put", "b", "5"),
            List.of("get", "a", "-w", "json"),
            List.of("get", "a", "-w", "fields"),
            List.of("get", "", "--prefix", "--keys-only"),
            List.of("get", "a", "--rev=2"),
            List.of("get", "a", "--rev=99"),
            List.of("get", "", "--prefix", "--limit=1", "-w", "json"),
            List.of("get", "", "--prefix", "--sort-by=MODIFY", "--order=DESCEND"),
            List.of("get", "a", "c", "--print-value-only"),
            List.of("get", "", "--from-key", "--count-only", "-w", "fields"),
            List.of("del", "b", "--prev-kv"),
            List.of("del", "nothing"),
            List.of("put", "c", "1"),
            List.of("del", "c", "e", "-w", "json"),
            List.of("compaction", "5"),
            List.of("compaction", "5"),
            List.of("compaction", "999"),
            List.of("get", "a", "--rev=3"),
            List.of("lease", "grant", "1"),
            List.of("lease", "list", "-w", "fields"),
            List.of("lease", "revoke", "123"),
            List.of("lease", "timetolive", "123"),
            List.of("lease", "keep-alive", "--once", "123"),
            List.of("member", "list", "-w", "table"),
            List.of("endpoint", "health"),
            List.of("alarm", "list"),
            List.of("defrag"),
            List.of("auth", "enable"),
            List.of("user", "add", "u:p"),
            List.of("user", "get", "u"),
            List.of("user", "get", "none"),
            List.of("role", "add", "r"),
            List.of("role", "grant-permission", "r", "readwrite", "k", "--prefix"),
            List.of("role", "get", "r"),
            List.of("user", "grant-role", "u", "r"),
            List.of("role", "delete", "none"),
            List.of("user", "list", "-w", "json"),
            List.of("role", "grant-permission", "r", "read", ""),
            List.of("role", "grant-permission", "r", "read", "q", "s"),
            List.of("role", "grant-permission", "r", "write", "t", "--from-key"),
            List.of("user", "get", "u", "--detail"),
            List.of("role", "revoke-permission", "r", "q", "s"),
            List.of("role", "revoke-permission", "r", "q"),
            List.of("user", "revoke-role", "u", "r"),
            List.of("user", "revoke-role", "u", "r"),
            List.of("user", "passwd", "none", "--interactive=false"),
            List.of("user", "delete", "u"),
            List.of("role", "delete", "r"),
            List.of("role", "list"),
            List.of("auth", "disable"),
            List.of("compaction", "6", "--physical"),
            List.of("get", "a", "--consistency=s"),
            List.of("alarm", "disarm"),
            List.of("move-leader", "5"),
            List.of("member", "update", "ffff", "--peer-urls=http://127.0.0.1:9"),
            List.of("member", "promote", "ffff"),
            List.of("member", "remove", "ffff"),
            List.of("lock", "l", "echo", "held"),
            List.of("snapshot", "save", "file.db"));

    private static final List<String> TRANSACTIONS = List.of(
            "value(\"a\") = \"2\"\n\nput k1 v1\nget a\n\nput k2 v2\n\n",
            "create(\"a\") = \"0\"\n\nput k1 v1\n\ndel a\nget \"\" --prefix\n\n",
            "mod(\"a\") > \"0\"\n\nput q 1\nput q 2\n\n\n");

    private static String masked(String said) {
        return said.lines()
                // Times and the like; the error itself is said once more below it.
                .filter(line -> !line.startsWith("{\"level\""))
                .map(line -> line.replaceAll("127\\.0\\.0\\.1:\\d+", "ADDRESS")
                        .replaceAll("\\b[0-9a-f]{13,16}\\b", "ID")
                        .replaceAll("\\b\\d{15,20}\\b", "ID")
                        .replaceAll("(raft_term\"|RaftTerm\" )(:) ?\\d+", "$1$2 TERM")
                        .replaceAll("took = \\S+", "took = TIME"))
                .map(line -> line.startsWith("|") || line.startsWith("+") ? line.replaceAll("[ -]+", " ") : line)
                .reduce("", (all, line) -> all + line + "\n");
    }

    @Test
    void etcdctlSaysOfItWhatItSaysOfEtcd() throws Exception {
        try (var ours = StoreProcess.keelson(Files.createDirectory(dir.resolve("ours")));
                var theirs = StoreProcess.etcd(Files.createDirectory(dir.resolve("theirs")))) {
            ours.awaitReady();
            theirs.awaitReady();
            for (var command : COMMANDS) {
                var words = command.toArray(String[]::new);
                assertThat(masked(ours.etcdctl(words)))
                        .as("etcdctl %s", command)
                        .isEqualTo(masked(theirs.etcdctl(words)));
            }
            for (var transaction : TRANSACTIONS) {
                for (var form : List.of("simple", "json")) {
                    assertThat(masked(ours.etcdctlWithInput(transaction, "txn", "-w", form)))
                            .as("etcdctl txn %s", transaction)
                            .isEqualTo(masked(theirs.etcdctlWithInput(transaction, "txn", "-w", form)));
                }
            }
        }
    }

    @Test
    void whatIsAcknowledgedSurvivesKillAndTheEndIsClean() throws Exception {
        try (var store = StoreProcess.keelson(dir, "--max-wals=3")) {
            store.awaitReady();
            assertThat(store.log()).contains("--max-wals=3 has no effect: the log is kept");
            assertThat(store.etcdctl("put", "a", "1")).isEqualTo("OK\nexit 0\n");
            store.killAndStartAgain();
            store.awaitReady();
            assertThat(store.etcdctl("get", "a")).isEqualTo("a\n1\nexit 0\n");
            assertThat(store.terminate()).isZero();
            assertThat(store.log()).as("it is alone").doesNotContain("hand over");
        }
    }

    @Test
    void candidatesLeadOneAfterTheOther() throws Exception {
        try (var store = StoreProcess.keelson(dir)) {
            store.awaitReady();
            var first = new ProcessBuilder("etcdctl", "--endpoints", store.url(), "elect", "e", "one").start();
            try (var said = first.inputReader()) {
                assertThat(said.readLine()).startsWith("e/");
                assertThat(said.readLine()).isEqualTo("one");
                var second = CompletableFuture.supplyAsync(() -> {
                    try {
                        var process =
                                new ProcessBuilder("etcdctl", "--endpoints", store.url(), "elect", "e", "two").start();
                        try (var lines = process.inputReader()) {
                            lines.readLine();
                            return lines.readLine();
                        } finally {
                            process.destroyForcibly();
                        }
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                // Ended by a signal, etcdctl resigns.
                first.destroy();
                assertThat(second.get()).isEqualTo("two");
            } finally {
                first.destroyForcibly();
            }
        }
    }

    /** etcdctl's own copying: it lists, then watches, and writes what it hears. */
    @Test
    void mirrorOfEtcdFollowsIt() throws Exception {
        try (var theirs = StoreProcess.etcd(Files.createDirectory(dir.resolve("theirs")));
                var ours = StoreProcess.keelson(Files.createDirectory(dir.resolve("ours")))) {
            theirs.awaitReady();
            ours.awaitReady();
            assertThat(theirs.etcdctl("put", "a", "before")).isEqualTo("OK\nexit 0\n");
            var there = new ProcessBuilder("etcdctl", "--endpoints", theirs.url(), "make-mirror", ours.url());
            there.environment().put("ETCDCTL_API", "3");
            var mirror = there.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                awaitValue(ours, "before");
                assertThat(theirs.etcdctl("put", "a", "after")).isEqualTo("OK\nexit 0\n");
                awaitValue(ours, "after");
            } finally {
                mirror.destroyForcibly().onExit().join();
            }
            var back = new ProcessBuilder("etcdctl", "--endpoints", ours.url(), "make-mirror", theirs.url());
            back.environment().put("ETCDCTL_API", "3");
            var other = back.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                assertThat(ours.etcdctl("put", "a", "back")).isEqualTo("OK\nexit 0\n");
                awaitValue(theirs, "back");
            } finally {
                other.destroyForcibly().onExit().join();
            }
        }
    }

    private static void awaitValue(StoreProcess store, String value) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        String said;
        do {
            said = store.etcdctl("get", "a", "--print-value-only");
        } while (!said.startsWith(value) && System.nanoTime() < end);
        assertThat(said).isEqualTo(value + "\nexit 0\n");
    }

    @Test
    void dataOfEtcdIsNotTouched() throws Exception {
        Files.createDirectories(dir.resolve("data/member/snap"));
        var said = StoreProcess.outcome(
                dir,
                java.util.stream.Stream.concat(
                                StoreProcess.keelsonStore().stream(),
                                java.util.stream.Stream.of(
                                        "--data-dir=" + dir.resolve("data"),
                                        "--listen-client-urls=http://127.0.0.1:" + StoreProcess.freePort(),
                                        "--listen-peer-urls=http://127.0.0.1:" + StoreProcess.freePort()))
                        .toList(),
                "");
        assertThat(said).contains("is etcd's").contains("etcdctl snapshot save").endsWith("exit 1\n");
    }
}

package io.keelson.agent.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogsTest {
    private static final LogQuery ALL = new LogQuery(
            "ns", "p", "u", "c", false, false, false, OptionalLong.empty(), Optional.empty(), OptionalLong.empty());

    @TempDir
    Path logs;

    private Path file;
    private final AtomicBoolean running = new AtomicBoolean();
    private Optional<String> why = Optional.empty();

    @BeforeEach
    void write() throws IOException {
        file = logs.resolve("ns_p_u/c/1.log");
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, """
                2026-01-01T00:00:01.000000001Z stdout F one
                2026-01-01T00:00:02.000000000Z stderr F two
                2026-01-01T00:00:03.000000000Z stdout P thr
                2026-01-01T00:00:03.500000000Z stdout F ee
                2026-01-01T00:00:04.000000000Z stdout F\s
                """);
        Files.writeString(file.resolveSibling("0.log"), "2026-01-01T00:00:00Z stdout F before\n");
    }

    private static class Text implements Answer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private volatile boolean cancelled;

        @Override
        public synchronized boolean data(byte[] data, int offset, int length) {
            bytes.write(data, offset, length);
            notifyAll();
            return !cancelled;
        }

        @Override
        public boolean cancelled() {
            return cancelled;
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        synchronized void await(String what) throws InterruptedException {
            while (!text().contains(what)) {
                wait();
            }
        }
    }

    private String read(LogQuery query) throws Answer.Failed {
        var answer = new Text();
        new ContainerLogs(logs, (uid, container, attempt) -> running.get(), (uid, container) -> why)
                .logs(query, answer);
        return answer.text();
    }

    private static LogQuery query(boolean timestamps, long tail, Optional<Instant> since, long limit) {
        return new LogQuery(
                "ns",
                "p",
                "u",
                "c",
                false,
                false,
                timestamps,
                tail < 0 ? OptionalLong.empty() : OptionalLong.of(tail),
                since,
                limit < 0 ? OptionalLong.empty() : OptionalLong.of(limit));
    }

    @Test
    void joinsPartsAndDropsTheHeader() throws Answer.Failed {
        assertThat(read(ALL)).isEqualTo("one\ntwo\nthree\n\n");
    }

    @Test
    void timestampsBeginLinesNotParts() throws Answer.Failed {
        assertThat(read(query(true, -1, Optional.empty(), -1))).isEqualTo("""
                        2026-01-01T00:00:01.000000001Z one
                        2026-01-01T00:00:02.000000000Z two
                        2026-01-01T00:00:03.000000000Z three
                        2026-01-01T00:00:04.000000000Z\s
                        """);
    }

    @Test
    void tailCountsFromTheEnd() throws Answer.Failed {
        assertThat(read(query(false, 0, Optional.empty(), -1))).isEmpty();
        assertThat(read(query(false, 1, Optional.empty(), -1))).isEqualTo("\n");
        assertThat(read(query(false, 4, Optional.empty(), -1))).isEqualTo("two\nthree\n\n");
        assertThat(read(query(false, 99, Optional.empty(), -1))).isEqualTo("one\ntwo\nthree\n\n");
    }

    @Test
    void tailWorksAcrossBlocks() throws Exception {
        var text = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            text.append("2026-01-01T00:00:01Z stdout F line ").append(i).append('\n');
        }
        Files.writeString(file, text);
        assertThat(read(query(false, 2_000, Optional.empty(), -1)))
                .startsWith("line 3000\n")
                .endsWith("line 4999\n");
    }

    @Test
    void sinceAndLimitCut() throws Answer.Failed {
        assertThat(read(query(false, -1, Optional.of(Instant.parse("2026-01-01T00:00:03Z")), -1)))
                .isEqualTo("three\n\n");
        assertThat(read(query(false, -1, Optional.empty(), 5))).isEqualTo("one\nt");
    }

    @Test
    void previousIsTheAttemptBefore() throws Exception {
        var previous = new LogQuery(
                "ns", "p", "", "c", false, true, false, OptionalLong.empty(), Optional.empty(), OptionalLong.empty());
        assertThat(read(previous)).isEqualTo("before\n");
        Files.delete(file);
        assertThatThrownBy(() -> read(previous))
                .hasMessage("previous terminated container \"c\" in pod \"p\" not found");
    }

    @Test
    void whatHasNoLogYetIsSaidSo() {
        var other = new LogQuery(
                "ns", "p", "u", "d", false, false, false, OptionalLong.empty(), Optional.empty(), OptionalLong.empty());
        assertThatThrownBy(() -> read(other))
                .hasMessage("container \"d\" in pod \"p\" is waiting to start: ContainerCreating");
        why = Optional.of("PodInitializing");
        assertThatThrownBy(() -> read(other))
                .hasMessage("container \"d\" in pod \"p\" is waiting to start: PodInitializing");
        why = Optional.of("ImagePullBackOff");
        assertThatThrownBy(() -> read(other))
                .hasMessage("container \"d\" in pod \"p\" is waiting to start: trying and failing to pull image");
        var before = new LogQuery(
                "ns",
                "p",
                "new",
                "c",
                false,
                true,
                false,
                OptionalLong.empty(),
                Optional.empty(),
                OptionalLong.empty());
        assertThatThrownBy(() -> read(before)).hasMessage("previous terminated container \"c\" in pod \"p\" not found");
        var escape = new LogQuery(
                "ns",
                "p",
                "u",
                "../c",
                false,
                false,
                false,
                OptionalLong.empty(),
                Optional.empty(),
                OptionalLong.empty());
        assertThatThrownBy(() -> read(escape)).hasMessageContaining("is not a name");
    }

    @Test
    void followGoesOnUntilTheContainerEnds() throws Exception {
        running.set(true);
        var follow = new LogQuery(
                "ns", "p", "u", "c", true, false, false, OptionalLong.of(0), Optional.empty(), OptionalLong.empty());
        var answer = new Text();
        var done = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            try {
                new ContainerLogs(logs, (uid, container, attempt) -> running.get(), (uid, container) -> why)
                        .logs(follow, answer);
                done.countDown();
            } catch (Answer.Failed e) {
                throw new AssertionError(e);
            }
        });
        // The tail is taken when the reading begins, so write until some of it has come through.
        while (answer.text().isEmpty()) {
            Files.writeString(file, "2026-01-01T00:00:05Z stdout F more\n", StandardOpenOption.APPEND);
            Thread.onSpinWait();
        }
        Files.writeString(file, "2026-01-01T00:00:06Z stdout F last\n", StandardOpenOption.APPEND);
        answer.await("last\n");
        assertThat(done.getCount()).isEqualTo(1);
        running.set(false);
        done.await();
        assertThat(answer.text()).endsWith("last\n");
    }
}

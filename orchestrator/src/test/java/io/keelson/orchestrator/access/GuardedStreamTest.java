package io.keelson.orchestrator.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.LogStream;
import io.keelson.orchestrator.api.NodeStream;
import io.keelson.orchestrator.registry.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GuardedStreamTest {

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicBoolean may = new AtomicBoolean(true);
    private final List<String> told = new ArrayList<>();

    private void question() {
        told.add("asked");
        if (!may.get()) {
            throw new ApiException(Reason.FORBIDDEN, "not any more");
        }
    }

    private Renewal right() {
        return new Renewal(this::question, nanos::get);
    }

    private void later() {
        nanos.addAndGet(Renewal.EVERY.toNanos());
    }

    /** Says something at each question, and what happened to it. */
    private final class Chatty implements NodeStream {
        @Override
        public Piece next(Duration patience) {
            return new Piece.Output(new byte[] {1});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            told.add("write " + length);
        }

        @Override
        public void endInput() {
            told.add("end");
        }

        @Override
        public void resize(int columns, int rows) {
            told.add("resize " + columns + "x" + rows);
        }

        @Override
        public void close() {
            told.add("close");
        }
    }

    @Test
    void aStreamEndsWhenTheRightToItEndsAlsoIfItNeverIsQuiet() throws InterruptedException {
        try (NodeStream stream = new GuardedStream(new Chatty(), right())) {
            assertThat(stream.next(Duration.ofSeconds(30))).isInstanceOf(NodeStream.Piece.Output.class);
            assertThat(told).as("not asked at each piece").isEmpty();
            later();
            assertThat(stream.next(Duration.ofSeconds(30))).isInstanceOf(NodeStream.Piece.Output.class);
            may.set(false);
            assertThat(stream.next(Duration.ofSeconds(30))).isInstanceOf(NodeStream.Piece.Output.class);
            later();
            assertThatThrownBy(() -> stream.next(Duration.ofSeconds(30))).hasMessage("not any more");
            stream.write(new byte[3], 0, 3);
            stream.endInput();
            stream.resize(80, 24);
        }
        assertThat(told).containsExactly("asked", "asked", "write 3", "end", "resize 80x24", "close");
    }

    @Test
    void noConnectionIsMadeWhenTheRightIsGone() throws InterruptedException {
        var ports = GuardedStream.ports(port -> new Chatty(), this::question, nanos::get);
        try (NodeStream first = ports.connect(80)) {
            may.set(false);
            assertThatThrownBy(() -> ports.connect(81)).hasMessage("not any more");
            later();
            assertThatThrownBy(() -> first.next(Duration.ZERO)).hasMessage("not any more");
        }
    }

    @Test
    void aLogEndsWhenTheRightToItEnds() throws InterruptedException {
        LogStream plain = new LogStream() {
            @Override
            public Optional<byte[]> next(Duration patience) {
                later();
                return Optional.of(new byte[0]);
            }

            @Override
            public void close() {
                told.add("close");
            }
        };
        try (LogStream log = new GuardedLog(plain, right())) {
            assertThat(log.next(Duration.ofSeconds(1)))
                    .hasValueSatisfying(bytes -> assertThat(bytes).isEmpty());
            may.set(false);
            assertThatThrownBy(() -> log.next(Duration.ofHours(4))).hasMessage("not any more");
        }
        assertThat(told).containsExactly("asked", "asked", "close");
    }
}

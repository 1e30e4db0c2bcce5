package io.keelson.orchestrator.http.frames;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameHeadTest {

    private static final long SEED = Long.getLong("keelson.seed", 20261130);

    private static BufferData readBy(byte[] bytes, int piece) {
        int[] at = {0};
        return DataReader.create(() -> {
                    int from = at[0];
                    at[0] = Math.min(bytes.length, from + piece);
                    return Arrays.copyOfRange(bytes, from, at[0]);
                })
                .readBuffer(bytes.length);
    }

    @Test
    void itIsTheSameInEveryKindOfBufferAndStaysThere() {
        Random random = new Random(SEED);
        for (int round = 0; round < 1000; round++) {
            FrameHead head = new FrameHead(
                    random.nextInt(1 << 24), random.nextInt(256), random.nextInt(256), random.nextInt() >>> 1);
            byte[] bytes = ByteBuffer.allocate(FrameHead.BYTES)
                    .put((byte) (head.length() >> 16))
                    .putShort((short) head.length())
                    .put((byte) head.type())
                    .put((byte) head.flags())
                    .putInt(head.stream() | (random.nextBoolean() ? Integer.MIN_VALUE : 0)) // a bit that means nothing
                    .array();
            BufferData growing = BufferData.growing(2);
            growing.write(bytes);
            for (BufferData buffer : List.of(
                    BufferData.create(bytes),
                    BufferData.createReadOnly(bytes, 0, bytes.length),
                    growing,
                    BufferData.create(BufferData.create(bytes), BufferData.create("the rest")),
                    readBy(bytes, bytes.length),
                    readBy(bytes, 1 + random.nextInt(4)))) {
                assertThat(FrameHead.at(buffer))
                        .as("seed %d, round %d, %s", SEED, round, buffer.getClass())
                        .isEqualTo(head);
                assertThat(FrameHead.at(buffer)).isEqualTo(head);
            }
        }
    }

    @Test
    void onlyDataAndHeadersEndAStream() {
        assertThat(new FrameHead(1, FrameHead.DATA, 1, 1).ends()).isTrue();
        assertThat(new FrameHead(1, FrameHead.HEADERS, 5, 1).ends()).isTrue();
        assertThat(new FrameHead(1, FrameHead.HEADERS, 4, 1).ends()).isFalse();
        assertThat(new FrameHead(8, 6, 1, 0).ends()).isFalse();
    }
}

package io.keelson.orchestrator.http.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: headers that unfold are refused, whatever frames they come in, and those of clients are not. Method: blocks made by RFC 7541's rules. */
class HeaderSizeTest {

    private static final int KEPT = 0x40;
    private static final int NOT_KEPT = 0;
    private static final int NAMED = 0x80;

    /** The entry of the table that came last. */
    private static final int NEWEST = 62;

    private HeaderSize size;
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();

    @BeforeEach
    void connection() {
        size = new HeaderSize();
    }

    private void number(int first, int bits, int number) {
        int most = (1 << bits) - 1;
        if (number < most) {
            block.write(first | number);
            return;
        }
        block.write(first | most);
        int left = number - most;
        while (left >= 128) {
            block.write(left % 128 | 128);
            left /= 128;
        }
        block.write(left);
    }

    private void text(String text) {
        number(0, 7, text.length());
        block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void header(int how, String name, String value) {
        block.write(how);
        text(name);
        text(value);
    }

    /** Sends the block in frames of so many bytes. */
    private void sent(int piece) {
        byte[] all = block.toByteArray();
        block.reset();
        int at = 0;
        do {
            int length = Math.min(piece, all.length - at);
            boolean last = at + length == all.length;
            int type = at == 0 ? FrameHead.HEADERS : FrameHead.CONTINUATION;
            BufferData rest = BufferData.create(Arrays.copyOfRange(all, at, at + length));
            size.count(new FrameHead(length, type, last ? 4 : 0, 1), rest);
            assertThat(rest.available()).as("left where it is").isEqualTo(length);
            at += length;
        } while (at < all.length);
    }

    private void isRefused(int piece) {
        assertThatThrownBy(() -> sent(piece))
                .isInstanceOf(Http2Exception.class)
                .hasMessageContaining("headers of more than 262144 bytes");
    }

    @Test
    void whoNamesALargeHeaderAThousandTimesIsRefused() {
        for (int piece : new int[] {1, 7, 16_000, 1_000_000}) {
            size = new HeaderSize();
            header(KEPT, "x-a", "y".repeat(4_000));
            sent(piece);
            for (int i = 0; i < 1_000; i++) {
                number(NAMED, 7, NEWEST);
            }
            isRefused(piece);
        }
    }

    @Test
    void theNameOfALargeHeaderCountsToo() {
        header(KEPT, "x".repeat(4_000), "");
        for (int i = 0; i < 1_000; i++) {
            number(NOT_KEPT, 4, NEWEST);
            text("1");
        }
        isRefused(16_000);
    }

    @Test
    void manySmallHeadersAreMuch() {
        for (int i = 0; i < 10_000; i++) {
            number(NAMED, 7, 2);
        }
        isRefused(16_000);
    }

    @Test
    void packedTextsCountAsLongAsTheyCanBe() {
        block.write(NOT_KEPT);
        text("x-a");
        number(0x80, 7, 200_000);
        isRefused(16_000);
    }

    @Test
    void aLengthThatIsNoneIsTooLarge() {
        block.write(NOT_KEPT);
        block.write(0x7f);
        for (int i = 0; i < 12; i++) {
            block.write(0xff);
        }
        block.write(0x7f);
        isRefused(16_000);
    }

    @Test
    void requestsOfClientsGoOnForAsLongAsTheyLike() {
        header(KEPT, "authorization", "Bearer " + "t".repeat(3_000));
        header(KEPT, "user-agent", "kubectl/v1.33.0");
        sent(16_000);
        for (int request = 0; request < 10_000; request++) {
            number(0x20, 5, 4_096);
            for (int i = 0; i < 15; i++) {
                number(NAMED, 7, NEWEST + i % 2);
            }
            number(NOT_KEPT, 4, 4);
            text("/api/v1/namespaces/default/pods?labelSelector=" + "a".repeat(request % 200));
            sent(1 + request % 300);
        }
    }

    @Test
    void aHeadMayBePaddedAndHaveAPriority() {
        block.write(3);
        block.writeBytes(new byte[5]);
        header(KEPT, "x-a", "y".repeat(4_000));
        block.writeBytes(new byte[3]);
        byte[] padded = block.toByteArray();
        size.count(new FrameHead(padded.length, FrameHead.HEADERS, 4 | 8 | 32, 1), BufferData.create(padded));
        block.reset();
        for (int i = 0; i < 60; i++) {
            number(NAMED, 7, NEWEST);
        }
        assertThatCode(() -> sent(16_000)).doesNotThrowAnyException();
        for (int i = 0; i < 70; i++) {
            number(NAMED, 7, NEWEST);
        }
        isRefused(16_000);
    }

    @Test
    void whateverComesIsCountedOrRefused() {
        Random random = new Random(90_701);
        int refusals = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] noise = new byte[random.nextInt(2_000)];
            random.nextBytes(noise);
            block.writeBytes(noise);
            try {
                sent(1 + random.nextInt(500));
            } catch (Http2Exception refused) {
                refusals++;
                size = new HeaderSize();
            }
        }
        assertThat(refusals).isBetween(1, 1_999);
    }
}

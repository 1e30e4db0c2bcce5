package io.keelson.cli.quick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class UnaryCallTest {

    private static final String OK_HEADERS = "000001" + "01" + "04" + "00000001" + "88";
    private static final String OK_CODED = trailers("40889acac8b21234da8f0130");
    private static final String OK_PLAIN = trailers("000b677270632d7374617475730130");
    private static final String REFUSED = trailers("40889acac8b21234da8f0135");
    private static final String SETTINGS = "000000" + "04" + "00" + "00000000";

    private static String frame(String type, String flags, String payload) {
        return HexFormat.of().toHexDigits(payload.length() / 2L, 6) + type + flags + "00000001" + payload;
    }

    private static String trailers(String block) {
        return frame("01", "05", block);
    }

    private static String data(String payload) {
        return frame("00", "00", payload);
    }

    /** A server that says what it was told to, so many bytes at a time. */
    private static final class Script implements Tls {
        private final byte[] bytes;
        private final int step;
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
        private int at;

        Script(String hex, int step) {
            this.bytes = HexFormat.of().parseHex(hex);
            this.step = step;
        }

        @Override
        public void write(byte[] sent, int length) {
            heard.write(sent, 0, length);
        }

        @Override
        public int read(byte[] into, int from) throws IOException {
            int count = Math.min(Math.min(step, bytes.length - at), into.length - from);
            if (count == 0) throw new EOFException();
            System.arraycopy(bytes, at, into, from, count);
            at += count;
            return count;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private static byte[] ask(Tls tls) throws IOException, StepAside {
        return new UnaryCall(tls).ask("a:1", "/service/Method", new byte[] {7});
    }

    @Test
    void anAnswerMayComeInAnyPieces() throws Exception {
        for (var status : new String[] {OK_CODED, OK_PLAIN}) {
            var answer = SETTINGS + OK_HEADERS + data("0000000003" + "0a") + data("0b0c") + status;
            for (int step : new int[] {1, 2, 7, 1000})
                assertThat(ask(new Script(answer, step))).containsExactly(10, 11, 12);
        }
    }

    @Test
    void aLongAnswerIsTakenWhole() throws Exception {
        byte[] long1 = new byte[200_000];
        Arrays.fill(long1, (byte) 5);
        var hex = new StringBuilder(OK_HEADERS).append(data("0000030d40"));
        for (int i = 0; i < 200_000; i += 10_000) hex.append(data(HexFormat.of().formatHex(long1, i, i + 10_000)));
        assertThat(ask(new Script(hex + OK_CODED, 8_192))).isEqualTo(long1);
    }

    @Test
    void settingsAndPingsAreAnswered() throws Exception {
        var script = new Script(
                SETTINGS + "000008" + "06" + "00" + "00000000" + "0102030405060708" + OK_HEADERS + data("0000000000")
                        + OK_CODED,
                100);
        assertThat(ask(script)).isEmpty();
        assertThat(HexFormat.of().formatHex(script.heard.toByteArray()))
                .contains("000000" + "04" + "01" + "00000000")
                .contains("000008" + "06" + "01" + "00000000" + "0102030405060708");
    }

    @Test
    void everythingButPlainSuccessIsLeftToOthers() {
        for (var said : new String[] {
            trailers("88" + "40889acac8b21234da8f0135"),
            OK_HEADERS + REFUSED,
            OK_HEADERS + data("0000000001" + "0a") + REFUSED,
            OK_HEADERS + data("0000000002" + "0a") + OK_CODED,
            OK_HEADERS + data("0000000001" + "0a0b") + OK_CODED,
            OK_HEADERS + data("0100000001" + "0a") + OK_CODED,
            OK_HEADERS + data("00ffffffff") + OK_CODED,
            OK_HEADERS + data("007fffffff") + OK_CODED,
            OK_HEADERS + frame("00", "01", "0000000000"),
            OK_HEADERS + data("0000000000") + trailers(""),
            OK_HEADERS + data("0000000000") + trailers("40889acac8b21234da8f"),
            OK_HEADERS + frame("03", "00", "00000000"),
            frame("07", "00", "0000000000000000"),
            frame("01", "04", "8d")
        }) {
            for (int step : new int[] {1, 1000})
                assertThatThrownBy(() -> ask(new Script(said, step))).as(said).isInstanceOf(StepAside.class);
        }
        assertThatThrownBy(() -> ask(new Script(OK_HEADERS + data("0000000000"), 3)))
                .isInstanceOf(IOException.class);
    }
}

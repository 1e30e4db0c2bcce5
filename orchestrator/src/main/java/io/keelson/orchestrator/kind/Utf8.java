package io.keelson.orchestrator.kind;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Bytes as text, as JSON has to be written (RFC 8259, section 8.1). */
final class Utf8 {

    private static final char REPLACEMENT = '\ufffd';
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private Utf8() {}

    /**
     * The text, without a byte order mark at its beginning.
     *
     * @throws MalformedJsonException if the bytes are not UTF-8; the message says which, and where
     */
    static String text(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        // Where Java reads what is no UTF-8 it puts this. Few texts have it of their own.
        if (text.indexOf(REPLACEMENT) >= 0) {
            check(bytes);
        }
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private static void check(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        boolean wrong = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(in, CharBuffer.allocate(bytes.length), true)
                .isError();
        if (wrong) {
            String before = new String(bytes, 0, in.position(), StandardCharsets.UTF_8);
            int line = (int) before.chars().filter(letter -> letter == '\n').count() + 1;
            int column = before.length() - before.lastIndexOf('\n');
            throw new MalformedJsonException("is not JSON: has a byte that is not UTF-8, 0x%02x (line %d, column %d)"
                    .formatted(bytes[in.position()], line, column));
        }
    }
}

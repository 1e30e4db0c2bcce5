package io.keelson.orchestrator.http;

/**
 * Text as it can stand in a header. Helidon packs every header of HTTP/2 with the Huffman code of RFC 7541, into as many bytes as the text
 * has characters; where the code is longer than the text, which is so for much punctuation and for all but ASCII, it fails, and with it
 * the answer to a request that has been carried out.
 */
final class HeaderText {

    private static final int FIRST = ' ';

    /** Bits of each character from the space to the tilde, RFC 7541, appendix B. */
    private static final int[] BITS = {
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, // space to /
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, // 0 to ?
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, // @ to O
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, // P to _
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, // ` to o
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13 // p to ~
    };

    private static final int BITS_MAX = 8;

    /** So many spaces are better than another text. */
    private static final int SPACES_MAX = 16;

    private HeaderText() {}

    /**
     * The text with underscores for what is not ASCII; if its code is too long still, with some spaces at its end; and if these would be
     * many, with underscores for all that is longer than a byte.
     *
     * @param text without control characters
     * @param around what stands around it in the header, in ASCII; its bits count as well
     */
    static String of(String text, String around) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(each -> plain.append(each < FIRST || each > '~' ? '_' : (char) each));
        int tooMany = excess(plain) + excess(around);
        int spaces = (tooMany + 1) / 2;
        if (spaces <= SPACES_MAX) {
            return plain.append(" ".repeat(Math.max(0, spaces))).toString();
        }
        for (int at = 0; at < plain.length(); at++) {
            if (bits(plain.charAt(at)) > BITS_MAX) {
                plain.setCharAt(at, '_');
            }
        }
        return plain.append(" ".repeat(Math.max(0, (excess(plain) + excess(around) + 1) / 2)))
                .toString();
    }

    private static int bits(char each) {
        return BITS[each - FIRST];
    }

    /** Bits above eight for each character; negative if there is room. */
    private static int excess(CharSequence text) {
        return text.chars().map(each -> bits((char) each) - BITS_MAX).sum();
    }
}

package io.keelson.orchestrator.http.frames;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.http2.Http2ErrorCode;
import io.helidon.http.http2.Http2Exception;

/**
 * How large the headers of one connection's requests become, at most. A client may put a header of four kilobytes into the connection's table once,
 * and then name it by one byte as often as it likes (RFC 7541, 2.3.2); Helidon bounds only the bytes that come. Nothing is decoded here: a text
 * counts as long as it can be, and who names an entry of the table as the largest that was ever put there.
 */
final class HeaderSize {

    /** Of one request. Twice what may come, as what is packed by Huffman's code is up to eight fifths of its length. */
    static final int MAX_BYTES = 256 * 1024;

    /** Each header counts so much more than its texts (RFC 7541, 4.1). */
    private static final int OVERHEAD = 32;

    /** The table has so many bytes, and no entry more. */
    private static final int TABLE_BYTES = 4_096;

    /** Entries up to this one are the same for all connections (RFC 7541, appendix A), and short. */
    private static final int STATIC_ENTRIES = 61;

    private static final int STATIC_BYTES = 64;

    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 32;
    private static final int PRIORITY_BYTES = 5;

    /** What the next byte belongs to. */
    private enum Awaited {
        FIELD,
        INDEX,
        LENGTH,
        REST_OF_LENGTH,
        TEXT
    }

    private Awaited awaited = Awaited.FIELD;
    private long number;
    private int shift;
    /** Texts of this field that are still to come. */
    private int texts;

    private boolean named;
    private boolean kept;
    private boolean packed;
    private long fieldBytes;
    private long bytes;
    private long largestKept;

    /**
     * Counts a frame of headers.
     *
     * @param rest what follows its head; it is left where it is
     * @throws Http2Exception if the headers of this request become larger than {@link #MAX_BYTES}
     */
    void count(FrameHead head, BufferData rest) {
        int from = 0;
        int until = head.length();
        if (head.type() == FrameHead.HEADERS) {
            bytes = 0;
            awaited = Awaited.FIELD;
            if ((head.flags() & PADDED) != 0 && until > 0) {
                until -= rest.get(0) & 0xff;
                from++;
            }
            if ((head.flags() & PRIORITY) != 0) {
                from += PRIORITY_BYTES;
            }
        }
        int at = from;
        while (at < until) {
            if (awaited == Awaited.TEXT) {
                int part = (int) Math.min(number, until - at);
                number -= part;
                at += part;
                if (number == 0) {
                    textEnds();
                }
            } else {
                next(rest.get(at++) & 0xff);
            }
            if (bytes + fieldBytes > MAX_BYTES) {
                throw new Http2Exception(
                        Http2ErrorCode.ENHANCE_YOUR_CALM, "headers of more than " + MAX_BYTES + " bytes");
            }
        }
        if ((head.flags() & END_HEADERS) != 0) {
            awaited = Awaited.FIELD;
        }
    }

    private void next(int octet) {
        switch (awaited) {
            case FIELD -> field(octet);
            case LENGTH -> {
                packed = (octet & 0x80) != 0;
                begin(octet, 7, Awaited.REST_OF_LENGTH);
            }
            case INDEX, REST_OF_LENGTH -> {
                // What is larger than this is no number of the protocol; it counts as too large.
                number += shift < 28 ? (long) (octet & 0x7f) << shift : MAX_BYTES;
                shift += 7;
                if ((octet & 0x80) == 0) {
                    numberEnds();
                }
            }
            case TEXT -> throw new IllegalStateException("texts are passed over");
        }
    }

    private void field(int octet) {
        fieldBytes = OVERHEAD;
        kept = false;
        if ((octet & 0x80) != 0) {
            named = true;
            texts = 0;
            begin(octet, 7, Awaited.INDEX);
        } else if ((octet & 0x40) != 0) {
            kept = true;
            literal(octet, 6);
        } else if ((octet & 0x20) != 0) {
            // The table is to be smaller: no header.
            fieldBytes = 0;
            named = false;
            texts = 0;
            begin(octet, 5, Awaited.INDEX);
        } else {
            literal(octet, 4);
        }
    }

    private void literal(int octet, int bits) {
        named = (octet & ((1 << bits) - 1)) != 0;
        texts = named ? 1 : 2;
        begin(octet, bits, Awaited.INDEX);
    }

    /** A number of RFC 7541, 5.1, which goes on if its bits are all set. */
    private void begin(int octet, int bits, Awaited rest) {
        int most = (1 << bits) - 1;
        number = octet & most;
        shift = 0;
        awaited = rest;
        if (number < most) {
            numberEnds();
        }
    }

    private void numberEnds() {
        if (awaited == Awaited.INDEX) {
            if (named) {
                fieldBytes += number > STATIC_ENTRIES ? largestKept : STATIC_BYTES;
            }
            goOn();
        } else {
            fieldBytes += packed ? number * 8 / 5 : number;
            awaited = Awaited.TEXT;
            if (number == 0) {
                textEnds();
            }
        }
    }

    private void textEnds() {
        texts--;
        goOn();
    }

    private void goOn() {
        if (texts > 0) {
            awaited = Awaited.LENGTH;
            return;
        }
        if (kept) {
            largestKept = Math.max(largestKept, Math.min(fieldBytes, TABLE_BYTES));
        }
        bytes += fieldBytes;
        fieldBytes = 0;
        awaited = Awaited.FIELD;
    }
}

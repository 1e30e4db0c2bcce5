package io.keelson.cli.quick;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One call of gRPC with one request and one answer, over a connection of HTTP/2 (RFC 9113) that is not used again. Only plain success is
 * understood: an answer of status 0 as servers usually write it.
 */
final class UnaryCall {

    /** Larger lists are the full client's. */
    static final int LARGEST_ANSWER_BYTES = 32 << 20;

    private static final int FRAME_HEAD_BYTES = 9;
    private static final int PREFIX_BYTES = 5;
    private static final int LONGEST_TEXT = 126;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 0x20;

    private static final int ENABLE_PUSH = 2;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int LARGEST_WINDOW = Integer.MAX_VALUE;
    private static final int FIRST_WINDOW = 65_535;

    // Fields of HPACK's static table (RFC 7541, appendix A).
    private static final int METHOD_POST = 0x80 | 3;
    private static final int SCHEME_HTTPS = 0x80 | 7;
    private static final int STATUS_200 = 0x80 | 8;
    private static final int AUTHORITY = 1;
    private static final int PATH = 4;
    private static final int CONTENT_TYPE = 31;

    /** "grpc-status" in HPACK's Huffman code, with its length and the bit that says so; and as plain text. */
    private static final byte[] STATUS_CODED = {
        (byte) 0x88, (byte) 0x9a, (byte) 0xca, (byte) 0xc8, (byte) 0xb2, 0x12, 0x34, (byte) 0xda, (byte) 0x8f
    };

    private static final byte[] STATUS_PLAIN = "\u000bgrpc-status".getBytes(StandardCharsets.ISO_8859_1);

    private final Tls tls;
    private byte[] received = new byte[64 * 1024];
    private int begin;
    private int end;
    private byte[] answer = new byte[0];
    private int answered;

    UnaryCall(Tls tls) {
        this.tls = tls;
    }

    /**
     * Asks and waits for the answer.
     *
     * @throws StepAside when it is anything but a success
     */
    byte[] ask(String authority, String path, byte[] message) throws IOException, StepAside {
        ByteArrayOutputStream request = new ByteArrayOutputStream(1024);
        write(request, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        frame(request, 12, SETTINGS, 0, 0);
        setting(request, ENABLE_PUSH, 0);
        setting(request, INITIAL_WINDOW_SIZE, LARGEST_WINDOW);
        frame(request, 4, WINDOW_UPDATE, 0, 0);
        number(request, LARGEST_WINDOW - FIRST_WINDOW);
        ByteArrayOutputStream headers = new ByteArrayOutputStream(256);
        headers.write(METHOD_POST);
        headers.write(SCHEME_HTTPS);
        header(headers, PATH, path);
        header(headers, AUTHORITY, authority);
        header(headers, CONTENT_TYPE, "application/grpc");
        headers.write(0);
        text(headers, "te");
        text(headers, "trailers");
        frame(request, headers.size(), HEADERS, END_HEADERS, 1);
        headers.writeTo(request);
        frame(request, PREFIX_BYTES + message.length, DATA, END_STREAM, 1);
        request.write(0);
        number(request, message.length);
        request.write(message, 0, message.length);
        tls.write(request.toByteArray(), request.size());
        boolean open = true;
        while (open) open = takeFrame();
        if (answered < PREFIX_BYTES || answered != PREFIX_BYTES + length()) throw new StepAside("no whole answer");
        return Arrays.copyOfRange(answer, PREFIX_BYTES, answered);
    }

    private static void write(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        out.write(bytes, 0, bytes.length);
    }

    private static void number(ByteArrayOutputStream out, int value) {
        out.write(value >>> 24);
        out.write(value >>> 16);
        out.write(value >>> 8);
        out.write(value);
    }

    private static void frame(ByteArrayOutputStream out, int length, int type, int flags, int stream) {
        out.write(length >>> 16);
        out.write(length >>> 8);
        out.write(length);
        out.write(type);
        out.write(flags);
        number(out, stream);
    }

    private static void setting(ByteArrayOutputStream out, int id, int value) {
        out.write(id >>> 8);
        out.write(id);
        number(out, value);
    }

    /** A field whose name is in the static table, not to be remembered. */
    private static void header(ByteArrayOutputStream out, int name, String value) throws StepAside {
        out.write(Math.min(name, 0x0f));
        if (name >= 0x0f) out.write(name - 0x0f);
        text(out, value);
    }

    private static void text(ByteArrayOutputStream out, String text) throws StepAside {
        if (text.length() > LONGEST_TEXT) throw new StepAside("a long name");
        out.write(text.length());
        write(out, text);
    }

    /** Takes one frame; false if it ended the stream. */
    private boolean takeFrame() throws IOException, StepAside {
        need(FRAME_HEAD_BYTES);
        int length =
                ((received[begin] & 0xff) << 16) | ((received[begin + 1] & 0xff) << 8) | (received[begin + 2] & 0xff);
        int type = received[begin + 3];
        int flags = received[begin + 4];
        need(FRAME_HEAD_BYTES + length);
        int from = begin + FRAME_HEAD_BYTES;
        begin = from + length;
        switch (type) {
            case DATA -> data(from, length, flags);
            case HEADERS -> headers(from, length, flags);
            case SETTINGS -> {
                if ((flags & ACK) == 0) reply(SETTINGS, from, 0);
            }
            case PING -> {
                if ((flags & ACK) == 0) reply(PING, from, length);
            }
            case WINDOW_UPDATE -> {}
            default -> throw new StepAside("a frame of HTTP/2 of type " + type);
        }
        return (type != DATA && type != HEADERS) || (flags & END_STREAM) == 0;
    }

    private void reply(int type, int from, int length) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(FRAME_HEAD_BYTES + length);
        frame(frame, length, type, ACK, 0);
        frame.write(received, from, length);
        tls.write(frame.toByteArray(), frame.size());
    }

    /** Reads until so many bytes are there. */
    private void need(int bytes) throws IOException {
        if (end - begin >= bytes) return;
        if (bytes > received.length - begin) {
            byte[] room = bytes > received.length ? new byte[bytes] : received;
            System.arraycopy(received, begin, room, 0, end - begin);
            received = room;
            end -= begin;
            begin = 0;
        }
        while (end - begin < bytes) end += tls.read(received, end);
    }

    private void data(int from, int length, int flags) throws StepAside {
        if ((flags & (PADDED | END_STREAM)) != 0) throw new StepAside("padding, or an end without a status");
        if (answered == 0) {
            if (length < PREFIX_BYTES || received[from] != 0) throw new StepAside("a compressed answer");
            answer = Arrays.copyOfRange(received, from, from + PREFIX_BYTES);
            int whole = length();
            if (whole < 0 || whole > LARGEST_ANSWER_BYTES) throw new StepAside("a large answer");
            answer = new byte[PREFIX_BYTES + whole];
        }
        if (length > answer.length - answered) throw new StepAside("several answers");
        System.arraycopy(received, from, answer, answered, length);
        answered += length;
    }

    private int length() {
        return (answer[1] << 24) | ((answer[2] & 0xff) << 16) | ((answer[3] & 0xff) << 8) | (answer[4] & 0xff);
    }

    private void headers(int from, int length, int flags) throws StepAside {
        if ((flags & (PADDED | PRIORITY)) != 0 || (flags & END_HEADERS) == 0) throw new StepAside("unusual headers");
        boolean trailers = (flags & END_STREAM) != 0;
        boolean fine = trailers ? isSuccess(from, length) : length > 0 && (received[from] & 0xff) == STATUS_200;
        if (!fine) throw new StepAside("a refusal");
    }

    /** Trailers begin with the status, as a literal field. */
    private boolean isSuccess(int from, int length) {
        int literal = length == 0 ? -1 : received[from] & 0xff;
        if (literal != 0x40 && literal != 0x10 && literal != 0) return false;
        int value = from + 1 + nameLength(from + 1, length - 1);
        if (value == from + 1 || from + length - value < 2) return false;
        boolean plain = received[value] == 1 && received[value + 1] == '0';
        boolean coded = received[value] == (byte) 0x81 && received[value + 1] == 0x07;
        return plain || coded;
    }

    private int nameLength(int from, int length) {
        for (byte[] name : new byte[][] {STATUS_CODED, STATUS_PLAIN}) {
            if (name.length <= length && Arrays.equals(received, from, from + name.length, name, 0, name.length))
                return name.length;
        }
        return 0;
    }
}

package io.keelson.orchestrator.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The client's side of HTTP/1.1 (RFC 9112), as far as one request on one connection needs it. */
final class PlainHttp {

    /** A longer head of an answer is refused. */
    private static final int MAX_HEAD_BYTES = 64 * 1024;

    /** A longer line that says the size of a piece is refused. */
    private static final int MAX_SIZE_LINE = 1024;

    private PlainHttp() {}

    /**
     * How an answer begins.
     *
     * @param status such as 200
     * @param lines its headers in their order
     */
    record Head(int status, List<HeaderLine> lines) {

        boolean has(String name, String word) {
            return lines.stream().anyMatch(line -> line.is(name) && line.says(word));
        }
    }

    /** A request's head as bytes. */
    static byte[] head(String method, String target, List<HeaderLine> lines) {
        StringBuilder text =
                new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        lines.forEach(line ->
                text.append(line.name()).append(": ").append(line.value()).append("\r\n"));
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Reads how an answer begins; what only says that the request goes on is passed over.
     *
     * @throws EOFException if nothing comes
     * @throws IOException if it is no answer of HTTP/1
     */
    static Head readHead(InputStream in) throws IOException {
        while (true) {
            Head head = readOne(in);
            if (head.status() >= 200 || head.status() == 101) {
                return head;
            }
        }
    }

    private static Head readOne(InputStream in) throws IOException {
        int[] left = {MAX_HEAD_BYTES};
        String first = line(in, left);
        String[] words = first.split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("[1-5][0-9][0-9]")) {
            throw new IOException("malformed HTTP response \"" + first + "\"");
        }
        List<HeaderLine> lines = new ArrayList<>();
        for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("malformed MIME header line: " + line);
            }
            lines.add(new HeaderLine(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return new Head(Integer.parseInt(words[1]), List.copyOf(lines));
    }

    private static String line(InputStream in, int[] left) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("EOF");
            }
            if (--left[0] < 0) {
                throw new IOException("the answer's headers are longer than is allowed");
            }
            line.append((char) b);
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }

    /** The body of an answer that may have one; where it ends says its head. */
    static InputStream body(InputStream in, Head head) throws IOException {
        if (head.has("Transfer-Encoding", "chunked")) {
            return new Pieces(in);
        }
        String length = HeaderLine.first(head.lines(), "Content-Length").orElse("");
        if (length.isEmpty()) {
            return in;
        }
        if (!length.matches("[0-9]{1,18}")) {
            throw new IOException("bad Content-Length \"" + length + "\"");
        }
        return new Counted(in, Long.parseLong(length));
    }

    /** So many bytes, and no end before. */
    private static final class Counted extends PieceInput {
        private final InputStream in;
        private long left;

        Counted(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(into, offset, (int) Math.min(length, left));
            if (n < 0) {
                throw new EOFException("unexpected EOF");
            }
            left -= n;
            return n;
        }
    }

    /** A body in pieces, each with its size before it. */
    private static final class Pieces extends PieceInput {
        private final InputStream in;
        private long left;
        private boolean begun;
        private boolean ended;

        Pieces(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                nextPiece();
            }
            if (ended) {
                return -1;
            }
            int n = in.read(into, offset, (int) Math.min(length, left));
            if (n < 0) {
                throw new EOFException("unexpected EOF");
            }
            left -= n;
            return n;
        }

        private void nextPiece() throws IOException {
            int[] bound = {MAX_SIZE_LINE};
            if (begun) {
                line(in, bound);
            }
            begun = true;
            String size = line(in, bound).split(";", 2)[0].strip();
            if (!size.matches("[0-9a-fA-F]{1,15}")) {
                throw new IOException("malformed chunked encoding");
            }
            left = Long.parseLong(size, 16);
            if (left == 0) {
                ended = true;
                int[] trailers = {MAX_HEAD_BYTES};
                while (!line(in, trailers).isEmpty()) {
                    // What comes after a body is not passed on.
                }
            }
        }
    }
}

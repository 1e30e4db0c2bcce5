package io.keelson.orchestrator.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** An answer over HTTP/1.1. */
final class WebhookAnswer {

    /** Longer answers are refused, in bytes. */
    static final int MAX_ANSWER = 16 * 1024 * 1024;

    private static final int MAX_LINE = 8 * 1024;
    private static final int MAX_HEADERS = 100;

    /** A body that tells of an error is cut after this many characters. */
    private static final int MAX_SHOWN = 2048;

    /** The first line, such as {@code HTTP/1.1 200 OK}. */
    private final String status;

    /** What the body is said to be; may be empty. */
    private final String contentType;

    private final byte[] content;

    private WebhookAnswer(String status, String contentType, byte[] content) {
        this.status = status;
        this.contentType = contentType;
        this.content = content;
    }

    /**
     * Reads one.
     *
     * @throws IOException if it ends too early, is none, or is too long
     */
    static WebhookAnswer read(InputStream in) throws IOException {
        String status = line(in);
        String type = "";
        long length = -1;
        boolean chunked = false;
        String header = line(in);
        for (int count = 0; !header.isEmpty(); count++) {
            if (count == MAX_HEADERS) {
                throw new IOException("too many headers in the answer");
            }
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = number(lower.substring("content-length:".length()), 10);
            } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
                chunked = true;
            } else if (lower.startsWith("content-type:")) {
                type = header.substring("content-type:".length()).strip();
            }
            header = line(in);
        }
        return new WebhookAnswer(status, type, chunked ? chunks(in) : whole(in, length));
    }

    /**
     * The body of an answer that is none of an error.
     *
     * @throws WebhookException in the words of Kubernetes' client, if it is another or has no body
     */
    byte[] body() throws WebhookException {
        String[] words = status.split(" ", 3);
        String code = words.length < 2 ? "" : words[1];
        if (!code.equals("200")) {
            throw new WebhookException(error(code));
        }
        if (content.length == 0) {
            throw new WebhookException("0-length response with status code: 200 and content type: " + contentType);
        }
        return content;
    }

    private String error(String code) {
        return switch (code) {
            case "400" -> "the server rejected our request for an unknown reason";
            case "401" -> "the server has asked for the client to provide credentials";
            case "404" -> "the server could not find the requested resource";
            case "405" -> "the server does not allow this method on the requested resource";
            case "429" -> "the server has received too many requests and has asked us to try again later";
            case "503" -> "the server is currently unable to handle the request";
            case "504" ->
                "the server was unable to return a response in the time allotted, but may still be processing the"
                        + " request";
            default ->
                code.startsWith("5")
                        ? "an error on the server (\"" + shown() + "\") has prevented the request from succeeding"
                        : "the server answered: " + status;
        };
    }

    private String shown() {
        String text = new String(content, StandardCharsets.UTF_8).strip();
        if (text.isEmpty()) {
            return "unknown";
        }
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.size() == MAX_LINE) {
                throw new IOException(next < 0 ? "the answer ends too early" : "a line of the answer is too long");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    private static long number(String text, int radix) throws IOException {
        try {
            return Long.parseLong(text.strip(), radix);
        } catch (NumberFormatException e) {
            throw new IOException("no number in the answer: " + text.strip(), e);
        }
    }

    private static byte[] whole(InputStream in, long length) throws IOException {
        long wanted = length < 0 ? MAX_ANSWER + 1L : length;
        if (length > MAX_ANSWER) {
            throw tooLong();
        }
        byte[] body = in.readNBytes((int) wanted);
        if (body.length > MAX_ANSWER) {
            throw tooLong();
        }
        if (length >= 0 && body.length < length) {
            throw new IOException("the answer ends too early");
        }
        return body;
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            long size = number(line(in).split(";", 2)[0], 16);
            if (size == 0) {
                return body.toByteArray();
            }
            if (size < 0 || body.size() + size > MAX_ANSWER) {
                throw tooLong();
            }
            byte[] piece = in.readNBytes((int) size);
            if (piece.length < size) {
                throw new IOException("the answer ends too early");
            }
            body.write(piece);
            line(in);
        }
    }

    private static IOException tooLong() {
        return new IOException("the answer is longer than " + MAX_ANSWER + " bytes");
    }
}

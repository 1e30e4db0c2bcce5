package io.keelson.orchestrator.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** HTTP/1.1 over TLS without any manners: sends what no client's library would. */
public final class RawHttp implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    private final SSLSocket socket;
    private final InputStream in;

    private RawHttp(SSLSocket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** Connects to a port of this machine. */
    public static RawHttp connect(SSLContext tls, int port) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return new RawHttp(socket);
    }

    /**
     * An answer.
     *
     * @param headers by their names in lower case; of one that comes twice the last
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    public record Answer(int code, Map<String, String> headers, byte[] body) {

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** Whether its body comes in pieces. */
        public boolean isChunked() {
            return headers.getOrDefault("transfer-encoding", "").equals("chunked");
        }

        /** Whether the server means to hear more on this connection. */
        public boolean goesOn() {
            return !headers.getOrDefault("connection", "").equalsIgnoreCase("close");
        }
    }

    /** Sends a request, with its length; gives the whole answer. */
    public Answer send(String method, String target, List<String> headers, byte[] body) throws IOException {
        ask(method, target, headers, body);
        return answer();
    }

    /** Sends a request, with its length. */
    public void ask(String method, String target, List<String> headers, byte[] body) throws IOException {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        write(body);
    }

    /** Sends bytes as they are. */
    public void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /**
     * Reads one answer.
     *
     * @throws EOFException if the server closes the connection instead
     */
    public Answer answer() throws IOException {
        return rest(head());
    }

    /** The whole answer, of which the beginning has been read. */
    public Answer rest(Answer head) throws IOException {
        Map<String, String> headers = head.headers();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (head.isChunked()) {
            for (int size = chunk(); size > 0; size = chunk()) {
                body.write(in.readNBytes(size));
                line();
            }
            line();
        } else {
            body.write(in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0"))));
        }
        return new Answer(head.code(), headers, body.toByteArray());
    }

    /** Reads the beginning of an answer that may not end; its body is still to come. */
    public Answer head() throws IOException {
        String status = line();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            String[] parts = line.split(":", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
        }
        return new Answer(Integer.parseInt(status.split(" ", 3)[1]), headers, new byte[0]);
    }

    /**
     * The next piece of an answer without an end; empty if the answer ends here, or nothing comes for so long. After silence nothing more
     * may be read.
     */
    public byte[] piece(int patienceMillis) throws IOException {
        socket.setSoTimeout(patienceMillis);
        try {
            int size = chunk();
            byte[] piece = in.readNBytes(size);
            line();
            return piece;
        } catch (SocketTimeoutException silence) {
            return new byte[0];
        } finally {
            socket.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    /** Waits for the end of the connection. False: the server says more. */
    public boolean hasEnded() throws IOException {
        return in.read() < 0;
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line().strip(), 16);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read < 0) {
                throw new EOFException("the server has closed the connection");
            }
            line.append((char) read);
        }
        return line.toString().stripTrailing();
    }

    @Override
    public void close() throws IOException {
        if (!socket.isClosed()) {
            // It would wait for the server's farewell for as long as for an answer, and in a watch the server is busy.
            socket.setSoTimeout(1);
        }
        socket.close();
    }
}

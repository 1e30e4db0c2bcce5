package io.keelson.orchestrator.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** HTTP/2 over TLS, frame by frame: says what a client's library would say at the moment of its choice only. Answers are small. */
public final class RawHttp2 implements AutoCloseable {

    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;

    private static final int PATIENCE_MILLIS = 30_000;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int CANCEL = 8;

    /** Nothing that a test asks for is larger. */
    private static final int WINDOW = 1 << 30;

    private final SSLSocket socket;
    private final DataInputStream in;

    private RawHttp2(SSLSocket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** A frame that has come. */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    public record Frame(int type, int flags, int stream, byte[] payload) {

        public boolean ends() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        public String text() {
            return new String(payload, StandardCharsets.ISO_8859_1);
        }
    }

    /** Connects to a port of this machine, and begins. */
    public static RawHttp2 connect(SSLContext tls, int port) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        RawHttp2 begun = new RawHttp2(socket);
        begun.send(SETTINGS, 0, 0, new byte[0]);
        begun.window(0, WINDOW);
        return begun;
    }

    /** Sends a frame as it is. */
    public void send(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        socket.getOutputStream().write(frame.array());
        socket.getOutputStream().flush();
    }

    /** Asks for a path, without a body. */
    public void get(int stream, String path) throws IOException {
        send(HEADERS, END_STREAM | END_HEADERS, stream, head("GET", path));
    }

    /** The same, in so many frames that no head of a header is where one would look for it. */
    public void getInPieces(int stream, String path) throws IOException {
        byte[] head = head("GET", path);
        send(HEADERS, END_STREAM, stream, new byte[] {head[0]});
        for (int i = 1; i < head.length; i++) {
            send(9, i == head.length - 1 ? END_HEADERS : 0, stream, new byte[] {head[i]});
        }
    }

    /** Begins to send a body of JSON. */
    public void post(int stream, String path) throws IOException {
        send(HEADERS, END_HEADERS, stream, head("POST", path));
    }

    /** Begins a gRPC call. */
    public void call(int stream, String path) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(0x80 | 3); // :method POST
        head.write(0x80 | 7); // :scheme https
        literal(head, 1, "localhost"); // :authority
        literal(head, 4, path);
        head.write(0x0f);
        literal(head, 31 - 15, "application/grpc");
        send(HEADERS, END_HEADERS, stream, head.toByteArray());
    }

    /** Begins a gRPC message of so many bytes, and sends so many zeros of it. */
    public void message(int stream, int length, int sent) throws IOException {
        send(
                DATA,
                0,
                stream,
                ByteBuffer.allocate(5 + sent).put((byte) 0).putInt(length).array());
    }

    /** Gives up a call. */
    public void reset(int stream) throws IOException {
        send(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(CANCEL).array());
    }

    /** Allows the server to send so many more bytes. */
    public void window(int stream, int bytes) throws IOException {
        send(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    /** Waits for the next frame. */
    public Frame next() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        return new Frame(type, flags, stream, in.readNBytes(length));
    }

    /**
     * Waits until a stream has said something; what others say until then is passed over.
     *
     * @throws AssertionError if the server closes the connection instead
     */
    public Frame nextOf(int stream) throws IOException {
        while (true) {
            Frame frame = next();
            if (frame.type() == GOAWAY) {
                throw new AssertionError("the server closes the connection: " + frame.text());
            }
            if (frame.stream() == stream) {
                return frame;
            }
        }
    }

    /** Waits for the end of an answer, and gives its body. */
    public String body(int stream) throws IOException {
        StringBuilder body = new StringBuilder();
        while (true) {
            Frame frame = nextOf(stream);
            if (frame.type() == DATA) {
                body.append(frame.text());
            }
            if (frame.ends()) {
                return body.toString();
            }
        }
    }

    /** HPACK (RFC 7541): names and methods by their number in its table, values as literals that nobody is to remember. */
    private static byte[] head(String method, String path) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(0x80 | (method.equals("GET") ? 2 : 3));
        head.write(0x80 | 7); // :scheme https
        literal(head, 1, "localhost"); // :authority
        literal(head, 4, path);
        if (!method.equals("GET")) {
            head.write(0x0f); // content-type, whose number is 31, takes two bytes
            literal(head, 31 - 15, "application/json");
        }
        return head.toByteArray();
    }

    private static void literal(ByteArrayOutputStream into, int name, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
        into.write(name);
        into.write(bytes.length);
        into.writeBytes(bytes);
    }

    @Override
    public void close() throws IOException {
        if (!socket.isClosed()) {
            socket.setSoTimeout(1);
        }
        socket.close();
    }
}

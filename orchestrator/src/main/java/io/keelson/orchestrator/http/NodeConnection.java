package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.NodeStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A connection to a program on a node as two streams, with TLS if the program speaks it. One thread reads, one at a time writes. */
final class NodeConnection implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A program that says nothing when TLS begins speaks something else. Kubernetes waits as long. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);

    private final NodeStream node;
    private final InputStream in;
    private final OutputStream out;

    private NodeConnection(NodeStream node, InputStream in, OutputStream out) {
        this.node = node;
        this.in = in;
        this.out = out;
    }

    /** Over a stream that stands. */
    static NodeConnection plain(NodeStream node) {
        return new NodeConnection(node, new In(node), new Out(node));
    }

    /**
     * The same, with TLS.
     *
     * @throws IOException if the program does not speak it as it should; the stream is closed then
     */
    static NodeConnection secured(NodeStream node) throws IOException {
        boolean ok = false;
        try {
            SSLSocket socket = handshaken(new Below(node));
            ok = true;
            return new NodeConnection(node, socket.getInputStream(), socket.getOutputStream());
        } finally {
            if (!ok) {
                node.close();
            }
        }
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    @Override
    public void close() {
        node.close();
    }

    /** The program is whom the node's agent has connected to; what its certificate says proves no more, and Kubernetes does not ask for it. */
    private static SSLSocket handshaken(Below below) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(below, "localhost", 0, true);
            socket.setSoTimeout((int) HANDSHAKE.toMillis());
            socket.startHandshake();
            socket.setSoTimeout(0);
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static final class In extends PieceInput {
        private final NodeStream node;
        private byte[] bytes = new byte[0];
        private int at;
        private Optional<Duration> limit = Optional.empty();

        In(NodeStream node) {
            this.node = node;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (at == bytes.length) {
                switch (next()) {
                    case NodeStream.Piece.Output output -> {
                        bytes = output.bytes();
                        at = 0;
                    }
                    case NodeStream.Piece.Silence _ -> {
                        if (limit.isPresent()) {
                            throw new SocketTimeoutException("TLS handshake timeout");
                        }
                    }
                    case NodeStream.Piece.Errors _ -> {}
                    case NodeStream.Piece.End _ -> {
                        return -1;
                    }
                }
            }
            int n = Math.min(length, bytes.length - at);
            System.arraycopy(bytes, at, into, offset, n);
            at += n;
            return n;
        }

        @Override
        public int available() {
            return bytes.length - at;
        }

        private NodeStream.Piece next() throws IOException {
            try {
                return node.next(limit.orElse(PATIENCE));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("the server stops").initCause(e);
            }
        }
    }

    private static final class Out extends OutputStream {
        private final NodeStream node;

        Out(NodeStream node) {
            this.node = node;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                node.write(Arrays.copyOfRange(bytes, offset, offset + length), 0, length);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("the server stops").initCause(e);
            }
        }
    }

    /** What Java's TLS takes for the connection below it. */
    private static final class Below extends Socket {
        private final NodeStream node;
        private final In in;
        private final Out out;

        Below(NodeStream node) {
            this.node = node;
            this.in = new In(node);
            this.out = new Out(node);
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public InputStream getInputStream() {
            return in;
        }

        @Override
        public OutputStream getOutputStream() {
            return out;
        }

        @Override
        public synchronized void setSoTimeout(int millis) {
            in.limit = millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
        }

        @Override
        public synchronized int getSoTimeout() {
            return in.limit.map(limit -> (int) limit.toMillis()).orElse(0);
        }

        @Override
        public void shutdownOutput() {
            node.endInput();
        }

        @Override
        public synchronized void close() {
            node.close();
        }
    }

    /** Takes every certificate, whatever name is in it. */
    private static final class Anybody extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

package io.keelson.orchestrator.webhook;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Posts JSON to webhooks, each time over a connection of its own. Written on sockets, for the certificate of a service in the cluster has
 * its name and not the address at which it is reached, which Java's HTTP client does not allow.
 */
public final class WebhookClient {

    /** Longer answers are refused, in bytes. */
    static final int MAX_ANSWER = 16 * 1024 * 1024;

    private static final int MAX_LINE = 8 * 1024;
    private static final int MAX_HEADERS = 100;

    /**
     * Posts a body, and gives the body of the answer.
     *
     * @param timeout for the whole
     * @throws WebhookException if there is no answer of status 200 in time
     */
    public byte[] post(Endpoint endpoint, byte[] body, Duration timeout) throws WebhookException {
        long deadline = System.nanoTime() + timeout.toNanos();
        InetSocketAddress address = endpoint.address().isUnresolved()
                ? new InetSocketAddress(
                        endpoint.address().getHostString(), endpoint.address().getPort())
                : endpoint.address();
        try (Socket plain = new Socket()) {
            if (address.isUnresolved()) {
                throw new WebhookException("no such host: " + address.getHostString());
            }
            plain.connect(address, left(deadline));
            plain.setSoTimeout(left(deadline));
            try (SSLSocket socket = (SSLSocket) context(endpoint.caBundle())
                    .getSocketFactory()
                    .createSocket(plain, endpoint.name(), address.getPort(), true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                send(socket.getOutputStream(), endpoint, body);
                return answer(new Timed(socket, deadline));
            }
        } catch (SocketTimeoutException e) {
            throw new WebhookException("context deadline exceeded: no answer within " + timeout.toMillis() + " ms", e);
        } catch (IOException | GeneralSecurityException e) {
            throw new WebhookException(String.valueOf(e.getMessage()), e);
        }
    }

    private static int left(long deadline) throws SocketTimeoutException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("no time left");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    private static SSLContext context(Optional<String> caBundle) throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS");
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        if (caBundle.isPresent()) {
            trust.init(trusted(caBundle.get()));
        } else {
            trust.init((KeyStore) null);
        }
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore trusted(String bundle) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        InputStream text = new ByteArrayInputStream(bundle.getBytes(StandardCharsets.US_ASCII));
        for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(text)) {
            store.setCertificateEntry("ca" + number++, each);
        }
        return store;
    }

    private static void send(OutputStream out, Endpoint endpoint, byte[] body) throws IOException {
        String head = "POST " + endpoint.path() + " HTTP/1.1\r\n"
                + "Host: " + endpoint.name() + "\r\n"
                + "Content-Type: application/json\r\n"
                + "Accept: application/json\r\n"
                + "Content-Length: " + body.length + "\r\n"
                + "Connection: close\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }

    /** A stream that ends with an exception at a time. */
    private static final class Timed extends InputStream {

        private final SSLSocket socket;
        private final InputStream in;
        private final long deadline;

        Timed(SSLSocket socket, long deadline) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.deadline = deadline;
        }

        @Override
        public int read() throws IOException {
            socket.setSoTimeout(left(deadline));
            return in.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            socket.setSoTimeout(left(deadline));
            return in.read(into, offset, length);
        }
    }

    private static byte[] answer(InputStream in) throws IOException, WebhookException {
        String status = line(in);
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
            }
            header = line(in);
        }
        byte[] body = chunked ? chunks(in) : whole(in, length);
        String[] words = status.split(" ", 3);
        if (words.length < 2 || !words[1].equals("200")) {
            throw new WebhookException("the server answered: " + status);
        }
        return body;
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
            body.write(in.readNBytes((int) size));
            line(in);
        }
    }

    private static IOException tooLong() {
        return new IOException("the answer is longer than " + MAX_ANSWER + " bytes");
    }
}

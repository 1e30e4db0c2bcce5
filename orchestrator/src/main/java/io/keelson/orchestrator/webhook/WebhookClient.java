package io.keelson.orchestrator.webhook;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
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
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Posts JSON to webhooks, each time over a connection of its own. Written on sockets, for the certificate of a service in the cluster has
 * its name and not the address at which it is reached, which Java's HTTP client does not allow.
 */
public final class WebhookClient {

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
        // Only the connection itself is closed, never TLS: to say goodbye Java would wait for who is silent.
        try (Socket plain = new Socket()) {
            if (address.isUnresolved()) {
                throw new WebhookException("no such host: " + address.getHostString());
            }
            connect(plain, address, left(deadline));
            plain.setSoTimeout(left(deadline));
            SSLSocket socket = (SSLSocket) context(endpoint.caBundle())
                    .getSocketFactory()
                    .createSocket(plain, endpoint.name(), address.getPort(), true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            send(socket.getOutputStream(), endpoint, body);
            return WebhookAnswer.read(new Timed(socket, deadline)).body();
        } catch (SocketTimeoutException e) {
            throw failed(endpoint, "context deadline exceeded: no answer within " + timeout.toMillis() + " ms", e);
        } catch (SSLException e) {
            throw failed(endpoint, "tls: " + e.getMessage(), e);
        } catch (IOException | GeneralSecurityException e) {
            throw failed(endpoint, String.valueOf(e.getMessage()), e);
        }
    }

    private static WebhookException failed(Endpoint endpoint, String why, Exception cause) {
        return new WebhookException("Post \"" + endpoint.url() + "\": " + why, cause);
    }

    private static void connect(Socket socket, InetSocketAddress address, int millis) throws IOException {
        try {
            socket.connect(address, millis);
        } catch (ConnectException e) {
            throw new IOException(
                    "dial tcp " + address.getAddress().getHostAddress() + ":" + address.getPort() + ": connect: "
                            + String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT),
                    e);
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
}

package io.keelson.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a certificate of the cluster's authority alone opens none of the store's two ports; one of the right organization opens both.
 * Method: a member over real TLS, and a handshake with each certificate.
 */
class StorePortsTest {

    private static final int PATIENCE_MILLIS = 20_000;

    @TempDir
    static Path directory;

    private static final Queue<String> LOGGED = new ConcurrentLinkedQueue<>();
    private static final Handler LISTENER = new Handler() {
        @Override
        public void publish(LogRecord record) {
            LOGGED.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    /** A strong reference: a logger without one is forgotten with its handlers. */
    private static final Logger LOGGER = Logger.getLogger("io.keelson.store.tls.Credentials");

    private static TestCertificates certificates;
    private static Store store;
    private static Member self;

    @BeforeAll
    static void start() throws Exception {
        LOGGER.addHandler(LISTENER);
        certificates = TestCertificates.in(directory);
        Tls tls = certificates
                .issue("s1", "CN=s1,O=keelson:servers")
                .only(new Allowed.Organizations(Set.of("keelson:servers", "system:masters")));
        certificates.issue("s2", "CN=s2,O=keelson:servers");
        certificates.issue("operator", "CN=admin,O=devs,O=system:masters");
        certificates.issue("node", "CN=system:node:n1,O=system:nodes");
        certificates.issue("user", "CN=jane,O=devs");
        certificates.issue("boaster", "CN=keelson:servers,OU=keelson:servers");
        self = new Member("s1", Loopback.freeAddress(), List.of(Loopback.freeAddress()));
        store = Store.start(
                new StoreConfig(
                        "s1",
                        directory.resolve("data"),
                        "token",
                        self.clients(),
                        self.peer(),
                        List.of(self),
                        Optional.of(tls),
                        Optional.of(tls)),
                _ -> {});
    }

    @AfterAll
    static void stop() {
        store.close();
        LOGGER.removeHandler(LISTENER);
    }

    /** The first byte that the other side says, of its own accord or to a request. */
    private static int firstByte(HostPort address, String name, String protocol, String says) throws Exception {
        SSLContext context = certificates.context(name);
        try (var socket = (SSLSocket) context.getSocketFactory().createSocket(address.host(), address.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            if (!protocol.isEmpty()) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {protocol});
                socket.setSSLParameters(parameters);
            }
            socket.startHandshake();
            socket.getOutputStream().write(says.getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read();
        }
    }

    private static int clientPort(String name) throws Exception {
        return firstByte(self.clients().getFirst(), name, "http/1.1", "GET /version HTTP/1.1\r\nHost: s1\r\n\r\n");
    }

    private static int peerPort(String name) throws Exception {
        return firstByte(self.peer(), name, "", "keelson members 1\n");
    }

    @Test
    void serversAndOperatorsAreTaken() throws Exception {
        for (String name : List.of("s2", "operator")) {
            assertThat(clientPort(name)).as(name).isEqualTo('H');
            assertThat(peerPort(name)).as(name).isEqualTo('k');
        }
    }

    @Test
    void nodesAndUsersAreRefusedAndTheLogNamesThem() {
        for (String name : List.of("node", "user", "boaster")) {
            assertThatThrownBy(() -> clientPort(name)).as(name).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> peerPort(name)).as(name).isInstanceOf(IOException.class);
        }
        assertThat(LOGGED)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("refused the certificate of O=system:nodes,CN=system:node:n1 (serial number ")
                        .endsWith("): its organization is none of keelson:servers, system:masters"))
                .anySatisfy(line -> assertThat(line).startsWith("refused the certificate of O=devs,CN=jane"));
    }
}

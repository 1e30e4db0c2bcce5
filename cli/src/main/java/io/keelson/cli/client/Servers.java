package io.keelson.cli.client;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.keelson.cli.pki.Pem;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.ResourcesGrpc.ResourcesBlockingStub;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A connection to whichever API server answers. All of them serve reads and writes, so the first that accepts a connection will do.
 *
 * <p>A request that meets a server without a leader, or a lost connection, is tried again on the next server, all in turn, until
 * {@link #PATIENCE} has passed: a leader is elected again in a few seconds. What commands send may be done twice without harm.
 */
public final class Servers implements AutoCloseable {

    /** How long a request looks for a server that can answer it. */
    public static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Largest answer that is accepted: a list of many objects. */
    static final int MESSAGE_BYTES_MAX = 256 << 20;

    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    private static final int PAUSE_MILLIS = 200;

    private final Access access;
    private final Optional<KnownServers> known;
    private Optional<Connection> current = Optional.empty();
    private int next;

    private record Connection(String server, ManagedChannel channel) {}

    /** What is done over a connection. It fails with a StatusRuntimeException where another server may do better. */
    public interface Work<T> {
        /** Does it; an interruption ends all. */
        T on(ManagedChannel channel) throws InterruptedException;
    }

    /** A connection that is made when it is needed. */
    public Servers(Access access) {
        this(access, Optional.empty());
    }

    /** The same, and notes whom it has met. */
    public Servers(Access access, Optional<KnownServers> known) {
        this.access = access;
        this.known = known;
    }

    /** Asks one server for one answer. */
    public <T> T ask(Function<ResourcesBlockingStub, T> question) throws InterruptedException {
        return on(channel -> question.apply(ResourcesGrpc.newBlockingStub(channel)));
    }

    /**
     * Does something over a connection, on the next server if this one cannot.
     *
     * @throws Trouble when the request is refused, or no server can answer
     */
    public <T> T on(Work<T> work) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var connection = current();
            try {
                return work.on(connection.channel());
            } catch (StatusRuntimeException failure) {
                boolean tryNext =
                        failure.getStatus().getCode() == Status.Code.UNAVAILABLE && !Failures.isCertain(failure);
                if (!tryNext || System.nanoTime() > deadline)
                    throw Failures.of(failure, connection.server(), access.origin());
                disconnect();
                next++;
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** The servers of the cluster, {@code host:port}. */
    public List<String> addresses() {
        return access.servers();
    }

    private Connection current() {
        var known = current;
        if (known.isPresent()) return known.get();
        var tried = new ArrayList<String>();
        for (int i = 0; i < access.servers().size(); i++) {
            var server = access.servers().get((next + i) % access.servers().size());
            try {
                probe(server);
                next += i;
                var made = new Connection(server, open(server));
                current = Optional.of(made);
                return made;
            } catch (IOException refused) {
                tried.add(server + "  " + refused.getMessage());
            }
        }
        tried.add("Is the cluster running?  keelson status   starts again with   keelson up");
        throw Trouble.of("no server answers (from " + access.origin() + ")", tried.toArray(String[]::new));
    }

    /** Finds out quickly whether anybody listens. */
    private static void probe(String server) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host(server), port(server)), CONNECT_TIMEOUT_MILLIS);
        }
    }

    /** A channel to one server. OkHttp's transport, since it is up in half the time that Netty's takes. */
    private ManagedChannel open(String server) {
        try {
            // Not from PEM by gRPC: it tries for an RSA key first, which takes as long as the rest of the command.
            var credentials = TlsChannelCredentials.newBuilder()
                    .trustManager(new ByteArrayInputStream(access.trust().getBytes(StandardCharsets.US_ASCII)))
                    .keyManager(new OwnKey(Pem.parseCertificate(access.certificate()), Pem.parseKey(access.key())))
                    .build();
            var channel = OkHttpChannelBuilder.forAddress(host(server), port(server), credentials)
                    .maxInboundMessageSize(MESSAGE_BYTES_MAX);
            known.ifPresent(servers -> channel.intercept(new Acquaintance(servers, server, access.trust())));
            return channel.build();
        } catch (IOException | GeneralSecurityException broken) {
            throw Trouble.because(
                    broken,
                    "the certificates in " + access.origin() + " are of no use: " + broken.getMessage(),
                    "Keelson's keys are EC keys in PKCS#8 or SEC 1, PEM.");
        }
    }

    /** For clients of HTTP: trusts the cluster's authority, and shows the user's certificate. */
    public SSLContext tls() {
        try {
            var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", Pem.parseCertificate(access.trust()));
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            var own = new OwnKey(Pem.parseCertificate(access.certificate()), Pem.parseKey(access.key()));
            var tls = SSLContext.getInstance("TLS");
            tls.init(new KeyManager[] {own}, trust.getTrustManagers(), null);
            return tls;
        } catch (IOException | GeneralSecurityException broken) {
            throw Trouble.because(
                    broken, "the certificates in " + access.origin() + " are of no use: " + broken.getMessage());
        }
    }

    private static String host(String server) {
        return server.substring(0, server.lastIndexOf(':'));
    }

    private static int port(String server) {
        return Integer.parseInt(server.substring(server.lastIndexOf(':') + 1));
    }

    private void disconnect() {
        current.ifPresent(connection -> connection.channel().shutdownNow());
        current = Optional.empty();
    }

    /** A channel to one certain server; the caller closes it. */
    public ManagedChannel channelTo(String server) {
        return open(server);
    }

    @Override
    public void close() {
        disconnect();
    }

    /** Waits a moment for a channel to end; what does not is left to the end of the process. */
    public static void end(ManagedChannel channel) throws InterruptedException {
        if (!channel.shutdownNow().awaitTermination(1, TimeUnit.SECONDS)) channel.shutdownNow();
    }
}

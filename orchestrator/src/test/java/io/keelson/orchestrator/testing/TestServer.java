package io.keelson.orchestrator.testing;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.keelson.orchestrator.Orchestrator;
import io.keelson.orchestrator.OrchestratorConfig;
import io.keelson.orchestrator.StoreStatus;
import io.keelson.orchestrator.access.AccessConfig;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.limits.WatchLimits;
import io.keelson.store.HostPort;
import io.keelson.store.Kv;
import io.keelson.store.MemoryKv;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** One server on a store in memory. */
public final class TestServer implements AutoCloseable {

    private final TestAuthority authority;
    private final Orchestrator orchestrator;
    private final Path directory;

    private TestServer(TestAuthority authority, Orchestrator orchestrator, Path directory) {
        this.authority = authority;
        this.orchestrator = orchestrator;
        this.directory = directory;
    }

    /** Starts, and waits until the first objects are there. */
    public static TestServer start(Path directory) {
        return start(directory, AccessConfig.DEFAULT);
    }

    /** As the other one, with what an operator decides about access. */
    public static TestServer start(Path directory, AccessConfig access) {
        return start(directory, "s1", new MemoryKv(), access, WatchLimits.DEFAULT);
    }

    /** As the other one, with limits of watches. */
    public static TestServer start(Path directory, WatchLimits watches) {
        return start(directory, new MemoryKv(), watches);
    }

    /** As the other one, on a store that is at hand. */
    public static TestServer start(Path directory, Kv kv, WatchLimits watches) {
        return start(directory, "s1", kv, AccessConfig.DEFAULT, watches);
    }

    /** Starts one of several servers of one store, with an authority of its own. */
    public static TestServer start(Path directory, String name, Kv kv) {
        return start(directory, name, kv, AccessConfig.DEFAULT, WatchLimits.DEFAULT);
    }

    /** Starts one of several servers of one store, with everything that an operator decides. */
    public static TestServer start(Path directory, String name, Kv kv, AccessConfig access, WatchLimits watches) {
        TestAuthority authority = new TestAuthority(directory);
        TestAuthority.Issued server = authority.server();
        OrchestratorConfig config = new OrchestratorConfig(
                name,
                List.of(new HostPort("127.0.0.1", freePort())),
                server.certificate(),
                server.key(),
                authority.certificate(),
                "10.96.0.0/16",
                "10.244.0.0/16",
                List.of("192.168.7.1:6443"),
                access,
                watches);
        Orchestrator orchestrator = Orchestrator.start(config, kv, () -> new StoreStatus(Optional.of(name), true, 1));
        TestServer started = new TestServer(authority, orchestrator, directory);
        Ref last = new Ref(Kinds.ENDPOINT_SLICE, "default", "kubernetes");
        await("the first objects", () -> orchestrator.api().find(last).isPresent());
        Ref published = new Ref(Kinds.CONFIG_MAP, "default", "kube-root-ca.crt");
        await(
                "what each namespace has",
                () -> orchestrator.api().find(published).isPresent());
        return started;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until something is so; fails after half a minute. */
    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for: " + what);
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    public Api api() {
        return orchestrator.api();
    }

    public TestAuthority authority() {
        return authority;
    }

    public int port() {
        return orchestrator.ports().getFirst();
    }

    public URI url(String path) {
        return URI.create("https://127.0.0.1:" + port() + path);
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url(path)).timeout(Duration.ofSeconds(30));
    }

    /** What a client gets at a path. */
    public HttpResponse<String> get(HttpClient client, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** What a client is answered when it sends a body. */
    public HttpResponse<String> send(
            HttpClient client, String method, String path, String contentType, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).header("Content-Type", contentType);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.method(method, BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    /** A client that shows a certificate, or none. */
    public HttpClient http(Optional<TestAuthority.Issued> certificate) {
        return HttpClient.newBuilder().sslContext(tls(certificate)).build();
    }

    /** What a client needs for TLS that shows a certificate, or none. */
    public SSLContext tls(Optional<TestAuthority.Issued> certificate) {
        try {
            KeyStore trusted = store();
            trusted.setCertificateEntry("ca", certificate(authority.certificate()));
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            KeyStore own = store();
            if (certificate.isPresent()) {
                own.setKeyEntry("client", key(certificate.get().key()), new char[0], new Certificate[] {
                    certificate(certificate.get().certificate())
                });
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public HttpClient admin() {
        return http(Optional.of(authority.client("admin", "CN=admin,O=system:masters")));
    }

    /** A gRPC channel that shows a certificate. */
    public ManagedChannel channel(TestAuthority.Issued certificate) {
        try {
            return NettyChannelBuilder.forAddress("127.0.0.1", port())
                    .sslContext(GrpcSslContexts.configure(SslContextBuilder.forClient())
                            .trustManager(authority.certificate().toFile())
                            .keyManager(
                                    certificate.certificate().toFile(),
                                    certificate.key().toFile())
                            .build())
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A kubeconfig of an administrator. */
    public Path kubeconfig() {
        TestAuthority.Issued admin = authority.client("kubectl", "CN=admin,O=system:masters");
        String text = """
                apiVersion: v1
                kind: Config
                clusters:
                - name: test
                  cluster: {server: "%s", certificate-authority: "%s"}
                users:
                - name: admin
                  user: {client-certificate: "%s", client-key: "%s"}
                contexts:
                - name: test
                  context: {cluster: test, user: admin}
                current-context: test
                """.formatted(url(""), authority.certificate(), admin.certificate(), authority.sec1(admin));
        try {
            return Files.writeString(directory.resolve("kubeconfig"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeyStore store() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Certificate certificate(Path file) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static PrivateKey key(Path file) throws GeneralSecurityException, IOException {
        String base64 = Files.readString(file).replaceAll("-----[A-Z ]+-----", "");
        return KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    }

    @Override
    public void close() {
        orchestrator.close();
    }

    /** To try things by hand: starts, writes a kubeconfig into the given directory, and stays. */
    public static void main(String[] arguments) throws InterruptedException {
        TestServer server = start(Path.of(arguments[0]));
        System.out.println(server.kubeconfig());
        Thread.currentThread().join();
    }
}

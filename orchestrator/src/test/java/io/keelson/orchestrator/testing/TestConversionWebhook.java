package io.keelson.orchestrator.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.keelson.orchestrator.kind.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An HTTPS server on loopback, with an authority of its own, that converts: {@code spec.schedule} in v1beta1 is {@code spec.cron} in v1. */
public final class TestConversionWebhook implements AutoCloseable {

    private final HttpsServer server;
    private final Path ca;
    private final List<Integer> reviewed = new CopyOnWriteArrayList<>();
    private volatile Optional<String> failure = Optional.empty();

    private TestConversionWebhook(HttpsServer server, Path ca) {
        this.server = server;
        this.ca = ca;
    }

    /** Starts one that keeps its certificates below a directory. */
    public static TestConversionWebhook start(Path directory) throws IOException {
        return start(directory, "localhost");
    }

    /** Starts one whose certificate is for this host name, too. */
    public static TestConversionWebhook start(Path directory, String name) throws IOException {
        Path own = Files.createTempDirectory(directory, "webhook");
        TestAuthority issuer = new TestAuthority(own);
        TestAuthority.Issued issued = issuer.server(name);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(issued)));
        TestConversionWebhook webhook = new TestConversionWebhook(server, issuer.certificate());
        server.createContext("/convert", webhook::handle);
        server.start();
        return webhook;
    }

    static SSLContext context(TestAuthority.Issued issued) throws IOException {
        try (InputStream in = Files.newInputStream(issued.certificate())) {
            Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
            String base64 = Files.readString(issued.key()).replaceAll("-----[A-Z ]+-----", "");
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "server",
                    KeyFactory.getInstance("EC")
                            .generatePrivate(new PKCS8EncodedKeySpec(
                                    Base64.getMimeDecoder().decode(base64))),
                    new char[0],
                    new Certificate[] {certificate});
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** How many objects each review so far was about. */
    public List<Integer> reviewed() {
        return reviewed;
    }

    public String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort() + "/convert";
    }

    /** As a definition carries it. */
    public String caBundle() throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(ca));
    }

    /** From now on every conversion fails with this message. */
    public void fail(String message) {
        failure = Optional.of(message);
    }

    private void handle(HttpExchange exchange) throws IOException {
        JsonNode request = Json.parse(exchange.getRequestBody().readAllBytes()).path("request");
        reviewed.add(request.path("objects").size());
        ObjectNode review =
                Json.object().put("apiVersion", "apiextensions.k8s.io/v1").put("kind", "ConversionReview");
        ObjectNode response =
                review.putObject("response").put("uid", request.path("uid").asString());
        if (failure.isPresent()) {
            response.putObject("result").put("status", "Failure").put("message", failure.get());
        } else {
            response.putObject("result").put("status", "Success");
            String wanted = request.path("desiredAPIVersion").asString();
            var converted = response.putArray("convertedObjects");
            request.path("objects").forEach(object -> converted.add(convert((ObjectNode) object, wanted)));
        }
        byte[] bytes = Json.write(review);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        // Zero is chunked for this server, as many webhooks answer.
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static ObjectNode convert(ObjectNode object, String wanted) {
        ObjectNode result = object.deepCopy().put("apiVersion", wanted);
        ObjectNode spec = Json.child(result, "spec");
        String from = wanted.endsWith("/v1") ? "schedule" : "cron";
        String to = wanted.endsWith("/v1") ? "cron" : "schedule";
        Json.string(spec, from).ifPresent(value -> {
            spec.remove(from);
            spec.put(to, value);
        });
        return result;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

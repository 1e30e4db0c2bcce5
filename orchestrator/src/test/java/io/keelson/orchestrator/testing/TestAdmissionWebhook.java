package io.keelson.orchestrator.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.keelson.orchestrator.kind.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An HTTPS server on loopback, with an authority of its own, that answers AdmissionReviews. */
public final class TestAdmissionWebhook implements AutoCloseable {

    private final HttpsServer server;
    private final Path ca;
    private final List<JsonNode> asked = new CopyOnWriteArrayList<>();

    private TestAdmissionWebhook(HttpsServer server, Path ca) {
        this.server = server;
        this.ca = ca;
    }

    /** Starts one that keeps its certificates below a directory. */
    public static TestAdmissionWebhook start(Path directory) throws IOException {
        TestAuthority issuer = new TestAuthority(Files.createTempDirectory(directory, "webhook"));
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(TestConversionWebhook.context(issuer.server())));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return new TestAdmissionWebhook(server, issuer.certificate());
    }

    /**
     * A webhook at a path.
     *
     * @param answer fills in the response of a request; {@code allowed} is true if it does not say otherwise
     * @return its {@code clientConfig}
     */
    public ObjectNode at(String path, BiConsumer<JsonNode, ObjectNode> answer) throws IOException {
        return raw(path, exchange -> handle(exchange, answer));
    }

    /** A webhook at a path that answers as it likes; its {@code clientConfig}. */
    public ObjectNode raw(String path, HttpHandler handler) throws IOException {
        server.createContext(path, handler);
        return Json.object()
                .put("url", "https://127.0.0.1:" + server.getAddress().getPort() + path)
                .put("caBundle", Base64.getEncoder().encodeToString(Files.readAllBytes(ca)));
    }

    /** A patch as an answer carries it. */
    public static void patch(ObjectNode response, String operations) {
        response.put("patchType", "JSONPatch")
                .put("patch", Base64.getEncoder().encodeToString(operations.getBytes(StandardCharsets.UTF_8)));
    }

    /** The requests so far. */
    public List<JsonNode> asked() {
        return asked;
    }

    private void handle(HttpExchange exchange, BiConsumer<JsonNode, ObjectNode> answer) throws IOException {
        JsonNode question = Json.parse(exchange.getRequestBody().readAllBytes());
        JsonNode request = question.path("request");
        asked.add(request);
        ObjectNode review = Json.object()
                .put("apiVersion", question.path("apiVersion").asString(""))
                .put("kind", "AdmissionReview");
        ObjectNode response = review.putObject("response")
                .put("uid", request.path("uid").asString(""))
                .put("allowed", true);
        answer.accept(request, response);
        byte[] bytes = Json.write(review);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

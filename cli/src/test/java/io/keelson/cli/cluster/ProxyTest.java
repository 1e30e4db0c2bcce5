package io.keelson.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.keelson.cli.pki.Authority;
import io.keelson.cli.pki.Issued;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that are passed on to pods, services and nodes, as kubectl and others send them. The program in the pod is a server of this test at
 * the pod's address.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProxyTest {

    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: c, image: localhost/machine, imagePullPolicy: IfNotPresent, command: [sh, -c, "echo said; exec sleep 3600"]}
            """;

    private static final Pattern SERVING = Pattern.compile("Starting to serve on (127\\.0\\.0\\.1:\\d+)");

    private static final String PAGE = "<html><a href=\"/x\">grüße</a><img src='/i.png'></html>";

    private TestCluster cluster;
    private HttpServer program;
    private InetAddress address;
    private int port;
    private final BlockingQueue<List<String>> asked = new LinkedBlockingQueue<>();

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        cluster = TestCluster.start(temporary);
        cluster.apply(POD, "web");
        address = InetAddress.getByName(cluster.ok("1.33", "get", "pod", "web", "-o", "jsonpath={.status.podIP}"));
        program = HttpServer.create(new InetSocketAddress(address, 0), 0);
        program.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        program.createContext("/", this::answer);
        program.start();
        port = program.getAddress().getPort();
        cluster.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec:
                  selector: {app: web}
                  ports: [{name: http, port: 80, targetPort: %d}]
                """.formatted(port));
    }

    @AfterAll
    void stop() throws IOException {
        program.stop(0);
        cluster.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        var headers = exchange.getRequestHeaders();
        asked.add(Arrays.asList(
                String.valueOf(exchange.getRequestURI()),
                headers.getFirst("X-Forwarded-Uri"),
                headers.getFirst("Authorization"),
                headers.getFirst("X-Own")));
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/moved")) {
            exchange.getResponseHeaders().add("Location", "/new/?x=1");
            exchange.sendResponseHeaders(302, -1);
        } else if (path.startsWith("/page")) {
            byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
            if (path.endsWith(".gz")) {
                exchange.getResponseHeaders().add("Content-Encoding", "gzip");
                var packed = new ByteArrayOutputStream();
                try (var out = new GZIPOutputStream(packed)) {
                    out.write(page);
                }
                page = packed.toByteArray();
            }
            exchange.getResponseHeaders()
                    .add("Content-Type", path.endsWith(".txt") ? "text/plain" : "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
        } else if (path.equals("/echo")) {
            // First all of it: kubectl's own proxy drops what it is still sent when an answer begins.
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("X-Method", exchange.getRequestMethod());
            // No length: in pieces.
            exchange.sendResponseHeaders(201, 0);
            exchange.getResponseBody().write(body);
        } else if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().add("Content-Length", "17");
            exchange.sendResponseHeaders(200, -1);
        } else {
            byte[] body =
                    (exchange.getRequestMethod() + " " + exchange.getRequestURI()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Set-Cookie", "a=1");
            exchange.getResponseHeaders().add("Set-Cookie", "b=2");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private String pod() {
        return "/api/v1/namespaces/default/pods/web:" + port + "/proxy";
    }

    /** A proxy of kubectl's on loopback, which shows who its user is. */
    private interface Use {
        void of(HttpClient client, String base) throws Exception;
    }

    private void byKubectl(String version, Use use) throws Exception {
        try (TestCluster.Kubectl proxy = cluster.begin(version, "proxy", "--port=0");
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            Waiting.await("kubectl proxy", () -> proxy.soFar().contains("Starting to serve"));
            Matcher serving = SERVING.matcher(proxy.soFar());
            assertThat(serving.find()).isTrue();
            use.of(client, "http://" + serving.group(1));
        }
    }

    private static HttpResponse<String> send(HttpClient client, String url, String method, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("X-Own", "mine")
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.33"})
    void podsAndServicesAnswerByRawPaths(String version) throws Exception {
        assertThat(cluster.ok(version, "get", "--raw", pod() + "/a/b?c=d")).isEqualTo("GET /a/b?c=d");
        assertThat(cluster.ok(version, "get", "--raw", pod() + "/")).isEqualTo("GET /");
        for (String id : List.of("web", "web:80", "web:http", "http:web:http")) {
            String path = "/api/v1/namespaces/default/services/" + id + "/proxy/x";
            // The endpoints may come a moment after the service.
            Waiting.await(id, () -> {
                try {
                    // A service whose only port has a name is not meant by a path that names none, as in Kubernetes.
                    TestCluster.Output output = cluster.run(version, "", "get", "--raw", path);
                    return id.equals("web")
                            ? output.err().contains("no endpoints available for service \"web\"")
                            : output.out().equals("GET /x");
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        TestCluster.Output refused =
                cluster.run(version, "", "get", "--raw", "/api/v1/namespaces/default/pods/web:1/proxy/");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err())
                .contains(
                        "Error from server (ServiceUnavailable): error trying to reach service: unable to connect to port 1");
    }

    @Test
    void everyMethodAndHeaderComesThroughAndWhoAsksDoesNot() throws Exception {
        byKubectl("1.33", (client, base) -> {
            for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")) {
                HttpResponse<String> answer = send(client, base + pod() + "/m?q=1", method, "");
                assertThat(answer.body()).isEqualTo(method + " /m?q=1");
                assertThat(answer.headers().allValues("Set-Cookie")).containsExactly("a=1", "b=2");
            }
            asked.clear();
            HttpResponse<String> head = send(client, base + pod() + "/m", "HEAD", "");
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.headers().firstValue("Content-Length")).contains("17");
            assertThat(asked.poll(10, TimeUnit.SECONDS)).containsExactly("/m", pod() + "/m", null, "mine");
        });
    }

    @Test
    void bodiesComeThroughBothWaysWhateverTheirLength() throws Exception {
        byKubectl("1.33", (client, base) -> {
            String large = "0123456789abcdef".repeat(300_000);
            HttpResponse<String> answer = send(client, base + pod() + "/echo", "POST", large);
            assertThat(answer.statusCode()).isEqualTo(201);
            assertThat(answer.headers().firstValue("X-Method")).contains("POST");
            assertThat(answer.body()).isEqualTo(large);
            byte[] bytes = large.getBytes(StandardCharsets.US_ASCII);
            HttpResponse<String> inPieces = client.send(
                    HttpRequest.newBuilder(URI.create(base + pod() + "/echo"))
                            .PUT(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(bytes)))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(inPieces.body()).isEqualTo(large);
        });
    }

    @Test
    void whereAProgramSendsItsClientLiesBelowTheProxy() throws Exception {
        byKubectl("1.33", (client, base) -> {
            HttpResponse<String> moved = send(client, base + pod() + "/moved", "GET", "");
            assertThat(moved.statusCode()).isEqualTo(302);
            assertThat(moved.headers().firstValue("Location")).contains(pod() + "/new/?x=1");
        });
    }

    @Test
    void linksOfAPageLieBelowTheProxy() throws Exception {
        String below = PAGE.replace("\"/x", "\"" + pod() + "/x").replace("'/i", "'" + pod() + "/i");
        byKubectl("1.33", (client, base) -> {
            assertThat(send(client, base + pod() + "/page", "GET", "").body()).isEqualTo(below);
            HttpResponse<String> packed = send(client, base + pod() + "/page.gz", "GET", "");
            assertThat(packed.headers().firstValue("Content-Encoding")).isEmpty();
            assertThat(packed.body()).isEqualTo(below);
            assertThat(send(client, base + pod() + "/page.txt", "GET", "").body())
                    .isEqualTo(PAGE);
        });
    }

    @Test
    void aProgramMaySpeakTlsWhateverItsCertificateSays() throws Exception {
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(address, 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(ofNobody()));
        secure.createContext("/", this::answer);
        secure.start();
        try {
            String id = "web:" + secure.getAddress().getPort() + "/proxy/secret";
            String path = "/api/v1/namespaces/default/pods/";
            assertThat(cluster.ok("1.33", "get", "--raw", path + "https:" + id)).isEqualTo("GET /secret");
            TestCluster.Output wrong =
                    cluster.run("1.33", "", "get", "--raw", path + "https:web:" + port + "/proxy/secret");
            assertThat(wrong.err()).contains("Error from server (ServiceUnavailable): error trying to reach service: ");
        } finally {
            secure.stop(0);
        }
    }

    private static SSLContext ofNobody() throws Exception {
        Issued issued = Authority.create("others", Instant.now(), new SecureRandom())
                .server("nobody", List.of("nobody"), Instant.now());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", issued.key(), new char[0], new Certificate[] {issued.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** Another protocol, agreed on by HTTP: here, whatever is sent comes back. */
    @Test
    void aProgramMaySpeakAWebSocket() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 50, address)) {
            Thread.ofVirtual().start(() -> switching(listening));
            String path = "/api/v1/namespaces/default/pods/web:" + listening.getLocalPort() + "/proxy/socket";
            byKubectl("1.33", (client, base) -> {
                URI uri = URI.create(base);
                try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
                    socket.getOutputStream()
                            .write(("GET " + path
                                            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    InputStream in = socket.getInputStream();
                    assertThat(head(in)).startsWith("HTTP/1.1 101").contains("X-Socket: mine");
                    for (String word : List.of("hello", "again")) {
                        socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
                        assertThat(new String(in.readNBytes(word.length()), StandardCharsets.US_ASCII))
                                .isEqualTo(word);
                    }
                }
            });
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int b = in.read();
            assertThat(b).as(head.toString()).isNotNegative();
            head.append((char) b);
        }
        return head.toString();
    }

    private static void switching(ServerSocket listening) {
        try (Socket one = listening.accept()) {
            head(one.getInputStream());
            one.getOutputStream()
                    .write(
                            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Socket: mine\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            one.getInputStream().transferTo(one.getOutputStream());
        } catch (IOException e) {
            // Closed.
        }
    }

    @Test
    void aNodeSaysWhatRunsOnItAndWhatItUses() throws Exception {
        assertThat(cluster.ok("1.33", "get", "--raw", "/api/v1/nodes/n1/proxy/healthz"))
                .isEqualTo("ok");
        assertThat(cluster.ok("1.33", "get", "--raw", "/api/v1/nodes/n1:10250/proxy/pods/"))
                .startsWith("{")
                .contains("\"PodList\"", "\"name\":\"web\"");
        assertThat(cluster.ok("1.33", "get", "--raw", "/api/v1/nodes/n1/proxy/stats/summary"))
                .contains("\"nodeName\":\"n1\"", "\"podRef\":{\"name\":\"web\",\"namespace\":\"default\"");
        assertThat(cluster.ok("1.33", "get", "--raw", "/api/v1/nodes/n1/proxy/containerLogs/default/web/c?tailLines=1"))
                .isEqualTo("said\n");
        assertThat(cluster.ok("1.33", "get", "--raw", "/api/v1/nodes/n1/proxy/metrics"))
                .contains("kubelet_node_name{node=\"n1\"} 1.0\n", "kubelet_running_pods ");
        assertThat(cluster.ok("1.33", "get", "--raw", "/api/v1/nodes/n1/proxy/metrics/resource"))
                .contains("resource_scrape_error ");
        assertThat(cluster.ok("1.33", "get", "--raw", "/api/v1/nodes/n1/proxy/logs/pods/"))
                .contains("<a href=\"default_web_");
        TestCluster.Output none = cluster.run("1.33", "", "get", "--raw", "/api/v1/nodes/n1/proxy/nothing");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("Error from server (NotFound)");
    }
}

package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.limits.WatchLimits;
import io.keelson.orchestrator.testing.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Watches over TLS, with small limits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchesTest {

    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final int WATCHES_OF_USER = 20;

    private TestServer server;
    private HttpClient admin;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory, new WatchLimits(100, WATCHES_OF_USER, 20, 1 << 20));
        admin = server.admin();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private String version() throws IOException, InterruptedException {
        return Json.string(Json.parse(server.get(admin, MAPS).body()), "metadata", "resourceVersion")
                .orElseThrow();
    }

    private void put(String name, String label, String value) throws IOException, InterruptedException {
        String map = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\",\"labels\":{\"l\":\"" + label + "\"}},\"data\":{\"k\":\"" + value + "\"}}";
        HttpResponse<String> answer = server.send(
                admin, "PATCH", MAPS + "/" + name + "?fieldManager=t&force=true", "application/apply-patch+yaml", map);
        assertThat(answer.statusCode()).isBetween(200, 201);
    }

    private BufferedReader watch(String query, String... headers) throws IOException, InterruptedException {
        var request = server.request(MAPS + "?watch=true&" + query);
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<InputStream> answer = admin.send(request.GET().build(), BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private static ObjectNode event(BufferedReader lines) throws IOException {
        return Json.parse(lines.readLine().strip());
    }

    private static String summary(ObjectNode event) {
        return event.get("type").asString() + " "
                + event.at("/object/metadata/name").asString("") + " "
                + event.at("/object/data/k").asString("");
    }

    @Test
    void aTimeThatIsNoneIsRefusedBeforeTheWatchBegins() throws IOException, InterruptedException {
        HttpResponse<String> answer = server.get(admin, MAPS + "?watch=true&timeoutSeconds=soon");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("strconv.ParseInt: parsing").contains("soon");
    }

    @Test
    void aWatchMayBeAskedForForALongTime() throws IOException, InterruptedException {
        String start = version();
        put("patient", "p", "1");
        try (BufferedReader lines = watch(
                "fieldSelector=metadata.name%3Dpatient&timeoutSeconds=999999999999999999&resourceVersion=" + start)) {
            assertThat(summary(event(lines))).isEqualTo("ADDED patient 1");
        }
    }

    @Test
    void objectsEnterAndLeaveASelection() throws IOException, InterruptedException {
        String start = version();
        put("moving", "out", "1");
        try (BufferedReader lines = watch("labelSelector=l%3Din&timeoutSeconds=20&resourceVersion=" + start)) {
            put("moving", "in", "2");
            put("moving", "in", "3");
            put("moving", "out", "4");
            assertThat(List.of(summary(event(lines)), summary(event(lines)), summary(event(lines))))
                    .containsExactly("ADDED moving 2", "MODIFIED moving 3", "DELETED moving 3");
        }
    }

    @Test
    void aSlowReaderIsCutAndTheOthersGoOn() throws IOException, InterruptedException {
        String start = version();
        String query = MAPS + "?watch=true&fieldSelector=metadata.name%3Dlarge&resourceVersion=" + start;
        List<String> slow = new ArrayList<>();
        try (SSLSocket socket =
                (SSLSocket) server.tls(Optional.of(server.authority().client("slow", "CN=slow,O=system:masters")))
                        .getSocketFactory()
                        .createSocket()) {
            socket.setReceiveBufferSize(16 * 1024);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            OutputStream out = socket.getOutputStream();
            out.write(("GET " + query + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            // The answer has begun, so the watch is open.
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1_024);
            assertThat(in.readLine()).contains("200");
            try (BufferedReader quick =
                    watch("fieldSelector=metadata.name%3Dlarge&timeoutSeconds=60&resourceVersion=" + start)) {
                for (int i = 0; i < 60; i++) {
                    put("large", "x", Integer.toString(i) + "x".repeat(300_000));
                    assertThat(event(quick).at("/object/data/k").asString()).startsWith(Integer.toString(i) + "x");
                }
            }
            for (String line = in.readLine(); line != null && !line.equals("0"); line = in.readLine()) {
                slow.add(line);
            }
        }
        String last = slow.stream()
                .filter(line -> line.startsWith("{\"type\":\"ERROR\""))
                .findFirst()
                .orElse("");
        assertThat(last)
                .contains(
                        "\"code\":429", "\"reason\":\"TooManyRequests\"", "watch again from the last resourceVersion");
        assertThat(slow.stream()
                        .filter(line -> line.contains("\"type\":\"MODIFIED\""))
                        .count())
                .as("what it was told before")
                .isLessThan(59);
    }

    @Test
    void everyFormIsToldOfTheSameChange() throws IOException, InterruptedException {
        String query = "timeoutSeconds=20&resourceVersion=" + version();
        try (BufferedReader whole = watch(query);
                BufferedReader metadata =
                        watch(query, "Accept", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
                BufferedReader table = watch(query, "Accept", "application/json;as=Table;g=meta.k8s.io;v=v1")) {
            put("forms", "x", "1");
            put("forms", "x", "2");
            assertThat(summary(event(whole))).isEqualTo("ADDED forms 1");
            assertThat(event(metadata).at("/object/kind").asString()).isEqualTo("PartialObjectMetadata");
            ObjectNode first = event(table);
            assertThat(first.at("/object/rows/0/cells/0").asString()).isEqualTo("forms");
            assertThat(first.at("/object/columnDefinitions")).isNotEmpty();
            assertThat(event(table).at("/object/columnDefinitions"))
                    .as("told once")
                    .isEmpty();
        }
    }

    @Test
    void aUserHasOnlySoManyWatches() throws IOException, InterruptedException {
        HttpClient ann = server.http(Optional.of(server.authority().client("ann", "CN=ann,O=system:masters")));
        List<InputStream> open = new ArrayList<>();
        for (int i = 0; i < WATCHES_OF_USER; i++) {
            open.add(ann.send(
                            server.request(MAPS + "?watch=true&timeoutSeconds=30")
                                    .build(),
                            BodyHandlers.ofInputStream())
                    .body());
        }
        HttpResponse<String> refused = server.get(ann, MAPS + "?watch=true");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(Json.parse(refused.body()).get("message").asString())
                .startsWith("user \"ann\" has 20 open watches on this server");
        for (InputStream each : open) {
            each.close();
        }
    }

    @Test
    void aWatchThatEndsByTimeSaysLastHowFarItWas() throws IOException, InterruptedException {
        String version = version();
        try (BufferedReader lines = watch("timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=" + version
                + "&fieldSelector=metadata.name%3Dnobody")) {
            ObjectNode last = event(lines);
            assertThat(last.get("type").asString()).isEqualTo("BOOKMARK");
            assertThat(Long.parseLong(
                            last.at("/object/metadata/resourceVersion").asString()))
                    .isGreaterThanOrEqualTo(Long.parseLong(version));
            assertThat(lines.readLine()).isNull();
        }
    }

    @Test
    void aWatchEndsWithItsKind() throws IOException, InterruptedException {
        String definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        HttpResponse<String> created = server.send(admin, "POST", definitions, "application/json", """
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
                 "metadata":{"name":"boats.example.com"},
                 "spec":{"group":"example.com","scope":"Namespaced",
                  "names":{"plural":"boats","kind":"Boat"},
                  "versions":[{"name":"v1","served":true,"storage":true,
                   "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}""");
        assertThat(created.statusCode()).isEqualTo(201);
        String boats = "/apis/example.com/v1/namespaces/default/boats";
        TestServer.await("the kind", () -> code(boats) == 200);
        server.send(admin, "POST", boats, "application/json", """
                {"apiVersion":"example.com/v1","kind":"Boat","metadata":{"name":"b"}}""");
        HttpResponse<InputStream> watch = admin.send(
                server.request(boats + "?watch=true&timeoutSeconds=30").build(), BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(watch.body(), StandardCharsets.UTF_8))) {
            assertThat(summary(event(lines))).startsWith("ADDED b");
            server.send(admin, "DELETE", definitions + "/boats.example.com", "application/json", "{}");
            assertThat(summary(event(lines))).startsWith("DELETED b");
            assertThat(lines.readLine()).as("the end").isNull();
        }
        TestServer.await("the kind has gone", () -> code(boats + "?watch=true&timeoutSeconds=1") == 404);
    }

    private int code(String path) {
        try {
            return server.get(admin, path).statusCode();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

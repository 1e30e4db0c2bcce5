package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.limits.WatchLimits;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.store.MemoryKv;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Watches whose events are messages of a WebSocket, by the JDK's client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchOverWebSocketTest {

    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final int WATCHES_OF_USER = 5;

    private final MemoryKv kv = new MemoryKv();
    private TestServer server;
    private HttpClient admin;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory, kv, new WatchLimits(100, WATCHES_OF_USER, 10_000, 1 << 22));
        admin = server.admin();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** Notes messages whole, and last how the socket was closed. */
    private static final class Notes implements WebSocket.Listener {

        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final StringBuilder begun = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            begun.append(data);
            if (last) {
                messages.add(begun.toString());
                begun.setLength(0);
            }
            return WebSocket.Listener.super.onText(socket, data, last);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            messages.add(StandardCharsets.ISO_8859_1.decode(data).toString());
            return WebSocket.Listener.super.onBinary(socket, data, last);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            messages.add("closed " + code);
            return WebSocket.Listener.super.onClose(socket, code, reason);
        }

        String next() {
            try {
                return Optional.ofNullable(messages.poll(30, TimeUnit.SECONDS)).orElse("nothing");
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        String summary() {
            ObjectNode event = Json.parse(next());
            return event.path("type").asString("") + " "
                    + event.at("/object/metadata/name").asString("");
        }
    }

    private WebSocket open(HttpClient client, Notes notes, String query, String... protocols) {
        WebSocket.Builder builder = client.newWebSocketBuilder();
        if (protocols.length > 0) {
            builder.subprotocols(
                    protocols[0],
                    List.of(protocols).subList(1, protocols.length).toArray(String[]::new));
        }
        return builder.buildAsync(at(query), notes).join();
    }

    private URI at(String query) {
        return URI.create(server.url(MAPS).toString().replace("https:", "wss:") + "?watch=true&" + query);
    }

    private int refusal(HttpClient client, String query) {
        CompletionException failed =
                catchThrowableOfType(CompletionException.class, () -> open(client, new Notes(), query));
        if (failed.getCause() instanceof WebSocketHandshakeException refused) {
            return refused.getResponse().statusCode();
        }
        throw failed;
    }

    private String put(String name, String label, String value) throws IOException, InterruptedException {
        String map = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\",\"labels\":{\"l\":\"" + label + "\"}},\"data\":{\"k\":\"" + value + "\"}}";
        HttpResponse<String> answer = server.send(
                admin, "PATCH", MAPS + "/" + name + "?fieldManager=t&force=true", "application/apply-patch+yaml", map);
        assertThat(answer.statusCode()).isBetween(200, 201);
        return Json.string(Json.parse(answer.body()), "metadata", "resourceVersion")
                .orElseThrow();
    }

    @Test
    void whatExistsAndWhatChangesAreMessagesOfTheirOwn() throws IOException, InterruptedException {
        // Short ones, long ones, and such that take all three forms of a length.
        for (int i = 0; i < 6; i++) {
            put("some" + i, "many", "x".repeat(i * 30_000));
        }
        Notes notes = new Notes();
        WebSocket socket = open(admin, notes, "labelSelector=l%3Dmany");
        for (int i = 0; i < 6; i++) {
            ObjectNode event = Json.parse(notes.next());
            assertThat(event.path("type").asString("")).isEqualTo("ADDED");
            assertThat(event.at("/object/metadata/name").asString("")).isEqualTo("some" + i);
            assertThat(event.at("/object/data/k").asString("")).hasSize(i * 30_000);
        }
        put("some0", "many", "changed");
        assertThat(notes.summary()).isEqualTo("MODIFIED some0");
        put("some0", "none", "gone");
        assertThat(notes.summary()).isEqualTo("DELETED some0");
        socket.abort();
    }

    @Test
    void itEndsByTimeWithABookmarkAndAGoodbye() throws IOException, InterruptedException {
        String from = put("ending", "ending", "x");
        Notes notes = new Notes();
        open(
                admin,
                notes,
                "labelSelector=l%3Dnobody&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=" + from);
        assertThat(notes.summary()).startsWith("BOOKMARK");
        assertThat(notes.next()).isEqualTo("closed 1000");
    }

    @Test
    void tablesAreServedAndAProtocolIsAgreedOn() throws IOException, InterruptedException {
        put("shown", "shown", "x");
        Notes notes = new Notes();
        WebSocket socket = open(admin, notes, "labelSelector=l%3Dshown", "v5.channel.k8s.io", "base64.binary.k8s.io");
        assertThat(socket.getSubprotocol()).isEqualTo("v5.channel.k8s.io");
        assertThat(notes.summary()).isEqualTo("ADDED shown");
        socket.abort();
    }

    @Test
    void protobufComesInMessagesOfBytesWithoutALengthBefore() throws IOException, InterruptedException {
        put("coded", "coded", "x");
        Notes notes = new Notes();
        WebSocket socket = admin.newWebSocketBuilder()
                .header("Accept", "application/vnd.kubernetes.protobuf;stream=watch")
                .buildAsync(at("labelSelector=l%3Dcoded"), notes)
                .join();
        // Field 1 of a WatchEvent, its type, and then field 2 with the object, which has its own magic number.
        assertThat(notes.next()).startsWith("\n\u0005ADDED\u0012").contains("k8s\0", "coded");
        socket.abort();
    }

    @Test
    void whoClosesGivesItsWatchBackAtOnce() {
        HttpClient ann = server.http(Optional.of(server.authority().client("ann", "CN=ann,O=system:masters")));
        List<WebSocket> open = new ArrayList<>();
        for (int i = 0; i < WATCHES_OF_USER; i++) {
            open.add(open(ann, new Notes(), "labelSelector=l%3Dnobody"));
        }
        assertThat(refusal(ann, "")).isEqualTo(429);
        Notes last = new Notes();
        open.getFirst().sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        open.getLast().abort();
        for (int i = 0; i < 2; i++) {
            TestServer.await("room for one more", () -> {
                try {
                    open.add(open(ann, last, "labelSelector=l%3Dnobody"));
                    return true;
                } catch (CompletionException full) {
                    return false;
                }
            });
        }
        open.forEach(WebSocket::abort);
    }

    @Test
    void aRevisionThatIsForgottenIsTheOnlyMessage() throws IOException, InterruptedException {
        kv.compact(CompactionRequest.newBuilder()
                .setRevision(Long.parseLong(put("old", "old", "1")))
                .build());
        Notes notes = new Notes();
        open(admin, notes, "resourceVersion=1");
        ObjectNode error = Json.parse(notes.next());
        assertThat(error.path("type").asString("")).isEqualTo("ERROR");
        assertThat(error.at("/object/code").asInt(0)).isEqualTo(410);
        assertThat(error.at("/object/reason").asString("")).isEqualTo("Expired");
        assertThat(notes.next()).isEqualTo("closed 1000");
    }

    @Test
    void whatIsRefusedIsAStatusBeforeTheProtocolChanges() throws IOException, InterruptedException {
        HttpClient nobody = server.http(Optional.of(server.authority().client("bob", "CN=bob")));
        assertThat(refusal(nobody, "")).isEqualTo(403);
        assertThat(refusal(server.http(Optional.empty()), "")).isEqualTo(401);
        assertThat(refusal(admin, "fieldSelector=nonsense%3D1")).isEqualTo(400);
    }
}

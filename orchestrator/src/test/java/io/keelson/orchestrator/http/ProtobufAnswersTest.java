package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Protobuf;
import io.keelson.orchestrator.testing.RawHttp;
import io.keelson.orchestrator.testing.TestServer;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime;
import io.kubernetes.client.proto.V1;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Answers in protobuf, as clients in Go ask for them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProtobufAnswersTest {

    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String THINGS = "/apis/proto.example.com/v1/namespaces/default/things";
    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
    private static final String METADATA = PROTOBUF + ";as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

    private TestServer server;
    private HttpClient admin;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        server = TestServer.start(directory);
        admin = server.admin();
        post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.proto.example.com"},
                 "spec":{"group":"proto.example.com","scope":"Namespaced","names":{"plural":"things","kind":"Thing"},"versions":[
                  {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}""");
        TestServer.await(
                "the kind is served", () -> server.api().kinds().named("things").isPresent());
        post(THINGS, "{\"apiVersion\":\"proto.example.com/v1\",\"kind\":\"Thing\",\"metadata\":{\"name\":\"t\"}}");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private void post(String path, String object) throws IOException, InterruptedException {
        HttpResponse<String> answer = server.send(admin, "POST", path, "application/json", object);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private void map(String name, String label) throws IOException, InterruptedException {
        post(
                MAPS,
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                        + "\",\"labels\":{\"l\":\"" + label + "\"}},\"data\":{\"k\":\"v\"}}");
    }

    private HttpResponse<byte[]> get(String path, String accept) throws IOException, InterruptedException {
        return admin.send(server.request(path).header("Accept", accept).build(), BodyHandlers.ofByteArray());
    }

    private static String type(HttpResponse<?> answer) {
        return answer.headers().firstValue("Content-Type").orElse("");
    }

    @Test
    void anObjectAndAListAreAnsweredInProtobuf() throws IOException, InterruptedException {
        map("a", "list");
        map("b", "list");
        HttpResponse<byte[]> one = get(MAPS + "/a", PROTOBUF + ",application/json");
        assertThat(type(one)).isEqualTo(PROTOBUF);
        assertThat(Protobuf.decode(one.body()))
                .isEqualTo(Json.parse(server.get(admin, MAPS + "/a").body()));
        for (String query : List.of(
                "?labelSelector=l%3Dlist", "?fieldSelector=metadata.namespace%3Ddefault&labelSelector=l%3Dlist")) {
            HttpResponse<byte[]> list = get(MAPS + query, PROTOBUF);
            assertThat(type(list)).isEqualTo(PROTOBUF);
            V1.ConfigMapList maps =
                    V1.ConfigMapList.parseFrom(unknown(list.body()).getRaw());
            assertThat(maps.getItemsList())
                    .extracting(map -> map.getMetadata().getName())
                    .containsExactly("a", "b");
            assertThat(maps.getMetadata().getResourceVersion()).isNotEmpty();
        }
        HttpResponse<byte[]> page = get(MAPS + "?limit=1", PROTOBUF);
        assertThat(V1.ConfigMapList.parseFrom(unknown(page.body()).getRaw())
                        .getMetadata()
                        .getContinue())
                .isNotEmpty();
    }

    private static Runtime.Unknown unknown(byte[] body) throws IOException {
        return Runtime.Unknown.parseFrom(ByteBuffer.wrap(body, 4, body.length - 4));
    }

    @Test
    void onlyMetadataIsAnsweredInProtobufAlsoOfCustomKinds() throws IOException, InterruptedException {
        HttpResponse<byte[]> list = get(THINGS, METADATA.replace("Metadata;", "MetadataList;"));
        Meta.PartialObjectMetadataList things =
                Meta.PartialObjectMetadataList.parseFrom(unknown(list.body()).getRaw());
        assertThat(things.getItems(0).getMetadata().getName()).isEqualTo("t");
        assertThat(unknown(get(THINGS + "/t", METADATA).body()).getTypeMeta().getKind())
                .isEqualTo("PartialObjectMetadata");
    }

    @Test
    void customObjectsHaveNoSuchForm() throws IOException, InterruptedException {
        HttpResponse<byte[]> refused = get(THINGS, PROTOBUF);
        assertThat(refused.statusCode()).isEqualTo(406);
        assertThat(Json.parse(refused.body()).get("message").asString())
                .isEqualTo("only the following media types are accepted: application/json, application/yaml");
        assertThat(type(get(THINGS, PROTOBUF + ",application/json"))).isEqualTo("application/json");
        assertThat(get(THINGS + "?watch=1", PROTOBUF + ";stream=watch").statusCode())
                .isEqualTo(406);
        assertThat(type(get(THINGS + "?watch=1&timeoutSeconds=1", PROTOBUF + ";stream=watch, application/json")))
                .isEqualTo("application/json");
    }

    private record Event(String type, ObjectNode object) {}

    private static Event event(DataInputStream in) throws IOException {
        Meta.WatchEvent event = Meta.WatchEvent.parseFrom(in.readNBytes(in.readInt()));
        return new Event(
                event.getType(), Protobuf.decode(event.getObject().getRaw().toByteArray()));
    }

    @Test
    void aWatchIsAStreamOfMessages() throws IOException, InterruptedException {
        map("w1", "watch");
        HttpResponse<InputStream> answer = admin.send(
                server.request(MAPS + "?watch=1&labelSelector=l%3Dwatch&sendInitialEvents=true&allowWatchBookmarks=true"
                                + "&resourceVersionMatch=NotOlderThan&timeoutSeconds=5")
                        .header("Accept", PROTOBUF + ";stream=watch")
                        .build(),
                BodyHandlers.ofInputStream());
        assertThat(type(answer)).isEqualTo(PROTOBUF + ";stream=watch");
        try (DataInputStream in = new DataInputStream(answer.body())) {
            Event first = event(in);
            assertThat(first.type()).isEqualTo("ADDED");
            assertThat(first.object())
                    .isEqualTo(Json.parse(server.get(admin, MAPS + "/w1").body()));
            Event bookmark = event(in);
            assertThat(bookmark.type()).isEqualTo("BOOKMARK");
            assertThat(Json.string(bookmark.object(), "metadata", "annotations", "k8s.io/initial-events-end"))
                    .contains("true");
            map("w2", "watch");
            assertThat(Json.string(event(in).object(), "metadata", "name")).contains("w2");
            assertThat(event(in).type()).as("before the watch ends by time").isEqualTo("BOOKMARK");
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void aQuietWatchBeginsAtOnceOverBothProtocols() throws IOException, InterruptedException {
        String version = Json.string(Json.parse(server.get(admin, MAPS).body()), "metadata", "resourceVersion")
                .orElseThrow();
        String quiet = MAPS + "?watch=1&labelSelector=l%3Dnone&timeoutSeconds=90&resourceVersion=" + version;
        HttpResponse<InputStream> answer = admin.send(
                server.request(quiet)
                        .header("Accept", PROTOBUF + ";stream=watch")
                        .build(),
                BodyHandlers.ofInputStream());
        answer.body().close();
        assertThat(answer.statusCode())
                .as("before the request's own time is over")
                .isEqualTo(200);
        try (RawHttp http = RawHttp.connect(admin.sslContext(), server.port())) {
            RawHttp.Answer raw = http.send(
                    "GET", quiet.replace("=90&", "=1&"), List.of("Accept: " + PROTOBUF + ";stream=watch"), new byte[0]);
            assertThat(raw.code()).isEqualTo(200);
            assertThat(raw.body()).isEmpty();
        }
    }
}

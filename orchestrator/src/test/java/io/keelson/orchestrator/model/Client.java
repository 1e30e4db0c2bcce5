package io.keelson.orchestrator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.model.History.Told;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.ListResponse;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.WatchEvent;
import io.keelson.proto.v1.WatchRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/** A client over sockets: REST over HTTP/1.1, and gRPC. */
final class Client {

    private final TestServer server;
    private final HttpClient http;
    private final ManagedChannel channel;

    Client(TestServer server, HttpClient http, ManagedChannel channel) {
        this.server = server;
        this.http = http;
        this.channel = channel;
    }

    /** An answer over REST; never one that blames the server. */
    record Answer(int code, ObjectNode body) {

        String reason() {
            return body.path("reason").asString("");
        }

        long revision() {
            return Long.parseLong(body.path("metadata").path("resourceVersion").asString("0"));
        }
    }

    Answer send(String method, String path, String type, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                server.request(path)
                        .version(HttpClient.Version.HTTP_1_1)
                        .header("Content-Type", type)
                        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode())
                .as(method + " " + path + " " + body + ": " + response.body())
                .isLessThan(500);
        return new Answer(response.statusCode(), Json.parse(response.body()));
    }

    Answer get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                server.request(path).version(HttpClient.Version.HTTP_1_1).build(), BodyHandlers.ofString());
        return new Answer(response.statusCode(), Json.parse(response.body()));
    }

    ListResponse list(Selection selection, long limit, String token) {
        return ResourcesGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .list(ListRequest.newBuilder()
                        .setKind(kind(selection.row()))
                        .setNamespace(selection.namespace())
                        .setLabelSelector(selection.labelText())
                        .setFieldSelector(selection.fieldText())
                        .setLimit(limit)
                        .setContinue(token)
                        .setEncoding(Encoding.ENCODING_JSON)
                        .build());
    }

    private static KindRef kind(Row row) {
        return KindRef.newBuilder()
                .setApiVersion(row.apiVersion())
                .setKind(row.kind())
                .build();
    }

    /** Watches over REST until the server ends the stream. */
    Running watch(Watcher watcher, String parameters) {
        String path = watcher.selection().row().path(watcher.selection().namespace())
                + watcher.selection().query() + "&watch=true" + parameters;
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                var response = http.send(
                        server.request(path)
                                .version(HttpClient.Version.HTTP_1_1)
                                .build(),
                        BodyHandlers.ofInputStream());
                try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        if (!line.isBlank()) {
                            note(watcher, response.statusCode(), Json.parse(line.strip()));
                        }
                    }
                }
            } catch (IOException | InterruptedException | RuntimeException e) {
                watcher.failures().add(path + ": " + e);
            }
        });
        return new Running(watcher, thread, () -> {});
    }

    private static void note(Watcher watcher, int code, ObjectNode line) {
        if (code == 410) {
            watcher.told().add(new Told(Watcher.EXPIRED, 0, Json.object()));
        } else if (code != 200) {
            watcher.failures().add(line.toString());
        } else {
            String type = line.path("type").asString("");
            ObjectNode object = (ObjectNode) line.get("object");
            long revision = Long.parseLong(
                    object.path("metadata").path("resourceVersion").asString("0"));
            if (type.equals("ERROR") && object.path("code").asInt() == 410) {
                watcher.told().add(new Told(Watcher.EXPIRED, 0, Json.object()));
            } else if (object.path("metadata").path("annotations").has("k8s.io/initial-events-end")) {
                watcher.told().add(new Told(Watcher.INITIAL_END, revision, object));
            } else if (type.equals("ERROR")) {
                watcher.failures().add(line.toString());
            } else {
                watcher.told().add(new Told(type, revision, object));
            }
        }
    }

    /** Watches over gRPC until the client ends it. */
    Running watchOverGrpc(Selection selection, long from, long before) {
        Watcher watcher = new Watcher(
                "gRPC", selection, from, before, new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
        Context.CancellableContext context = Context.current().withCancellation();
        Thread thread = Thread.ofVirtual().start(context.wrap(() -> {
            try {
                ResourcesGrpc.newBlockingStub(channel)
                        .watch(WatchRequest.newBuilder()
                                .setKind(kind(selection.row()))
                                .setNamespace(selection.namespace())
                                .setLabelSelector(selection.labelText())
                                .setFieldSelector(selection.fieldText())
                                .setFromRevision(from)
                                .setEncoding(Encoding.ENCODING_JSON)
                                .build())
                        .forEachRemaining(event -> watcher.told().add(told(event)));
            } catch (StatusRuntimeException e) {
                switch (e.getStatus().getCode()) {
                    case CANCELLED -> {}
                    case OUT_OF_RANGE -> watcher.told().add(new Told(Watcher.EXPIRED, 0, Json.object()));
                    default -> watcher.failures().add(e.toString());
                }
            }
        }));
        return new Running(watcher, thread, () -> context.cancel(null));
    }

    private static Told told(WatchEvent event) {
        ObjectNode object = event.getType() == WatchEvent.Type.BOOKMARK
                ? Json.object()
                : Json.parse(event.getObject().getJson().toByteArray());
        return new Told(event.getType().name(), event.getRevision(), object);
    }

    /** A watch under way. */
    record Running(Watcher watcher, Thread thread, Runnable cancel) {

        boolean expired() {
            List<Told> told = watcher.told();
            return !told.isEmpty() && told.getLast().type().equals(Watcher.EXPIRED);
        }
    }
}

package io.keelson.orchestrator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** Writes at random, each answer compared with what is known of the object and what must have become of it. */
final class Writing {

    private static final String HOLD = "model.example.com/hold";

    private final Client client;
    private final History history;
    private final Random random;
    private final List<String> namespaces;
    private final List<String> names;

    Writing(Client client, History history, Random random, List<String> namespaces, List<String> names) {
        this.client = client;
        this.history = history;
        this.random = random;
        this.namespaces = namespaces;
        this.names = names;
    }

    void step() throws IOException, InterruptedException {
        Row row = Row.ALL.get(random.nextInt(Row.ALL.size()));
        History.Key key = new History.Key(
                row,
                row.namespaced() ? namespaces.get(random.nextInt(namespaces.size())) : "",
                names.get(random.nextInt(names.size())));
        history.catchUp();
        Optional<History.Entry> last =
                history.last(key).filter(entry -> entry.after().isPresent());
        if (last.isEmpty()) {
            create(key);
            return;
        }
        switch (random.nextInt(12)) {
            case 0 -> createAgain(key);
            case 1, 2 -> update(key, last.get());
            case 3, 4 -> mergeLabels(key, last.get());
            case 5 -> jsonPatch(key, last.get());
            case 6 -> apply(key);
            case 7 -> status(key);
            case 8 -> field(key);
            case 9 -> delete(key);
            case 10 -> release(key, last.get());
            default -> {
                if (random.nextInt(4) == 0) {
                    deleteCollection(row, key.namespace());
                } else {
                    delete(key);
                }
            }
        }
    }

    private static String path(History.Key key) {
        return key.row().path(key.namespace()) + "/" + key.name();
    }

    private Map<String, String> drawLabels() {
        Map<String, String> labels = new TreeMap<>();
        for (String label : Selection.LABELS) {
            if (random.nextBoolean()) {
                labels.put(label, Selection.VALUES.get(random.nextInt(3)));
            }
        }
        return labels;
    }

    private static void put(ObjectNode object, Map<String, String> labels) {
        ObjectNode node = Json.object();
        labels.forEach(node::put);
        Json.child(object, "metadata").set("labels", node);
    }

    private ObjectNode body(History.Key key, Map<String, String> labels) {
        ObjectNode object = Json.object()
                .put("apiVersion", key.row().apiVersion())
                .put("kind", key.row().kind());
        ObjectNode metadata = Json.child(object, "metadata").put("name", key.name());
        put(object, labels);
        if (random.nextInt(4) == 0) {
            metadata.putArray("finalizers").add(HOLD);
        }
        if (key.row().equals(Row.PODS)) {
            ObjectNode spec =
                    Json.child(object, "spec").put("restartPolicy", random.nextBoolean() ? "Always" : "Never");
            spec.putArray("containers").addObject().put("name", "c").put("image", "i");
            if (random.nextBoolean()) {
                spec.put("nodeName", names.get(random.nextInt(names.size())));
            }
        } else if (key.row().equals(Row.WIDGETS)) {
            Json.child(object, "spec").put("size", Selection.VALUES.get(random.nextInt(3)));
        } else if (key.row().equals(Row.CONFIG_MAPS)) {
            Json.child(object, "data").put("k", Integer.toString(random.nextInt()));
        }
        return object;
    }

    private void create(History.Key key) throws IOException, InterruptedException {
        Map<String, String> labels = drawLabels();
        Client.Answer answer =
                client.send("POST", key.row().path(key.namespace()), "application/json", Json.text(body(key, labels)));
        assertThat(answer.code()).as(answer.toString()).isEqualTo(201);
        assertStored(key, answer, labels);
    }

    private void createAgain(History.Key key) throws IOException, InterruptedException {
        Client.Answer answer = client.send(
                "POST", key.row().path(key.namespace()), "application/json", Json.text(body(key, Map.of())));
        if (stillThere(key)) {
            assertThat(answer.reason()).as(answer.toString()).isEqualTo("AlreadyExists");
        }
    }

    private boolean stillThere(History.Key key) throws InterruptedException {
        history.catchUp();
        return history.last(key).flatMap(History.Entry::after).isPresent();
    }

    private void update(History.Key key, History.Entry last) throws IOException, InterruptedException {
        ObjectNode object = History.shown(last.after().orElseThrow(), last.revision());
        Map<String, String> labels = drawLabels();
        put(object, labels);
        boolean stale = random.nextInt(3) == 0;
        if (stale) {
            Json.child(object, "metadata").put("resourceVersion", Long.toString(last.revision() - 1));
        }
        Client.Answer answer = client.send("PUT", path(key), "application/json", Json.text(object));
        if (stale && stillThere(key)) {
            assertThat(answer.reason()).as(answer.toString()).isEqualTo("Conflict");
        } else if (answer.code() == 200) {
            assertStored(key, answer, labels);
        } else {
            assertOvertaken(key, last, answer);
        }
    }

    private void assertOvertaken(History.Key key, History.Entry last, Client.Answer answer)
            throws InterruptedException {
        history.catchUp();
        assertThat(history.last(key).orElseThrow().revision())
                .as("%s although nobody else wrote %s", answer, key)
                .isGreaterThan(last.revision());
        assertThat(answer.reason()).as(answer.toString()).isIn("Conflict", "NotFound");
    }

    private void mergeLabels(History.Key key, History.Entry last) throws IOException, InterruptedException {
        Map<String, String> labels = new TreeMap<>(Json.strings(last.after().orElseThrow(), "metadata", "labels"));
        ObjectNode patch = Json.object();
        ObjectNode changes = Json.child(Json.child(patch, "metadata"), "labels");
        String label = Selection.LABELS.get(random.nextInt(3));
        if (random.nextBoolean()) {
            changes.putNull(label);
            labels.remove(label);
        } else {
            String value = Selection.VALUES.get(random.nextInt(3));
            changes.put(label, value);
            labels.put(label, value);
        }
        boolean strategic = !key.row().equals(Row.WIDGETS) && random.nextBoolean();
        Client.Answer answer = client.send(
                "PATCH",
                path(key),
                strategic ? "application/strategic-merge-patch+json" : "application/merge-patch+json",
                Json.text(patch));
        judge(key, last, answer, labels);
    }

    private void jsonPatch(History.Key key, History.Entry last) throws IOException, InterruptedException {
        Map<String, String> labels = drawLabels();
        ObjectNode object = Json.object();
        put(object, labels);
        String patch = "[{\"op\":\"test\",\"path\":\"/metadata/name\",\"value\":\"" + key.name()
                + "\"},{\"op\":\"add\",\"path\":\"/metadata/labels\",\"value\":"
                + Json.child(Json.child(object, "metadata"), "labels") + "}]";
        judge(key, last, client.send("PATCH", path(key), "application/json-patch+json", patch), labels);
    }

    private void judge(History.Key key, History.Entry last, Client.Answer answer, Map<String, String> labels)
            throws InterruptedException {
        if (answer.code() == 200) {
            assertStored(key, answer, labels);
        } else {
            assertOvertaken(key, last, answer);
        }
    }

    private void apply(History.Key key) throws IOException, InterruptedException {
        Map<String, String> labels = drawLabels();
        Client.Answer answer = client.send(
                "PATCH",
                path(key) + "?fieldManager=m" + random.nextInt(2) + "&force=true",
                "application/apply-patch+yaml",
                Json.text(body(key, labels)));
        if (answer.code() == 200 || answer.code() == 201) {
            history.catchUp();
            Optional<History.Entry> entry = history.at(key, answer.revision());
            assertThat(entry).as("%s answered %s", key, answer).isPresent();
            // What is ending, and loses its last finalizer as its applier does not name it any more, is no more.
            entry.get()
                    .after()
                    .ifPresent(stored -> assertThat(Json.strings(stored, "metadata", "labels"))
                            .containsAllEntriesOf(labels));
        } else {
            // A pod's spec cannot be changed so; and what is ending gets no finalizers.
            assertThat(answer.reason()).as(answer.toString()).isIn("Invalid", "Forbidden");
        }
    }

    private void status(History.Key key) throws IOException, InterruptedException {
        String phase = List.of("Pending", "Running", "Failed").get(random.nextInt(3));
        Client.Answer answer = client.send(
                "PATCH",
                path(key) + "/status",
                "application/merge-patch+json",
                "{\"metadata\":{\"labels\":{\"a\":\"1\"}},\"status\":{\"phase\":\"" + phase + "\"}}");
        if (key.row().equals(Row.CONFIG_MAPS)) {
            assertThat(answer.code()).isEqualTo(404);
        } else if (answer.code() == 200) {
            history.catchUp();
            if (!key.row().equals(Row.NODES)) {
                assertThat(Json.string(at(key, answer.revision()), "status", "phase"))
                        .contains(phase);
            }
        }
    }

    private void field(History.Key key) throws IOException, InterruptedException {
        String patch = key.row().equals(Row.NODES)
                ? "{\"spec\":{\"unschedulable\":" + random.nextBoolean() + "}}"
                : key.row().equals(Row.WIDGETS)
                        ? "{\"spec\":{\"size\":" + (random.nextBoolean() ? "null" : "\"2\"") + "}}"
                        : "{\"metadata\":{\"annotations\":{\"x\":\"" + random.nextInt(3) + "\"}}}";
        client.send("PATCH", path(key), "application/merge-patch+json", patch);
    }

    private void delete(History.Key key) throws IOException, InterruptedException {
        Client.Answer answer = client.send(
                "DELETE",
                path(key),
                "application/json",
                random.nextBoolean() ? "{}" : "{\"gracePeriodSeconds\":0,\"propagationPolicy\":\"Background\"}");
        if (answer.code() == 200) {
            history.catchUp();
            history.last(key)
                    .flatMap(History.Entry::after)
                    .ifPresent(left -> assertThat(Json.string(left, "metadata", "deletionTimestamp"))
                            .as("%s was deleted: %s", key, answer)
                            .isPresent());
        } else {
            assertThat(answer.reason()).as(answer.toString()).isIn("NotFound");
        }
    }

    private void release(History.Key key, History.Entry last) throws IOException, InterruptedException {
        Client.Answer answer =
                client.send("PATCH", path(key), "application/merge-patch+json", "{\"metadata\":{\"finalizers\":null}}");
        assertThat(answer.code()).as(answer.toString()).isIn(200, 404);
        history.catchUp();
        ObjectNode before = last.after().orElseThrow();
        boolean ended = Json.string(before, "metadata", "deletionTimestamp").isPresent()
                && !key.row().equals(Row.PODS);
        if (ended) {
            assertThat(history.last(key).flatMap(History.Entry::after)).isEmpty();
        }
    }

    private void deleteCollection(Row row, String namespace) throws IOException, InterruptedException {
        Selection selection = Selection.draw(random, row, namespaces, names);
        Selection here = new Selection(row, namespace, selection.labels(), selection.fields());
        long before = history.catchUp();
        List<History.Key> selected = new ArrayList<>(history.state(here, before).keySet());
        Client.Answer answer = client.send("DELETE", row.path(namespace) + here.query(), "application/json", "{}");
        assertThat(answer.code()).as(answer.toString()).isEqualTo(200);
        history.catchUp();
        for (History.Key key : selected) {
            History.Entry last = history.last(key).orElseThrow();
            last.after().ifPresent(left -> {
                boolean ends =
                        Json.string(left, "metadata", "deletionTimestamp").isPresent();
                assertThat(ends || last.revision() > before)
                        .as("%s was selected by %s and deleted: %s", key, here, answer)
                        .isTrue();
            });
        }
    }

    /** Exactly what was answered stands in history, at the revision that was answered, with these labels. */
    private void assertStored(History.Key key, Client.Answer answer, Map<String, String> labels)
            throws InterruptedException {
        history.catchUp();
        Optional<History.Entry> entry = history.at(key, answer.revision());
        assertThat(entry).as("%s answered %s", key, answer).isPresent();
        // Whose last finalizer went is answered as it was, at the revision at which it is no more.
        entry.get().after().ifPresent(stored -> {
            assertThat(answer.body()).isEqualTo(History.shown(stored, answer.revision()));
            assertThat(Json.strings(stored, "metadata", "labels")).isEqualTo(labels);
        });
    }

    private ObjectNode at(History.Key key, long revision) {
        return history.at(key, revision).flatMap(History.Entry::after).orElseThrow();
    }
}

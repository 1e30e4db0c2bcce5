package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.ProtobufWriter;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.testing.Complaints;
import io.keelson.orchestrator.testing.Mutations;
import io.keelson.orchestrator.testing.RawHttp;
import io.keelson.orchestrator.testing.Samples;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every verb on objects of every kind that is built in, made wrong by chance, in every form of body: each has an answer that does not blame
 * the server, what is taken can be read in every form, and the controllers go on. What is around the objects {@link RequestFuzzTest} makes
 * wrong.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KindFuzzTest {

    /** These would have a say in every write that comes after them, so they are only tried. */
    private static final Set<String> MEDDLING = Set.of(
            "ValidatingWebhookConfiguration",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicyBinding",
            "MutatingAdmissionPolicyBinding");

    private static final List<String> PARAMETERS = List.of(
            "dryRun=All",
            "fieldValidation=Strict",
            "fieldValidation=Warn",
            "fieldValidation=Ignore",
            "fieldManager=b",
            "fieldManager=%00",
            "force=true",
            "pretty=1",
            "gracePeriodSeconds=9223372036854775807",
            "gracePeriodSeconds=-1",
            "propagationPolicy=Foreground",
            "propagationPolicy=Orphan",
            "orphanDependents=true",
            "resourceVersion=0",
            "resourceVersion=99999999999999999999",
            "limit=9223372036854775807",
            "limit=1",
            "continue=%7B%7D",
            "labelSelector=a,!b,c%20in%20(d,e),f%3E1",
            "fieldSelector=metadata.name%3Dx",
            "fieldSelector=spec.nodeName!%3D",
            "timeoutSeconds=0",
            "at=1");

    private static final List<String> FORMS = List.of(
            "application/json",
            "application/yaml",
            "application/vnd.kubernetes.protobuf,application/json",
            "application/json;as=Table;v=v1;g=meta.k8s.io",
            "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json",
            "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json",
            "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json",
            "application/cbor",
            "*/*");

    /** Long, and of a form that expressions must go through step by step. */
    private static final List<String> LONG =
            List.of("a", "a.", "a-", "A_", "1.", "/a", "%41", "a,", "1:", "é", "a=b,", "((a");

    private final Random random = new Random(Mutations.seed());
    private final Mutations mutations = new Mutations(random, Samples.fieldNames());
    private final Mutations bytes =
            new Mutations(random, List.of("null", "[]", "{}", "\"\"", "- ", ": ", "\0", "\377"));
    private final List<ObjectNode> samples = Samples.objects();
    private final Complaints complaints = new Complaints();
    private TestServer server;
    private SSLContext tls;

    /** One request. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Sent(String method, String target, List<String> headers, byte[] body) {

        @Override
        public String toString() {
            String text = new String(body, StandardCharsets.UTF_8);
            return method + " " + target + " " + headers + "\n"
                    + (text.length() > 5_000 ? text.substring(0, 5_000) + "..." : text);
        }
    }

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
        tls = server.tls(Optional.of(server.authority().client("admin", "CN=admin,O=system:masters")));
    }

    @AfterAll
    void stop() {
        complaints.close();
        server.close();
    }

    @Test
    void everyVerbOnEveryKindHasAnAnswerThatDoesNotBlameTheServer() throws IOException {
        int[] codes = new int[600];
        RawHttp http = RawHttp.connect(tls, server.port());
        for (int round = 0; round < Mutations.rounds(500); round++) {
            Sent sent = request();
            String what = "seed " + Mutations.seed() + ", round " + round + ": " + sent;
            RawHttp.Answer answer;
            try {
                answer = http.send(sent.method(), sent.target(), sent.headers(), sent.body());
            } catch (IOException e) {
                http.close();
                fail(what, e);
                return;
            }
            codes[answer.code()]++;
            boolean future = answer.code() == 504 && answer.text().contains("Too large resource version");
            assertThat(answer.code() < 500 || future)
                    .as(what + "\n" + answer.code() + " " + answer.text())
                    .isTrue();
            assertThat(complaints.first()).as(what).isEmpty();
            if (!answer.goesOn()) {
                http.close();
                http = RawHttp.connect(tls, server.port());
            }
        }
        http.close();
        assertThat(codes[200] + codes[201]).as("requests that were fine").isGreaterThan(100);
        everyKindCanBeReadInEveryForm();
        controllersGoOn();
        assertThat(complaints.first()).as("seed " + Mutations.seed()).isEmpty();
    }

    private Sent request() {
        ObjectNode sample = samples.get(random.nextInt(samples.size()));
        Kind kind = Samples.kind(sample);
        ObjectNode object = object(sample, kind);
        String name = random.nextInt(3) == 0 ? "x" : "x" + random.nextInt(3);
        Json.child(object, "metadata").put("name", name(sample, name));
        List<String> parameters = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            parameters.add(PARAMETERS.get(random.nextInt(PARAMETERS.size())));
        }
        if (MEDDLING.contains(kind.kind()) || sample.path("spec").has("conversion")) {
            parameters.removeIf(parameter -> parameter.startsWith("dryRun"));
            parameters.add("dryRun=All");
        }
        String all = path(kind);
        String one = all + "/" + name(sample, name);
        int way = random.nextInt(20);
        if (way < 7) {
            return withObject("POST", all, parameters, object, kind);
        } else if (way < 9) {
            return withObject("PUT", one + subresource(kind), parameters, object, kind);
        } else if (way < 15) {
            return patch(one + subresource(kind), parameters, sample, object);
        } else if (way == 15) {
            return sent("DELETE", one, parameters, "application/json", new byte[0]);
        } else if (way == 16) {
            boolean many = random.nextInt(4) == 0 && !kind.kind().equals("Namespace");
            return sent("DELETE", many ? all : one, parameters, "application/json", options());
        }
        return sent("GET", random.nextBoolean() ? all : one + subresource(kind), parameters, "text/plain", new byte[0]);
    }

    /** Definitions and a few others are not named as they like. */
    private static String name(ObjectNode sample, String name) {
        String own = sample.path("metadata").path("name").asString("x");
        return own.matches("[a-z]{1,3}") ? name : own;
    }

    private static String path(Kind kind) {
        return (kind.group().isEmpty() ? "/api/" : "/apis/" + kind.group() + "/")
                + kind.version()
                + (kind.namespaced() ? "/namespaces/default/" : "/")
                + kind.resource();
    }

    private String subresource(Kind kind) {
        List<String> all = new ArrayList<>(kind.subresources());
        all.removeAll(List.of("log", "exec", "attach", "portforward", "proxy"));
        all.sort(null);
        return all.isEmpty() || random.nextBoolean() ? "" : "/" + all.get(random.nextInt(all.size()));
    }

    /** Of a kind, in the namespace of this test, as it should be or not. */
    private ObjectNode object(ObjectNode sample, Kind kind) {
        ObjectNode object = random.nextInt(6) == 0 ? sample.deepCopy() : mutations.of(sample);
        if (random.nextInt(10) > 0) {
            object.set("apiVersion", sample.get("apiVersion"));
            object.set("kind", sample.get("kind"));
        }
        if (kind.namespaced() && random.nextInt(20) > 0) {
            Json.child(object, "metadata").put("namespace", "default");
        }
        if (random.nextInt(15) == 0) {
            lengthen(object);
        }
        return object;
    }

    /** Makes one text or name in an object very long. */
    private void lengthen(ObjectNode object) {
        List<ObjectNode> places = new ArrayList<>();
        places.add(object);
        for (int i = 0; i < places.size(); i++) {
            for (JsonNode child : places.get(i)) {
                if (child instanceof ObjectNode deeper) {
                    places.add(deeper);
                } else if (child instanceof ArrayNode items) {
                    items.forEach(item -> {
                        if (item instanceof ObjectNode deeper) {
                            places.add(deeper);
                        }
                    });
                }
            }
        }
        ObjectNode place = places.get(random.nextInt(places.size()));
        List<String> names = new ArrayList<>(place.propertyNames());
        String text = LONG.get(random.nextInt(LONG.size())).repeat(1 + random.nextInt(60_000));
        if (names.isEmpty() || random.nextInt(4) == 0) {
            place.put(text, "x");
        } else {
            place.put(names.get(random.nextInt(names.size())), text);
        }
    }

    private byte[] options() {
        return Json.write(mutations.of(Json.parse("""
                {"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"x","resourceVersion":"1"},"gracePeriodSeconds":1,
                 "propagationPolicy":"Background","dryRun":[]}""")));
    }

    private Sent withObject(String method, String path, List<String> parameters, ObjectNode object, Kind kind) {
        return switch (random.nextInt(8)) {
            case 0 -> sent(method, path, parameters, "application/yaml", Json.write(object));
            case 1 -> protobuf(method, path, parameters, object, kind);
            case 2 -> sent(method, path, parameters, "application/json", bytes.of(Json.write(object)));
            default -> sent(method, path, parameters, "application/json", Json.write(object));
        };
    }

    private Sent protobuf(String method, String path, List<String> parameters, ObjectNode object, Kind kind) {
        byte[] body;
        try {
            object.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
            body = ProtobufWriter.write(object);
        } catch (RuntimeException hasNoSuchForm) {
            body = new byte[] {'k', '8', 's', 0};
        }
        return sent(
                method,
                path,
                parameters,
                "application/vnd.kubernetes.protobuf",
                random.nextBoolean() ? body : bytes.of(body));
    }

    private Sent patch(String path, List<String> parameters, ObjectNode sample, ObjectNode object) {
        ObjectNode merge = random.nextBoolean() ? object : difference(object, sample);
        return switch (random.nextInt(4)) {
            case 0 -> sent("PATCH", path, parameters, "application/merge-patch+json", Json.write(merge));
            case 1 -> sent("PATCH", path, parameters, "application/strategic-merge-patch+json", Json.write(merge));
            case 2 ->
                sent(
                        "PATCH",
                        path,
                        parameters,
                        "application/json-patch+json",
                        operations(object).toString().getBytes(StandardCharsets.UTF_8));
            default -> {
                parameters.add("fieldManager=m" + random.nextInt(3));
                parameters.add("force=" + random.nextBoolean());
                yield sent("PATCH", path, parameters, "application/apply-patch+yaml", Json.write(object));
            }
        };
    }

    /** The fields of one that the other has not. */
    private static ObjectNode difference(ObjectNode one, ObjectNode other) {
        ObjectNode difference = one.deepCopy();
        one.propertyNames().stream()
                .filter(field -> one.get(field).equals(other.get(field)))
                .forEach(difference::remove);
        return difference;
    }

    private ArrayNode operations(ObjectNode object) {
        ArrayNode operations = Json.array();
        List<String> pointers = new ArrayList<>();
        pointers(object, "", pointers);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            ObjectNode operation = operations.addObject();
            operation.put(
                    "op",
                    List.of("add", "replace", "remove", "copy", "move", "test").get(random.nextInt(6)));
            operation.put("path", pointers.get(random.nextInt(pointers.size())));
            operation.put("from", pointers.get(random.nextInt(pointers.size())));
            operation.set("value", mutations.node());
        }
        return operations;
    }

    private static void pointers(JsonNode node, String path, List<String> into) {
        into.add(path);
        if (node instanceof ObjectNode object) {
            object.properties().forEach(field -> {
                if (field.getKey().length() < 100) {
                    String name = field.getKey().replace("~", "~0").replace("/", "~1");
                    pointers(field.getValue(), path + "/" + name, into);
                }
            });
        } else if (node instanceof ArrayNode items) {
            into.add(path + "/-");
            for (int i = 0; i < items.size(); i++) {
                pointers(items.get(i), path + "/" + i, into);
            }
        }
    }

    private Sent sent(String method, String path, List<String> parameters, String type, byte[] body) {
        List<String> headers = new ArrayList<>();
        if (body.length > 0) {
            headers.add("Content-Type: " + type);
        }
        if (random.nextInt(3) == 0) {
            headers.add("Accept: " + FORMS.get(random.nextInt(FORMS.size())));
        }
        String query = parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
        return new Sent(method, path + query, headers, body);
    }

    private void everyKindCanBeReadInEveryForm() throws IOException {
        try (RawHttp http = RawHttp.connect(tls, server.port())) {
            for (Kind kind : Kinds.builtIn().all()) {
                String path = path(kind).replace("/namespaces/default", "");
                for (String form : kind.verbs().contains("list") ? FORMS : List.<String>of()) {
                    read(http, path + (random.nextInt(4) == 0 ? "?limit=3" : ""), form);
                }
                if (kind.persistent() && random.nextInt(12) == 0) {
                    String form = FORMS.get(random.nextInt(FORMS.size()));
                    read(http, path + "?watch=1&resourceVersion=0&timeoutSeconds=1", form);
                }
            }
        }
    }

    private void read(RawHttp http, String target, String form) throws IOException {
        RawHttp.Answer answer = http.send("GET", target, List.of("Accept: " + form), new byte[0]);
        assertThat(answer.code())
                .as("seed " + Mutations.seed() + ", " + target + " as " + form + ": " + answer.text())
                .isIn(200, 406);
    }

    /** A new namespace gets what each namespace has, from controllers. */
    private void controllersGoOn() throws IOException {
        try (RawHttp http = RawHttp.connect(tls, server.port())) {
            RawHttp.Answer answer = http.send(
                    "POST",
                    "/api/v1/namespaces",
                    List.of("Content-Type: application/json"),
                    "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"fresh\"}}"
                            .getBytes(StandardCharsets.UTF_8));
            assertThat(answer.code()).as(answer.text()).isEqualTo(201);
        }
        Ref account = new Ref(Kinds.SERVICE_ACCOUNT, "fresh", "default");
        TestServer.await(
                "the controllers go on", () -> server.api().find(account).isPresent());
    }
}

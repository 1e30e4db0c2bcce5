package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.testing.Complaints;
import io.keelson.orchestrator.testing.Mutations;
import io.keelson.orchestrator.testing.RawHttp;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * Goal: whatever a watch or a list is asked for, the server is never to blame: a refusal is a Status with a reason, and what a watch begins
 * to tell are events. Method: the parameters of lists and watches in combinations by chance, over real sockets; of a watch only its
 * beginning is read.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchFuzzTest {

    private static final int SILENCE_MILLIS = 20;

    private static final List<String> PATHS = List.of(
            "/api/v1/configmaps",
            "/api/v1/namespaces/default/configmaps",
            "/api/v1/namespaces/default/configmaps/c1",
            "/api/v1/namespaces/none/pods",
            "/api/v1/namespaces",
            "/api/v1/namespaces/default",
            "/api/v1/nodes",
            "/api/v1/events",
            "/api/v1/secrets",
            "/apis/events.k8s.io/v1/events",
            "/apis/apps/v1/deployments",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            "/apis/metrics.k8s.io/v1beta1/nodes",
            "/apis/metrics.k8s.io/v1beta1/pods",
            "/api/v1/componentstatuses",
            "/apis/authentication.k8s.io/v1/tokenreviews",
            "/api/v1/namespaces/default/pods/p/log",
            "/api/v1/watch/configmaps",
            "/api/v1/watch/namespaces/default/configmaps/c1",
            "/api/v1/watch/namespaces");

    private static final List<String> NUMBERS = List.of(
            "",
            "0",
            "1",
            "5",
            "00",
            "-1",
            "-0",
            "+1",
            "1.5",
            "1e3",
            "x",
            " 1",
            "999999",
            "9223372036854775807",
            "9223372036854775808");
    private static final List<String> TRUTHS = List.of("", "0", "1", "true", "True", "false", "TRUE", "t", "yes", "2");

    /** What each parameter is given, right and wrong. */
    private static final Map<String, List<String>> VALUES = new TreeMap<>(Map.ofEntries(
            Map.entry("watch", List.of("1", "1", "true", "true", "0", "false", "", "x")),
            Map.entry("resourceVersion", NUMBERS),
            Map.entry("resourceVersionMatch", List.of("", "Exact", "NotOlderThan", "exact", "Unset", "x")),
            Map.entry("sendInitialEvents", TRUTHS),
            Map.entry("allowWatchBookmarks", TRUTHS),
            Map.entry(
                    "timeoutSeconds",
                    List.of("1", "1", "0", "", "-1", "x", "1.5", "9223372036854775807", "9223372036854775808")),
            Map.entry("limit", NUMBERS),
            Map.entry(
                    "continue",
                    List.of(
                            "",
                            "x",
                            "e30",
                            "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NSwic3RhcnQiOiJkZWZhdWx0L2EifQ",
                            "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiIn0",
                            "%00",
                            "=")),
            Map.entry(
                    "fieldSelector",
                    List.of(
                            "",
                            "metadata.name=c1",
                            "metadata.name==c1,metadata.namespace!=x",
                            "metadata.name=",
                            "metadata.name",
                            "=",
                            ",",
                            "a=b",
                            "metadata.name=a\\,b",
                            "metadata.name=a\\",
                            "metadata.name=c1,metadata.name=c2",
                            "involvedObject.name=x",
                            "status.phase!=Running",
                            "metadata.name in (a)")),
            Map.entry(
                    "labelSelector",
                    List.of(
                            "",
                            "a=b",
                            "a==b,c!=d",
                            "!a",
                            "a",
                            "a in (b,c)",
                            "a notin ()",
                            "a in (",
                            "a>1,b<x",
                            "a>9223372036854775808",
                            "=",
                            ",",
                            "a b",
                            "/a=b",
                            "a/b/c=d",
                            "a=b=c",
                            "x in (a,,b)",
                            "é=1")),
            Map.entry("pretty", TRUTHS),
            Map.entry("at", NUMBERS)));

    private static final List<String> FORMS = List.of(
            "*/*",
            "application/json",
            "application/json;stream=watch",
            "application/yaml",
            "application/vnd.kubernetes.protobuf;stream=watch",
            "application/vnd.kubernetes.protobuf;stream=watch,application/json",
            "application/json;as=Table;v=v1;g=meta.k8s.io",
            "application/json;as=Table;v=v9;g=meta.k8s.io",
            "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json",
            "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
            "text/html",
            "a");

    private final long seed = Mutations.seed();
    private final Random random = new Random(seed);
    private final Mutations words =
            new Mutations(random, List.of("%00", "%zz", ",", "=", "(", "!", "é", "&", "+", "999"));
    private TestServer server;
    private SSLContext tls;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        server = TestServer.start(directory);
        tls = server.tls(Optional.of(server.authority().client("admin", "CN=admin,O=system:masters")));
        for (String name : List.of("c1", "c2", "c3")) {
            assertThat(server.send(
                                    server.admin(),
                                    "POST",
                                    "/api/v1/namespaces/default/configmaps",
                                    "application/json",
                                    "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"a\":\"b\"}}}")
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void noCombinationOfParametersIsTheServersMistake() throws IOException {
        Map<Integer, Integer> codes = new TreeMap<>();
        int watches = 0;
        try (Complaints complaints = new Complaints()) {
            RawHttp http = RawHttp.connect(tls, server.port());
            for (int round = 0; round < Mutations.rounds(200); round++) {
                String form = FORMS.get(random.nextInt(random.nextInt(3) == 0 ? FORMS.size() : 3));
                String target = target(form);
                String what = "seed " + seed + ", round " + round + ": " + target + " as " + form;
                RawHttp.Answer answer;
                boolean isWatch;
                try {
                    http.ask("GET", target, List.of("Accept: " + form), new byte[0]);
                    answer = http.head();
                    isWatch = answer.code() == 200 && answer.isChunked();
                    if (isWatch) {
                        watches++;
                        beginning(what, http, answer);
                    } else {
                        answer = http.rest(answer);
                    }
                } catch (IOException e) {
                    fail(what, e);
                    return;
                }
                codes.merge(answer.code(), 1, Integer::sum);
                judge(what, answer);
                assertThat(complaints.first()).as(what).isEmpty();
                if (isWatch || !answer.goesOn()) {
                    http.close();
                    http = RawHttp.connect(tls, server.port());
                }
            }
            http.close();
        }
        assertThat(codes).containsKeys(200, 400);
        assertThat(watches).as("watches that began").isGreaterThan(20);
        try (RawHttp http = RawHttp.connect(tls, server.port())) {
            RawHttp.Answer after = http.send("GET", "/api/v1/configmaps", List.of(), new byte[0]);
            assertThat(after.code()).as(after.text()).isEqualTo(200);
        }
    }

    private String target(String form) {
        List<String> parameters = new ArrayList<>();
        if (form.contains("protobuf")) {
            // Without, such a watch over HTTP/1.1 shows itself with its first event, and that may never come.
            parameters.add("allowWatchBookmarks=true");
        }
        if (random.nextInt(4) > 0) {
            parameters.add("watch=true");
        }
        List<String> names = List.copyOf(VALUES.keySet());
        for (int i = random.nextInt(6); i > 0; i--) {
            String name = names.get(random.nextInt(names.size()));
            List<String> values = VALUES.getOrDefault(name, List.of(""));
            String value = values.get(random.nextInt(values.size()));
            String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8);
            parameters.add(name + "=" + (random.nextInt(12) == 0 ? line(words.of(encoded)) : encoded));
        }
        String path = PATHS.get(random.nextInt(random.nextInt(3) == 0 ? PATHS.size() : 7));
        return path + (parameters.isEmpty() ? "" : "?" + String.join("&", parameters));
    }

    /** What may stand in the first line of a request. */
    private static String line(String text) {
        return text.replaceAll("[\\s\\p{Cntrl}#]", "").replaceAll("[^\\x00-\\xff]", "x");
    }

    /** What comes at once, as far as it is JSON. */
    private static void beginning(String what, RawHttp http, RawHttp.Answer answer) throws IOException {
        StringBuilder told = new StringBuilder();
        for (byte[] piece = http.piece(SILENCE_MILLIS); piece.length > 0; piece = http.piece(SILENCE_MILLIS)) {
            told.append(new String(piece, StandardCharsets.UTF_8));
        }
        if (!answer.headers().getOrDefault("content-type", "").startsWith("application/json")) {
            return;
        }
        String[] lines = told.toString().split("\n", -1);
        for (int i = 0; i < lines.length - 1; i++) {
            String line = lines[i].strip();
            if (!line.startsWith("{\"type\":")) {
                // A list in pieces, or the middle of one.
                continue;
            }
            ObjectNode event = json(what, line.getBytes(StandardCharsets.UTF_8));
            String type = event.path("type").asString("");
            assertThat(type).as(what + "\n" + told).isIn(Set.of("ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"));
            if (type.equals("ERROR")) {
                ObjectNode status = Json.child(event, "object");
                refused(what + "\n" + told, status, status.path("code").asInt(0));
                assertThat(status.path("code").asInt(0)).as(what + "\n" + told).isBetween(400, 499);
            }
        }
    }

    private static ObjectNode json(String what, byte[] bytes) {
        try {
            return Json.parse(bytes);
        } catch (MalformedJsonException e) {
            return fail(what + "\n" + new String(bytes, StandardCharsets.UTF_8), e);
        }
    }

    private static void judge(String what, RawHttp.Answer answer) {
        // The one 504 is for a revision that is still to come, and 503 and 500 are for nobody.
        boolean future = answer.code() == 504 && answer.text().contains("Too large resource version");
        assertThat(answer.code() < 500 || future)
                .as(what + "\n" + answer.code() + " " + answer.text())
                .isTrue();
        if (answer.code() >= 400) {
            refused(what + "\n" + answer.code() + " " + answer.text(), json(what, answer.body()), answer.code());
        }
    }

    private static void refused(String what, ObjectNode status, int code) {
        assertThat(status.path("kind").asString("")).as(what).isEqualTo("Status");
        assertThat(status.path("code").asInt(0)).as(what).isEqualTo(code);
        assertThat(status.path("reason").asString("")).as(what).isNotEmpty();
        assertThat(status.path("message").asString("")).as(what).isNotEmpty();
    }
}

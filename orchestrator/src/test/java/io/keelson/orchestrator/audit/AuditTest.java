package io.keelson.orchestrator.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.orchestrator.api.AuditNotes;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** How much is told of what, and how. */
class AuditTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.5Z");
    private static final User JOE = new User("joe", List.of("devs"));

    private static AuditPolicy policy(String rules) {
        return AuditPolicy.parse(
                Json.parse(("{'apiVersion':'audit.k8s.io/v1','kind':'Policy','omitStages':['RequestReceived'],'rules':["
                                + rules + "]}")
                        .replace('\'', '"')));
    }

    private static Level level(AuditPolicy policy, Access access) {
        return policy.of(JOE, access).level();
    }

    private static Access objects(String verb, String group, String resource, String namespace) {
        return new Access.ToObjects(verb, group, resource, namespace, "");
    }

    @Test
    void theFirstRuleThatFitsDecides() {
        AuditPolicy policy = policy("""
                {'level':'None','users':['system:kube-proxy']},
                {'level':'None','nonResourceURLs':['/healthz*','/version']},
                {'level':'Metadata','resources':[{'group':'','resources':['secrets','pods/*','*/scale']}]},
                {'level':'Request','verbs':['create'],'namespaces':['x']},
                {'level':'RequestResponse','userGroups':['devs'],'resources':[{'group':'apps'}],'omitStages':['ResponseStarted']}""");
        assertThat(level(policy, new Access.ToPath("get", "/healthz/x"))).isEqualTo(Level.NONE);
        assertThat(level(policy, objects("create", "", "secrets", "x"))).isEqualTo(Level.METADATA);
        assertThat(level(policy, objects("get", "", "pods/log", "x"))).isEqualTo(Level.METADATA);
        assertThat(level(policy, objects("get", "", "pods", "x"))).isEqualTo(Level.NONE);
        assertThat(level(policy, objects("create", "", "pods", "x"))).isEqualTo(Level.REQUEST);
        assertThat(level(policy, objects("get", "apps", "deployments", "y"))).isEqualTo(Level.REQUEST_RESPONSE);
        assertThat(level(policy, new Access.ToPath("get", "/api"))).isEqualTo(Level.NONE);
        AuditPolicy.Wanted wanted = policy.of(JOE, objects("get", "apps", "deployments", "y"));
        assertThat(wanted.tells(Stage.REQUEST_RECEIVED)).isFalse();
        assertThat(wanted.tells(Stage.RESPONSE_STARTED)).isFalse();
        assertThat(wanted.tells(Stage.RESPONSE_COMPLETE)).isTrue();
    }

    @Test
    void aPolicyThatMakesNoSenseIsNamed() {
        assertThatThrownBy(() -> policy("{'level':'All'}"))
                .hasMessageStartingWith("rules[0].level: Unsupported value: \"All\"");
        assertThatThrownBy(() -> policy("")).hasMessageStartingWith("rules: Required value");
        assertThatThrownBy(() -> policy("{'level':'None','omitStages':['X']}"))
                .hasMessageStartingWith("omitStages: Unsupported");
        assertThatThrownBy(() -> policy("{'level':'None','nonResourceURLs':['/x'],'namespaces':['a']}"))
                .hasMessageContaining("rules cannot apply to both");
        assertThatThrownBy(() -> policy("{'level':'None','resource':[]}"))
                .hasMessage("unknown field \"rules[0].resource\"");
        assertThatThrownBy(() -> policy("{'level':'None','resources':[{'groups':''}]}"))
                .hasMessage("unknown field \"rules[0].resources[0].groups\"");
        assertThatThrownBy(() -> policy("{'level':'None','nonResourceURLs':['/a*b']}"))
                .hasMessage(
                        "rules[0].nonResourceURLs[0]: Invalid value: \"/a*b\": non-resource URL wildcards '*' must be the"
                                + " final character of the path");
        assertThatThrownBy(() -> policy("{'level':'None','nonResourceURLs':['*','a']}"))
                .hasMessage(
                        "rules[0].nonResourceURLs[1]: Invalid value: \"a\": non-resource URL rules must begin with a '/'"
                                + " character");
        assertThatThrownBy(() -> AuditPolicy.parse(Json.object())).hasMessageContaining("a Policy of audit.k8s.io/v1");
    }

    private static List<ObjectNode> events(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(Json::parse).toList();
    }

    @Test
    void bodiesAreTheresFromTheLevelOnThatSaysSo(@TempDir Path directory) throws IOException {
        for (Level level : Level.values()) {
            Path file = directory.resolve(level + ".log");
            AuditPolicy policy = policy("{'level':'" + level.word() + "'}");
            try (AuditLog log = new AuditLog(file, 1_000_000, 0, () -> NOW)) {
                AuditNotes notes = new AuditNotes();
                AuditedRequest request = new AuditedRequest(
                        Optional.of(log),
                        policy,
                        () -> NOW,
                        new AuditedRequest.About(
                                new Access.ToObjects("create", "apps", "deployments/scale", "x", "web"),
                                "v1",
                                "/apis?x=y",
                                "127.0.0.1",
                                "test"),
                        notes);
                notes.add("a.example.com/k", "v");
                notes.add("a.example.com/k", "later");
                notes.addOfBodies("patch.example.com/k", "secret");
                request.allowed("RBAC: allowed");
                request.by(JOE, Optional.of(new User("ann", List.of())));
                request.sent(Json.object().put("sent", 1));
                request.completed(201, Optional.of(Json.object().put("answer", 1)));
            }
            if (level == Level.NONE) {
                assertThat(events(file)).isEmpty();
                continue;
            }
            ObjectNode event = events(file).getFirst();
            assertThat(events(file)).hasSize(1);
            assertThat(event.has("requestObject")).isEqualTo(level != Level.METADATA);
            assertThat(event.has("responseObject")).isEqualTo(level == Level.REQUEST_RESPONSE);
            assertThat(Json.strings(event, "annotations"))
                    .containsEntry("authorization.k8s.io/decision", "allow")
                    .containsEntry("authorization.k8s.io/reason", "RBAC: allowed")
                    .containsEntry("a.example.com/k", "v");
            assertThat(Json.strings(event, "annotations").containsKey("patch.example.com/k"))
                    .as("what shows the object")
                    .isEqualTo(level != Level.METADATA);
            assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
            assertThat(event.toString())
                    .contains("\"apiVersion\":\"audit.k8s.io/v1\"", "\"stage\":\"ResponseComplete\"", "\"code\":201")
                    .contains("\"subresource\":\"scale\"", "\"resource\":\"deployments\"", "\"username\":\"joe\"")
                    .contains("\"impersonatedUser\":{\"groups\":[],\"username\":\"ann\"}")
                    .contains("\"requestReceivedTimestamp\":\"2026-01-01T00:00:00.500000Z\"");
        }
    }

    @Test
    void theRecordOfOwnersIsLeftOutWhereThePolicyOrItsRuleSaysSo(@TempDir Path directory) throws IOException {
        String[] rules = {
            "{'level':'RequestResponse'}",
            "{'level':'RequestResponse','omitManagedFields':true}",
            "{'level':'RequestResponse','omitManagedFields':false}"
        };
        for (boolean everywhere : new boolean[] {false, true}) {
            for (int i = 0; i < rules.length; i++) {
                AuditPolicy policy = AuditPolicy.parse(
                        Json.parse(("{'apiVersion':'audit.k8s.io/v1','kind':'Policy','omitManagedFields':" + everywhere
                                        + ",'rules':[" + rules[i] + "],'omitStages':['RequestReceived']}")
                                .replace('\'', '"')));
                Path file = directory.resolve(everywhere + "." + i);
                ObjectNode owned =
                        Json.parse("{\"metadata\": {\"name\": \"a\", \"managedFields\": [{\"manager\": \"m\"}]}}");
                ObjectNode list = Json.object();
                if (everywhere) {
                    list.putArray("items").add(owned.deepCopy());
                } else {
                    list.putArray("rows").addObject().set("object", owned.deepCopy());
                }
                try (AuditLog log = new AuditLog(file, 1_000_000, 0, () -> NOW)) {
                    AuditedRequest request = new AuditedRequest(
                            Optional.of(log),
                            policy,
                            () -> NOW,
                            new AuditedRequest.About(
                                    objects("list", "", "pods", "x"), "v1", "/api", "127.0.0.1", "test"),
                            new AuditNotes());
                    request.allowed("");
                    request.by(JOE, Optional.empty());
                    request.sent(owned);
                    request.completed(200, Optional.of(list));
                }
                boolean told = i == 2 || (i == 0 && !everywhere);
                String event = events(file).getFirst().toString();
                assertThat(event.split("managedFields", -1)).hasSize(told ? 3 : 1);
                assertThat(event).contains("\"requestObject\"", "\"responseObject\"");
                assertThat(owned.toString()).as("the object itself stays").contains("managedFields");
            }
        }
    }

    @Test
    void whyARequestWasRefusedIsToldAtEveryLevel(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("refused.log");
        try (AuditLog log = new AuditLog(file, 1_000_000, 0, () -> NOW)) {
            for (boolean mistake : new boolean[] {false, true}) {
                AuditedRequest request = new AuditedRequest(
                        Optional.of(log),
                        policy("{'level':'Metadata'}"),
                        () -> NOW,
                        new AuditedRequest.About(objects("create", "", "pods", "x"), "v1", "/api", "127.0.0.1", "test"),
                        new AuditNotes());
                request.by(JOE, Optional.empty());
                request.refused(Json.parse("""
                        {"kind":"Status","status":"Failure","message":"the webhook is away","reason":"InternalError","code":500}"""));
                if (mistake) {
                    request.panicked();
                }
                request.completed(500, Optional.empty());
            }
        }
        String status =
                "{\"metadata\":{},\"status\":\"Failure\",\"message\":\"the webhook is away\",\"reason\":\"InternalError\",\"code\":500}";
        assertThat(events(file))
                .allSatisfy(event -> assertThat(event.get("responseStatus")).isEqualTo(Json.parse(status)))
                .extracting(event -> event.get("stage").asString(""))
                .as("a failure is a mistake of the server only if that says so")
                .containsExactly("ResponseComplete", "Panic");
    }

    @Test
    void aFullFileIsPutAsideAndOldOnesGo(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("audit.log");
        Files.writeString(file, "{\"before\":1}\n");
        try (AuditLog log = new AuditLog(file, 100, 2, () -> NOW)) {
            for (int i = 0; i < 20; i++) {
                log.write(Json.object().put("number", i).put("filled", "x".repeat(30)));
            }
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<String> names =
                    files.map(each -> each.getFileName().toString()).sorted().toList();
            assertThat(names).hasSize(3).contains("audit.log");
        }
        assertThat(Files.size(file)).isLessThanOrEqualTo(100);
        assertThat(Files.readString(file)).contains("\"number\":19");
    }

    @Test
    void whatIsToldAfterTheLogWasClosedIsWrittenNevertheless(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("audit.log");
        AuditLog log = new AuditLog(file, 100, 2, () -> NOW);
        log.write(Json.object().put("number", 1));
        log.close();
        log.write(Json.object().put("number", 2));
        log.write(Json.object().put("number", 3));
        log.close();
        assertThat(Files.readAllLines(file)).containsExactly("{\"number\":1}", "{\"number\":2}", "{\"number\":3}");
    }

    private static AuditedRequest watch(AuditLog log) {
        return new AuditedRequest(
                Optional.of(log),
                policy("{'level':'Metadata'}"),
                () -> NOW,
                new AuditedRequest.About(objects("watch", "", "pods", "x"), "v1", "/api", "127.0.0.1", "test"),
                new AuditNotes());
    }

    @Test
    void aLogIsClosedWhenWhatItTellsOfHasEnded(@TempDir Path directory) throws IOException, InterruptedException {
        Path file = directory.resolve("audit.log");
        AuditLog log = new AuditLog(file, 1_000_000, 0, () -> NOW);
        AuditedRequest request = watch(log);
        request.by(JOE, Optional.empty());
        Thread closing = Thread.ofVirtual().start(log::close);
        assertThat(closing.join(Duration.ofMillis(100))).as("it waits").isFalse();
        request.completed(200, Optional.empty());
        assertThat(closing.join(Duration.ofSeconds(20))).isTrue();
        assertThat(events(file)).hasSize(1);

        Files.delete(file);
        log.close();
        request.completed(200, Optional.empty());
        assertThat(events(file)).as("a late one").hasSize(1);
    }

    @Test
    void aRequestThatNeverEndsDoesNotKeepALogOpen(@TempDir Path directory) {
        AuditLog log = new AuditLog(directory.resolve("audit.log"), 1_000_000, 0, () -> NOW);
        watch(log).by(JOE, Optional.empty());
        assertThatCode(log::close).doesNotThrowAnyException();
    }
}

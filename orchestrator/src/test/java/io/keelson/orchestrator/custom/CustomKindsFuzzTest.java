package io.keelson.orchestrator.custom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.testing.Complaints;
import io.keelson.orchestrator.testing.Mutations;
import io.keelson.orchestrator.testing.RawHttp;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Goal: whatever kind somebody defines, and whatever is sent of it, the server is never to blame. Method: definitions with schemas by
 * chance ({@link Schemas}), with rules in CEL, some of them made wrong; of those that are taken objects that fit or not, in all ways of
 * writing; in the end every one that is served can be listed in every form.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CustomKindsFuzzTest {

    private static final int WRITES = 12;

    private static final List<String> RULES = List.of(
            "self.alpha == oldSelf.alpha",
            "has(self.alpha) && size(self.alpha) < 3",
            "!has(self.beta) || self.beta > 3",
            "self.all(k, k.startsWith('a'))",
            "self == oldSelf",
            "has(self.gamma) ? self.gamma.exists(x, x == 1) : true",
            "self.delta.matches('^(a+)+$')",
            "string(self.alpha).toInt() > 0",
            "self.alpha / self.beta == 1",
            "timestamp(self.alpha) < timestamp('2026-01-01T00:00:00Z')",
            "duration(self.alpha) > duration('1h')",
            "self.gamma.map(x, x.alpha).sum() < 10",
            "quantity(self.alpha).isGreaterThan(quantity('1Mi'))",
            "[self.alpha, self.beta][2] == 1",
            "isURL(self.alpha) && url(self.alpha).getHost() == ''",
            "self.omega",
            "1/0 == 1",
            "9223372036854775807 + 1 > 0",
            "optional.of(self).orValue({}) == self",
            "self.alpha.format(['a'])",
            "'%s'.format([self]) != ''",
            "(((((((((true)))))))))",
            "true || ",
            "");

    private static final List<String> FORMS = List.of(
            "application/json",
            "application/yaml",
            "application/json;as=Table;v=v1;g=meta.k8s.io",
            "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");

    private final long seed = Mutations.seed();
    private final Random random = new Random(seed);
    private final Schemas schemas = new Schemas(random);
    private final Mutations trees = new Mutations(
            random,
            List.of(
                    "type",
                    "properties",
                    "items",
                    "default",
                    "format",
                    "pattern",
                    "enum",
                    "oneOf",
                    "not",
                    "maxLength",
                    "minimum",
                    "required",
                    "additionalProperties",
                    "x-kubernetes-list-type",
                    "x-kubernetes-list-map-keys",
                    "x-kubernetes-embedded-resource",
                    "x-kubernetes-int-or-string",
                    "x-kubernetes-validations",
                    "rule",
                    "messageExpression",
                    "fieldPath",
                    "jsonPath",
                    "storage",
                    "served",
                    "subresources",
                    "selectableFields"));
    private final Mutations words =
            new Mutations(random, List.of("self", ".", "(", ")", "'", "oldSelf", "has", "[", "0", "?", "\\"));
    private final List<String> served = new ArrayList<>();
    private int taken;
    private TestServer server;
    private SSLContext tls;
    private RawHttp http;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        server = TestServer.start(directory);
        tls = server.tls(Optional.of(server.authority().client("admin", "CN=admin,O=system:masters")));
        http = RawHttp.connect(tls, server.port());
    }

    @AfterAll
    void stop() throws IOException {
        http.close();
        server.close();
    }

    @Test
    void noDefinitionAndNoObjectOfItIsTheServersMistake() throws IOException {
        int rounds = Mutations.rounds(60);
        try (Complaints complaints = new Complaints()) {
            for (int round = 0; round < rounds; round++) {
                String plural = "things" + round;
                ObjectNode schema = schema();
                ObjectNode right = definition(plural, schema);
                ObjectNode definition = random.nextInt(3) == 0 ? trees.of(right) : right;
                String all = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
                if (send(round, "POST", all, "application/json", definition) == 201) {
                    objects(round, plural, schema);
                    send(round, "PUT", all + "/" + plural + ".fuzz.example.com", "application/json", trees.of(right));
                }
                assertThat(complaints.first())
                        .as("seed " + seed + ", round " + round + ": " + definition)
                        .isEmpty();
            }
        }
        assertThat(served).as("kinds that were served").hasSizeGreaterThan(rounds / 12);
        assertThat(taken).as("objects that were taken").isGreaterThan(rounds / 12);
        for (String path : served) {
            for (String form : FORMS) {
                RawHttp.Answer answer = http.send("GET", path, List.of("Accept: " + form), new byte[0]);
                // A change may have taken the kind away, or its version.
                assertThat(answer.code())
                        .as("seed " + seed + ", " + path + " as " + form + ": " + answer.text())
                        .isIn(200, 404, 406);
            }
        }
    }

    private ObjectNode schema() {
        ObjectNode schema = Json.object().put("type", "object");
        ObjectNode spec = schemas.root();
        schema.putObject("properties").set("spec", spec);
        List<JsonNode> places = new ArrayList<>();
        places(spec, places);
        for (int i = random.nextInt(3); i > 0; i--) {
            if (places.get(random.nextInt(places.size())) instanceof ObjectNode place) {
                String rule = RULES.get(random.nextInt(RULES.size()));
                ObjectNode validation =
                        place.putArray("x-kubernetes-validations").addObject();
                validation.put("rule", random.nextInt(4) == 0 ? words.of(rule) : rule);
                if (random.nextInt(3) == 0) {
                    validation.put("messageExpression", "'not ' + string(self)");
                }
                if (random.nextInt(4) == 0) {
                    validation.put("optionalOldSelf", true);
                }
            }
        }
        return schema;
    }

    /** The schemas in a schema, itself first. */
    private static void places(JsonNode schema, List<JsonNode> into) {
        into.add(schema);
        schema.path("properties").forEach(property -> places(property, into));
        if (schema.has("items")) {
            places(schema.get("items"), into);
        }
    }

    private static ObjectNode definition(String plural, ObjectNode schema) {
        ObjectNode definition = Json.parse(
                ("{'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition','metadata':{'name':'"
                                + plural
                                + ".fuzz.example.com'},'spec':{'group':'fuzz.example.com','scope':'Namespaced','names':{'plural':'"
                                + plural
                                + "','kind':'K" + plural
                                + "'},'versions':[{'name':'v1','served':true,'storage':true,'subresources':{'status':{}},"
                                + "'additionalPrinterColumns':[{'name':'A','type':'string','jsonPath':'.spec.alpha'}]}]}}")
                        .replace('\'', '"'));
        ((ObjectNode) definition.at("/spec/versions/0")).putObject("schema").set("openAPIV3Schema", schema);
        return definition;
    }

    private void objects(int round, String plural, ObjectNode schema) throws IOException {
        if (server.api().newestKinds().named(plural).isEmpty()) {
            // Made wrong in its names, or not served.
            return;
        }
        String path = "/apis/fuzz.example.com/v1/namespaces/default/" + plural;
        served.add(path);
        for (int i = 0; i < WRITES; i++) {
            ObjectNode object =
                    Json.object().put("apiVersion", "fuzz.example.com/v1").put("kind", "K" + plural);
            Json.child(object, "metadata").put("name", "o" + random.nextInt(3));
            object.set(
                    "spec",
                    random.nextInt(4) == 0 ? schemas.anything(4) : schemas.value(schema.at("/properties/spec")));
            ObjectNode sent = random.nextInt(4) == 0 ? trees.of(object) : object;
            String one = path + "/o" + random.nextInt(3);
            int code = switch (random.nextInt(6)) {
                case 0 -> send(round, "PUT", one, "application/json", sent);
                case 1 -> send(round, "PATCH", one, "application/merge-patch+json", sent);
                case 2 ->
                    send(round, "PATCH", one + "?fieldManager=a&force=true", "application/apply-patch+yaml", sent);
                case 3 -> send(round, "PUT", one + "/status", "application/json", sent);
                default -> send(round, "POST", path, "application/json", sent);
            };
            taken += code < 300 ? 1 : 0;
        }
    }

    private int send(int round, String method, String target, String type, ObjectNode body) throws IOException {
        String what = "seed " + seed + ", round " + round + ": " + method + " " + target + "\n" + body;
        RawHttp.Answer answer;
        try {
            answer = http.send(method, target, List.of("Content-Type: " + type), Json.write(body));
        } catch (IOException e) {
            return fail(what, e);
        }
        assertThat(answer.code()).as(what + "\n" + answer.text()).isLessThan(500);
        if (answer.code() >= 400) {
            refused(what, answer);
        }
        if (!answer.goesOn()) {
            http.close();
            http = RawHttp.connect(tls, server.port());
        }
        return answer.code();
    }

    private static void refused(String what, RawHttp.Answer answer) {
        ObjectNode status;
        try {
            status = Json.parse(answer.body());
        } catch (MalformedJsonException e) {
            status = fail(what + "\n" + answer.text(), e);
        }
        assertThat(status.path("kind").asString("")).as(what).isEqualTo("Status");
        assertThat(status.path("reason").asString("")).as(what).isNotEmpty();
        assertThat(status.path("message").asString("")).as(what).isNotEmpty();
    }
}

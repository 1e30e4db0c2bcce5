package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.cel.Environment;
import io.keelson.orchestrator.cel.Expression;
import io.keelson.orchestrator.cel.ExpressionException;
import io.keelson.orchestrator.cel.Type;
import io.keelson.orchestrator.fields.FieldsException;
import io.keelson.orchestrator.fields.FieldsV1;
import io.keelson.orchestrator.fields.ManagedFields;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.kind.Protobuf;
import io.keelson.orchestrator.patch.PatchException;
import io.keelson.orchestrator.patch.Patches;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.registry.Cidr;
import io.keelson.orchestrator.select.FieldSelector;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.orchestrator.select.SelectorException;
import io.keelson.orchestrator.testing.Mutations;
import io.keelson.store.MemoryKv;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Whatever clients send as text or bytes, made wrong by chance: it is read, or refused with a reason; nothing else comes of it. */
class TextFuzzTest {

    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"a":"b\\u00e4"}},"spec":{"containers":[
            {"name":"c","image":"i","ports":[{"containerPort":80}],"args":["x",null,true,1.5e3,-7]}]}}""";

    /** A function under test. */
    private interface Reading {
        void read(byte[] bytes) throws Exception;
    }

    @SuppressWarnings("varargs") // only read
    @SafeVarargs
    private static void fuzz(
            int rounds, List<String> samples, List<String> words, Reading reading, Class<? extends Exception>... fine) {
        long seed = Mutations.seed();
        Random random = new Random(seed);
        Mutations mutations = new Mutations(random, words);
        int read = 0;
        for (int round = 0; round < Mutations.rounds(rounds); round++) {
            byte[] sample = samples.get(random.nextInt(samples.size())).getBytes(StandardCharsets.ISO_8859_1);
            byte[] bytes = round < samples.size()
                    ? samples.get(round).getBytes(StandardCharsets.ISO_8859_1)
                    : mutations.of(sample);
            try {
                reading.read(bytes);
                read++;
            } catch (Exception | StackOverflowError e) {
                boolean known = Arrays.stream(fine).anyMatch(each -> each.isInstance(e));
                if (!known || e.getMessage() == null) {
                    fail(
                            "seed " + seed + ", round " + round + ": "
                                    + new String(bytes, StandardCharsets.ISO_8859_1) + " = "
                                    + HexFormat.of().formatHex(bytes),
                            e);
                }
            }
        }
        assertThat(read).as("samples that were read").isPositive();
    }

    @Test
    void json() {
        fuzz(
                8_000,
                List.of(POD, "{\"a\":[1e9,{\"b\":\"\\ud83d\\ude00\"}]}"),
                List.of("{", "[", "\"", "\\u", "1e999", "00", "-", ",", "}", "]"),
                bytes -> {
                    ObjectNode object = Json.decode(bytes).object();
                    assertThat(Json.decode(Json.write(object)).duplicates()).isEmpty();
                    assertThat(Json.write(Json.parse(Json.write(object)))).isEqualTo(Json.write(object));
                },
                MalformedJsonException.class);
    }

    @Test
    void yaml() {
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: a, labels: {"a": 'b'}}
                spec:
                  containers:
                  - name: &name c
                    image: *name
                    args: [x, ~, true, 1.5e3, 0x1f, 2026-01-01]
                    text: |-
                      many
                      lines
                  - <<: {a: b}
                """;
        fuzz(
                4_000,
                List.of(
                        pod,
                        "a: !!binary AAAA\nb: !!set {a, b}\n",
                        "? {a: b}\n: c\n",
                        "%YAML 1.2\n---\na: b\n...\n---\nc: d\n"),
                List.of(
                        "&a ",
                        "*a",
                        "{",
                        "[",
                        "- ",
                        ": ",
                        "? ",
                        "!!str ",
                        "!!float x",
                        "|",
                        ">",
                        "#",
                        "\t",
                        "---\n",
                        "...\n",
                        "'",
                        "\""),
                bytes -> Json.parse(Yaml.toJson(bytes).json()),
                MalformedJsonException.class);
    }

    @Test
    void protobuf() {
        // ConfigMap "a" with data, as kubectl sends it.
        String configMap = hex("6b38730a0f0a02763112" + "09436f6e6669674d6170" + "1217" + "0a070a01611a0022001203"
                + "0a016b" + "12060a016b120176");
        fuzz(
                20_000,
                List.of(configMap, new String(pod(), StandardCharsets.ISO_8859_1)),
                List.of("\n", "\22", "\377\377\377\377\17", "\200", "k8s\0"),
                bytes -> Json.write(Protobuf.decode(bytes)),
                MalformedJsonException.class);
    }

    private static String hex(String digits) {
        byte[] bytes = HexFormat.of().parseHex(digits.replaceFirst("^6b38730a", "6b3873000a"));
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** A pod with a container in it: message in message in message. */
    private static byte[] pod() {
        byte[] container =
                field(1, "c".getBytes(StandardCharsets.UTF_8), field(2, "i".getBytes(StandardCharsets.UTF_8)));
        byte[] spec = field(2, container);
        byte[] metadata = field(1, "a".getBytes(StandardCharsets.UTF_8));
        byte[] type = field(1, "v1".getBytes(StandardCharsets.UTF_8), field(2, "Pod".getBytes(StandardCharsets.UTF_8)));
        byte[] unknown = field(1, type, field(2, field(1, metadata, field(2, spec))));
        return ByteString.copyFrom(new byte[] {'k', '8', 's', 0})
                .concat(ByteString.copyFrom(unknown))
                .toByteArray();
    }

    private static byte[] field(int number, byte[] content, byte[]... after) {
        ByteString bytes = ByteString.copyFrom(new byte[] {(byte) (number << 3 | 2), (byte) content.length})
                .concat(ByteString.copyFrom(content));
        for (byte[] more : after) {
            bytes = bytes.concat(ByteString.copyFrom(more));
        }
        return bytes.toByteArray();
    }

    @Test
    void patches() {
        List<String> samples = List.of(
                "[{\"op\":\"add\",\"path\":\"/spec/containers/0/args/-\",\"value\":{\"a\":[1]}},{\"op\":\"test\",\"path\":\"/kind\",\"value\":\"Pod\"},"
                        + "{\"op\":\"move\",\"from\":\"/spec/containers/0\",\"path\":\"/spec/x\"},{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a~1b~0c\"},"
                        + "{\"op\":\"replace\",\"path\":\"\",\"value\":{}},{\"op\":\"remove\",\"path\":\"/spec\"}]",
                "{\"spec\":{\"containers\":[{\"name\":\"c\",\"$patch\":\"delete\"},{\"name\":\"d\",\"image\":null}],\"$setElementOrder/containers\":"
                        + "[{\"name\":\"d\"},{\"name\":\"c\"}],\"strategy\":{\"$retainKeys\":[\"type\"],\"type\":\"x\"}},\"metadata\":{\"finalizers\":[\"a\"],"
                        + "\"$deleteFromPrimitiveList/finalizers\":[\"b\"],\"ownerReferences\":[{\"uid\":\"1\",\"$patch\":\"merge\"}]}}");
        ObjectNode pod = Json.parse(POD);
        fuzz(
                12_000,
                samples,
                List.of(
                        "null",
                        "[]",
                        "{}",
                        "\"$patch\":\"replace\",",
                        "\"$retainKeys\":[1],",
                        "/-",
                        "/0",
                        "/00",
                        "~",
                        "op",
                        "1"),
                bytes -> {
                    JsonNode patch = Json.parseAny(bytes);
                    if (patch instanceof ArrayNode operations) {
                        Patches.json(pod, operations);
                    } else if (patch instanceof ObjectNode object) {
                        Patches.merge(pod, object);
                        Patches.strategic(Kinds.POD, pod, object);
                        Patches.strategic(Kinds.DEPLOYMENT, pod, object);
                    }
                },
                MalformedJsonException.class,
                PatchException.class);
    }

    @Test
    void selectors() {
        ObjectNode pod = Json.parse(POD);
        fuzz(
                20_000,
                List.of("a=b,c!=d,e in (f,g),h notin (),!i,j,k>1,l<2", "x.y/z==w", "a,b"),
                List.of("=", "!=", "==", "(", ")", ",", " in ", " notin ", "!", ">", "<", "\\", "é"),
                bytes -> {
                    LabelSelector selector = LabelSelector.parse(new String(bytes, StandardCharsets.UTF_8));
                    assertThat(LabelSelector.parse(selector.toString()).matches(pod))
                            .isEqualTo(selector.matches(pod));
                },
                SelectorException.class);
        fuzz(
                20_000,
                List.of("metadata.name=a,spec.nodeName!=,status.phase==Pending", "metadata.name=a\\,b\\=c\\\\"),
                List.of("=", "!=", "==", ",", "\\", "metadata.name=", " ", "é"),
                bytes -> {
                    FieldSelector selector = FieldSelector.parse(Kinds.POD, new String(bytes, StandardCharsets.UTF_8));
                    FieldSelector again = FieldSelector.parse(Kinds.POD, selector.toString());
                    assertThat(again.terms()).isEqualTo(selector.terms());
                    selector.matches(pod);
                },
                SelectorException.class);
    }

    @Test
    void continueTokens() {
        Api api = new Api(
                new MemoryKv(),
                Kinds::builtIn,
                new Addresses(Cidr.parse("10.96.0.0/16"), Cidr.parse("10.244.0.0/16")),
                InstantSource.system(),
                new Random(1));
        String token = "{\"v\":\"meta.k8s.io/v1\",\"rv\":1,\"start\":\"default/a\\u0000\"}";
        fuzz(
                10_000,
                List.of(token, token.replace("1,", "-1,")),
                List.of("\\u0000", "\\uffff", "../", "99999999999999999999", "-", "0", "null"),
                bytes -> {
                    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
                    api.list(ListQuery.in(Kinds.CONFIG_MAP, "default").withPage(3, text));
                },
                ApiException.class);
        fuzz(
                5_000,
                List.of(Base64.getUrlEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8))),
                List.of("=", "-", "_", "+", "/"),
                bytes -> api.list(ListQuery.all(Kinds.NODE).withPage(3, new String(bytes, StandardCharsets.UTF_8))),
                ApiException.class);
    }

    @Test
    void queries() {
        fuzz(
                20_000,
                List.of(
                        "watch=1&labelSelector=a%3Db&timeoutSeconds=5&limit=2&fieldSelector=a%20in",
                        "a&b=&=c&&d=%C3%A4"),
                List.of("%", "&", "=", "%zz", "%00", "+", ";", "#", "%ff"),
                bytes -> {
                    Query query = Query.parse(new String(bytes, StandardCharsets.UTF_8));
                    query.number("limit");
                    query.flag("watch");
                },
                ApiException.class);
    }

    @Test
    void ownedFields() {
        String fields =
                "{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:a\":{}}},\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"c\\\"}\":{\".\":{},"
                        + "\"f:image\":{}},\"k:{\\\"a\\\":1,\\\"b\\\":true}\":{}}},\"v:\\\"x\\\"\":{},\"i:7\":{}}";
        fuzz(
                12_000,
                List.of(fields),
                List.of("f:", "k:", "v:", "i:", ".", "{}", "\\\"", "null", "1", "[]"),
                bytes -> FieldsV1.encode(FieldsV1.decode(Json.parse(bytes))),
                MalformedJsonException.class,
                FieldsException.class);
        fuzz(
                6_000,
                List.of(
                        "{\"managedFields\":[{\"manager\":\"m\",\"operation\":\"Apply\",\"apiVersion\":\"v1\",\"time\":\"2026-01-01T00:00:00Z\","
                                + "\"fieldsType\":\"FieldsV1\",\"fieldsV1\":" + fields
                                + ",\"subresource\":\"status\"}]}"),
                List.of("null", "{}", "[]", "1", "\"Update\"", "f:", "k:"),
                bytes -> ManagedFields.decode(Json.items(Json.parse(bytes), "managedFields")),
                MalformedJsonException.class,
                FieldsException.class);
    }

    @Test
    void expressions() throws Exception {
        Environment environment =
                new Environment(Map.of("self", Type.Basic.DYN, "n", Type.Basic.INT, "t", Type.text()));
        Expression loop = environment.condition("true");
        assertThat(loop.cost()).isNotNegative();
        fuzz(
                1_500,
                List.of(
                        "self.a.all(x, x > 1 && x in [1, 2, 3]) || has(self.b) ? n < 5 : t.matches('^a+$')",
                        "[1,2].map(x, x * 2).exists(y, y == n) && quantity('1Gi').isGreaterThan(quantity('1Mi'))",
                        "url('https://a/b?c').getHost() == 'a' && ip('::1').isLoopback() && t.split(',').size() > 0",
                        "duration('1h') > duration('1m') && timestamp('2026-01-01T00:00:00Z').getFullYear() == 2026"),
                List.of(
                        "(",
                        ")",
                        "[",
                        "]",
                        ".all(x, ",
                        "!",
                        "-",
                        "'",
                        "\"",
                        "?",
                        ":",
                        "9223372036854775808",
                        "self",
                        "{",
                        "}",
                        "'\\u'",
                        "%s"),
                bytes -> {
                    Expression expression = environment.any(new String(bytes, StandardCharsets.UTF_8));
                    assertThat(expression.cost()).isNotNegative();
                },
                ExpressionException.class);
    }

    @Test
    void whatIsNestedWithoutEndIsRefusedAtOnce() {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (String open : List.of("[", "{\"a\":", "[{\"a\":")) {
                refused(() -> Json.parseAny(open.repeat(1_000_000).getBytes(StandardCharsets.UTF_8)));
            }
            for (String open : List.of("[", "{a: ", "- ", "? ", "a:\n ", "!!a ", "&a ", "[*a, ", "'", "{", "{? ")) {
                refused(() -> Yaml.toJson(open.repeat(200_000).getBytes(StandardCharsets.UTF_8)));
            }
        });
    }

    private static void refused(Runnable reading) {
        try {
            reading.run();
        } catch (MalformedJsonException e) {
            assertThat(e).message().hasSizeLessThan(2_000);
        }
    }

    @Test
    void anAliasStandsForWhatItsAnchorNames() {
        assertThat(yaml("a: &x {b: [1, &y c]}\nd: *x\ne: *y"))
                .isEqualTo(Json.parse("{\"a\":{\"b\":[1,\"c\"]},\"d\":{\"b\":[1,\"c\"]},\"e\":\"c\"}"));
        assertThatThrownBy(() -> yaml("a: *x")).hasMessageContaining("the alias *x names no anchor before it");
        assertThatThrownBy(() -> yaml("a: &a [*a]")).hasMessageContaining("names no anchor before it");
        assertThatThrownBy(() -> yaml("a: b\n---\nc: d")).hasMessageContaining("more than one document");
    }

    private static ObjectNode yaml(String text) {
        return Json.parse(Yaml.toJson(text.getBytes(StandardCharsets.UTF_8)).json());
    }

    @Test
    void yamlThatGrowsIsRefused() {
        StringBuilder wide = new StringBuilder("a0: &a0 [x, x]\n");
        StringBuilder deep = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 400; i++) {
            wide.append("a%d: &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
            deep.append("a%d: &a%d [*a%d]\n".formatted(i, i, i - 1));
        }
        assertThatThrownBy(() -> yaml(wide.toString())).hasMessageContaining("more than 400000 values");
        assertThatThrownBy(() -> yaml(deep.toString())).hasMessageContaining("nested deeper than 256");
        assertThatThrownBy(() -> yaml("a: " + "[".repeat(257) + "]".repeat(257)))
                .hasMessageContaining("nested deeper than 256");
    }
}

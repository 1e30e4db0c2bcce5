package io.keelson.orchestrator.kind;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void aNameMayBeAsLongAsAText() {
        String name = "a".repeat(70_000);
        assertThat(Json.parse(("{\"" + name + "\":1}").getBytes(UTF_8)).propertyNames())
                .containsExactly(name);
    }

    @Test
    void equalObjectsHaveEqualBytes() {
        String one =
                "{\"spec\":{\"b\":1,\"a\":[{\"y\":2,\"x\":1}]},\"metadata\":{\"name\":\"n\"},\"kind\":\"K\",\"apiVersion\":\"v1\"}";
        String other =
                "{\"apiVersion\":\"v1\",\"kind\":\"K\",\"metadata\":{\"name\":\"n\"},\"spec\":{\"a\":[{\"x\":1,\"y\":2}],\"b\":1}}";
        assertThat(Json.text(Json.parse(one))).isEqualTo(other);
        assertThat(Json.write(Json.parse(one))).isEqualTo(Json.write(Json.parse(other)));
    }

    @Test
    void duplicateFieldIsNamedWithItsPath() {
        byte[] twice = "{\"spec\":{\"a\":[{\"b\":1,\"b\":2}]}}".getBytes(UTF_8);
        Json.Decoded decoded = Json.decode(twice);
        assertThat(decoded.duplicates())
                .extracting(FieldError::message)
                .containsExactly("duplicate field \"spec.a[0].b\"");
        assertThat(decoded.object().at("/spec/a/0/b").intValue()).isEqualTo(2);
        assertThatThrownBy(() -> Json.parse(twice))
                .isInstanceOf(MalformedJsonException.class)
                .hasMessageContaining("spec.a[0].b");
    }

    @Test
    void eachDuplicateHasItsOwnPath() {
        Json.Decoded decoded = Json.decode(
                "{\"a\":1,\"l\":[{},{\"x\":{\"y\":1,\"y\":{}}},[{\"z\":1,\"z\":2}]],\"a\":{\"b\":1}}".getBytes(UTF_8));
        assertThat(decoded.duplicates())
                .extracting(FieldError::message)
                .containsExactly(
                        "duplicate field \"l[1].x.y\"", "duplicate field \"l[2][0].z\"", "duplicate field \"a\"");
    }

    @Test
    void labelsAreFoundWithoutReadingTheRest() {
        byte[] stored = ("{\"labels\":{\"no\":\"1\"},\"metadata\":{\"annotations\":{\"labels\":\"no\"},"
                        + "\"labels\":{\"a\":\"x\",\"b\":{\"c\":1},\"d\":\"\\u00e4\"},\"name\":\"n\"},\"spec\":{\"labels\"")
                .getBytes(UTF_8);
        assertThat(Json.labels(stored)).containsOnly(Map.entry("a", "x"), Map.entry("d", "\u00e4"));
        assertThat(Json.labels("{\"metadata\":{\"labels\":null},\"labels\":{\"a\":\"x\"}}".getBytes(UTF_8)))
                .isEmpty();
        assertThat(Json.labels("{\"spec\":{}}".getBytes(UTF_8))).isEmpty();
        assertThatThrownBy(() -> Json.labels("{\"metadata\":{\"name\":x".getBytes(UTF_8)))
                .isInstanceOf(MalformedJsonException.class);
    }

    @Test
    void sameIsWhatIsWrittenAlike() {
        assertThat(Json.same(
                        Json.parse("{\"a\":[1,{\"b\":\"x\"}],\"c\":null}"),
                        Json.parse("{\"c\":null,\"a\":[1,{\"b\":\"x\"}]}")))
                .isTrue();
        assertThat(Json.same(Json.object().put("a", 1), Json.object().put("a", 1L)))
                .isTrue();
        for (String other : List.of(
                "{}", "{\"a\":[1]}", "{\"a\":[2,1]}", "{\"a\":[1,\"2\"]}", "{\"a\":[1,2.0]}", "{\"b\":[1,2]}")) {
            assertThat(Json.same(Json.parse("{\"a\":[1,2]}"), Json.parse(other)))
                    .as(other)
                    .isFalse();
        }
    }

    @Test
    void managedFieldsOfTheObjectItselfAreLeftOutIfTheyAreNotWanted() {
        byte[] bytes =
                ("{\"managedFields\":1,\"metadata\":{\"managedFields\":[{\"fieldsV1\":{\"f:a\":{}}}],\"name\":\"n\"},"
                                + "\"spec\":{\"metadata\":{\"managedFields\":2}}}")
                        .getBytes(UTF_8);
        assertThat(Json.parseUnmanaged(bytes).toString())
                .isEqualTo(
                        "{\"managedFields\":1,\"metadata\":{\"name\":\"n\"},\"spec\":{\"metadata\":{\"managedFields\":2}}}");
        assertThat(Json.parseUnmanaged("{\"metadata\":{\"managedFields\":null}}".getBytes(UTF_8))
                        .toString())
                .isEqualTo("{\"metadata\":{}}");
        assertThatThrownBy(() -> Json.parseUnmanaged("{\"metadata\":{\"managedFields\":[}}".getBytes(UTF_8)))
                .isInstanceOf(MalformedJsonException.class);
    }

    @Test
    void aHeaderIsWhatEveryObjectHas() {
        byte[] bytes =
                ("{\"data\":{\"kind\":1},\"apiVersion\":\"v1\",\"managedFields\":1,\"spec\":{\"metadata\":2},\"kind\":\"K\","
                                + "\"metadata\":{\"managedFields\":[{}],\"data\":{\"spec\":[{\"x\":1}]},\"name\":\"n\"},\"list\":[{\"kind\":1}]}")
                        .getBytes(UTF_8);
        assertThat(Json.parseHeader(bytes).toString())
                .isEqualTo(
                        "{\"apiVersion\":\"v1\",\"kind\":\"K\",\"metadata\":{\"data\":{\"spec\":[{\"x\":1}]},\"name\":\"n\"}}");
        assertThat(Json.parseHeader(bytes)).isEqualTo(Json.header(Json.parseUnmanaged(bytes)));
        assertThat(Json.parseHeader("{}".getBytes(UTF_8))).isEqualTo(Json.object());
        for (String broken : List.of("{\"data\":{\"a\":}}", "{\"data\":[}", "{\"data\":1", "[]")) {
            assertThatThrownBy(() -> Json.parseHeader(broken.getBytes(UTF_8)))
                    .as(broken)
                    .isInstanceOf(MalformedJsonException.class);
        }
    }

    @Test
    void brokenTextTellsWhere() {
        for (String broken : new String[] {"", "{", "[1]", "{\"a\":}", "{} {}", "nonsense", "\"text\""}) {
            assertThatThrownBy(() -> Json.parse(broken))
                    .as(broken)
                    .isInstanceOf(MalformedJsonException.class)
                    .message()
                    .isNotEmpty();
        }
        assertThatThrownBy(() -> Json.parse("{\n \"a\": x}")).hasMessageContaining("line 2");
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "{\"a\":".repeat(Json.MAX_DEPTH + 1) + "1" + "}".repeat(Json.MAX_DEPTH + 1);
        assertThatThrownBy(() -> Json.parse(deep)).isInstanceOf(MalformedJsonException.class);
    }

    @Test
    void numbersKeepTheirValue() {
        String text = "{\"a\":2147483648,\"b\":1,\"c\":1.5,\"d\":123456789012345678901234567890}";
        assertThat(Json.text(Json.parse(text))).isEqualTo(text);
    }

    @Test
    void resourceVersionIsTheRevision() {
        assertThat(Json.text(Json.withResourceVersion("{\"metadata\":{\"name\":\"n\"}}".getBytes(UTF_8), 42)))
                .isEqualTo("{\"metadata\":{\"name\":\"n\",\"resourceVersion\":\"42\"}}");
    }
}

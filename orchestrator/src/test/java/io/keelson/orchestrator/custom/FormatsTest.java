package io.keelson.orchestrator.custom;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Formats that schemas name: those of Kubernetes are checked, of others the writer is warned. */
class FormatsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            date         | 2026-01-02                           | 2026-13-02
            date-time    | 2026-01-02T03:04:05Z                 | 2026-01-02
            datetime     | 2026-01-02T03:04:05.678+01:00        | x
            uuid         | 7d444840-9dc0-11d1-b245-5ffdce74fad2 | 7d444840-9dc0-11d1-b245
            uuid3        | 7d444840-9dc0-31d1-b245-5ffdce74fad2 | 7d444840-9dc0-41d1-b245-5ffdce74fad2
            uuid4        | 7D4448409DC041D1B2455FFDCE74FAD2     | 7d444840-9dc0-51d1-b245-5ffdce74fad2
            uuid5        | 7d444840-9dc0-51d1-b245-5ffdce74fad2 | 7d444840-9dc0-41d1-b245-5ffdce74fad2
            hostname     | a.b-c.example.com                    | a..b
            email        | a@example.com                        | a
            mac          | 01:23:45:67:89:ab                    | 01:23
            ipv4         | 192.0.2.255                          | 192.0.2.256
            ipv6         | 2001:db8::1                          | 2001
            cidr         | 2001:db8::/32                        | 10.0.0.0
            uri          | https://example.com/a%20b?c          | https://example.com/%zz
            hexcolor     | #FFF                                 | #FF
            rgbcolor     | rgb(255, 0,16)                       | rgb(256,0,0)
            ssn          | 111-22-3333                          | 111-22-333
            bsonobjectid | 507f1f77bcf86cd799439011             | 507f1f77
            isbn         | 978-0321751041                       | 978-0321751042
            isbn10       | 0-321-75104-3                        | 0321751044
            isbn10       | 0-8044-2957-X                        | 978-0321751041
            isbn13       | 9780321751041                        | 0321751043
            creditcard   | 4111-1111-1111-1111                  | 4111-1111-1111-1112
            quantity     | 10Gi                                 | 10Bytes
            k8s-short-name | a-b                                | a.b
            k8s-long-name  | a-b.c                              | a_b
            duration     | 1h30m                                | 1 parsec
            byte         | aGVsbG8=                             | ä
            """)
    void whatIsKnownIsChecked(String format, String fits, String doesNot) {
        assertThat(Formats.known("string", format)).isTrue();
        assertThat(Formats.fits(format, fits)).as(fits).isTrue();
        assertThat(Formats.fits(format, doesNot)).as(doesNot).isFalse();
    }

    @Test
    void whatIsNotKnownFitsAlways() {
        assertThat(Formats.known("string", "ip")).isFalse();
        assertThat(Formats.fits("ip", "x")).isTrue();
        assertThat(Formats.fits("password", "x")).isTrue();
    }

    private static ObjectNode definition(String... schemas) {
        ObjectNode definition = Json.object();
        for (String schema : schemas) {
            Json.child(definition, "spec")
                    .withArray("versions")
                    .addObject()
                    .putObject("schema")
                    .set("openAPIV3Schema", Json.parse(schema));
        }
        return definition;
    }

    private static List<String> advice(Optional<ObjectNode> live, ObjectNode definition) {
        List<String> said = new ArrayList<>();
        FormatAdvice.advise(live, definition, said::add);
        return said;
    }

    @Test
    void aFormatThatNobodyKnowsIsToldOnceWhereverItStands() {
        ObjectNode definition = definition(
                """
                {"type": "object", "properties": {"format": {"type": "string", "format": "dns"}, "n": {"type": "integer", "format": "int32"},
                 "f": {"type": "number", "format": "double"}, "u": {"type": "integer", "format": "uint8"},
                 "list": {"type": "array", "items": {"type": "string", "format": "dns"}},
                 "map": {"type": "object", "additionalProperties": {"type": "boolean", "format": "date"}},
                 "one": {"type": "string", "format": "date-time", "oneOf": [{"format": "a\\"b"}, {"not": {"format": "int64"}}]}}}""", "{\"type\": \"object\", \"properties\": {\"v\": {\"type\": \"string\", \"format\": \"second\"}}}");
        assertThat(advice(Optional.empty(), definition))
                .containsExactly(
                        "unrecognized format \"dns\"",
                        "unrecognized format \"uint8\"",
                        "unrecognized format \"date\"",
                        "unrecognized format \"a\\\"b\"",
                        "unrecognized format \"int64\"",
                        "unrecognized format \"second\"");
    }

    @Test
    void whatWasThereBeforeIsNotToldAgain() {
        String old = "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\", \"format\": \"old\"}}}";
        String fresh = "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\", \"format\": \"new\"}}}";
        assertThat(advice(Optional.of(definition(old)), definition(old, fresh)))
                .containsExactly("unrecognized format \"new\"");
        assertThat(advice(Optional.of(definition(old, fresh)), definition(fresh)))
                .isEmpty();
    }
}

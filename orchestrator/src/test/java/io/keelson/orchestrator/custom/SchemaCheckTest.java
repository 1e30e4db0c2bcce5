package io.keelson.orchestrator.custom;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaCheckTest {

    private static List<String> check(String schema) {
        return SchemaCheck.check(Json.parse(schema), "s").stream()
                .map(Cause::toString)
                .toList();
    }

    @Test
    void keywordsThatAreNotSupportedMayBeEmpty() {
        assertThat(
                        check(
                                "{\"type\": \"object\", \"definitions\": {}, \"dependencies\": {}, \"patternProperties\": {}, \"id\": \"\"}"))
                .isEmpty();
        assertThat(check("{\"type\": \"object\", \"definitions\": {\"a\": {}}, \"additionalItems\": {}}"))
                .containsExactly(
                        "s.additionalItems: Forbidden: additionalItems is not supported",
                        "s.definitions: Forbidden: definitions is not supported");
    }

    private static List<String> property(String schema) {
        return check("{\"type\": \"object\", \"properties\": {\"p\": " + schema + "}}");
    }

    @Test
    void aSchemaMustBeStructural() {
        assertThat(check("{}")).containsExactly("s.type: Required value: must not be empty at the root");
        assertThat(check("{\"type\": \"array\", \"items\": {\"type\": \"string\"}}"))
                .containsExactly("s.type: Invalid value: \"array\": must be object at the root");
        assertThat(property("{}"))
                .containsExactly("s.properties[p].type: Required value: must not be empty for specified object fields");
        assertThat(property("{\"type\": \"array\", \"items\": {}}"))
                .containsExactly(
                        "s.properties[p].items.type: Required value: must not be empty for specified array items");
        assertThat(property("{\"type\": \"array\"}"))
                .containsExactly("s.properties[p].items: Required value: must be specified");
        assertThat(property("{\"type\": \"text\"}"))
                .containsExactly(
                        "s.properties[p].type: Unsupported value: \"text\": supported values: \"array\", \"boolean\","
                                + " \"integer\", \"number\", \"object\", \"string\"");
        assertThat(property("{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\"}},"
                        + " \"additionalProperties\": {\"type\": \"string\"}}"))
                .containsExactly(
                        "s.properties[p].additionalProperties: Forbidden: additionalProperties and properties are"
                                + " mutual exclusive");
        assertThat(property("{\"type\": \"object\", \"additionalProperties\": false}"))
                .containsExactly(
                        "s.properties[p].additionalProperties: Forbidden: additionalProperties cannot be set to false");
        assertThat(property("{\"type\": \"string\", \"$ref\": \"#/x\"}"))
                .containsExactly("s.properties[p].$ref: Forbidden: $ref is not supported");
        assertThat(property("{\"type\": \"array\", \"uniqueItems\": true, \"items\": {\"type\": \"string\"}}"))
                .containsExactly(
                        "s.properties[p].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime"
                                + " complexity becomes quadratic");
        assertThat(property("{\"type\": \"string\", \"pattern\": \"(\"}").getFirst())
                .isEqualTo(
                        "s.properties[p].pattern: Invalid value: \"(\": must be a valid regular expression, but isn't: error"
                                + " parsing regexp: missing closing ): `(`");
        assertThat(property("{\"type\": \"string\", \"pattern\": \"((a{1000}){1000}){1000}\"}"))
                .singleElement()
                .asString()
                .endsWith(
                        "must be a valid regular expression, but isn't: error parsing regexp: invalid repeat count: `{1000}`");
        assertThat(check(
                        "{\"type\": \"object\", \"properties\": {\"metadata\": {\"type\": \"object\", \"properties\": {"
                                + "\"labels\": {\"type\": \"object\"}}}}}"))
                .containsExactly("s.properties[metadata]: Forbidden: must not specify anything other than name and"
                        + " generateName, but metadata is implicitly specified");
    }

    @Test
    void withinAJunctorOnlyWhatAValueMustBeIsSaid() {
        assertThat(property("{\"type\": \"string\", \"anyOf\": [{\"type\": \"string\"}, {\"description\": \"x\"}]}"))
                .containsExactly(
                        "s.properties[p].anyOf[0].type: Forbidden: must be empty to be structural",
                        "s.properties[p].anyOf[1].description: Forbidden: must be empty to be structural");
        assertThat(
                        property(
                                "{\"x-kubernetes-int-or-string\": true, \"anyOf\": [{\"type\": \"integer\"}, {\"type\": \"string\"}]}"))
                .isEmpty();
        assertThat(property("{\"type\": \"object\", \"allOf\": [{\"properties\": {\"a\": {\"minLength\": 1}}}]}"))
                .containsExactly("s.properties[p].properties[a]: Required value: because it is defined in"
                        + " s.properties[p].allOf[0].properties[a]");
        assertThat(property("{\"type\": \"string\", \"not\": {\"nullable\": true}}"))
                .containsExactly("s.properties[p].not.nullable: Forbidden: must be false to be structural");
    }

    @Test
    void listsOfTypeMapHaveKeys() {
        String items = "\"items\": {\"type\": \"object\", \"properties\": {\"k\": {\"type\": \"string\"}}}";
        assertThat(property("{\"type\": \"array\", \"x-kubernetes-list-type\": \"map\", " + items + "}"))
                .containsExactly("s.properties[p].x-kubernetes-list-map-keys: Required value: must not be empty if"
                        + " x-kubernetes-list-type is map");
        assertThat(property("{\"type\": \"array\", \"x-kubernetes-list-type\": \"map\","
                        + " \"x-kubernetes-list-map-keys\": [\"k\", \"z\"], " + items + "}"))
                .containsExactly(
                        "s.properties[p].items.properties[k].default: Required value: this property is in"
                                + " x-kubernetes-list-map-keys, so it must have a default or be a required property",
                        "s.properties[p].x-kubernetes-list-map-keys[1]: Invalid value: \"z\": entries must all be names of item"
                                + " properties");
        assertThat(property("{\"type\": \"array\", \"x-kubernetes-list-type\": \"heap\", " + items + "}"))
                .containsExactly(
                        "s.properties[p].x-kubernetes-list-type: Unsupported value: \"heap\": supported values:"
                                + " \"atomic\", \"map\", \"set\"");
        assertThat(property("{\"type\": \"array\", \"x-kubernetes-list-type\": \"set\", " + items + "}"))
                .hasSize(1);
    }

    @Test
    void aDefaultIsAValueOfItsSchema() {
        assertThat(property("{\"type\": \"integer\", \"default\": \"x\"}"))
                .containsExactly(
                        "s.properties[p].default: Invalid value: \"string\": s.properties[p].default in body must be of"
                                + " type integer: \"string\"");
        assertThat(property("{\"type\": \"object\", \"default\": {\"a\": 1}}"))
                .containsExactly("s.properties[p].default: Invalid value: {\"a\":1}: must not have unknown fields");
        assertThat(check("{\"type\": \"object\", \"default\": {}}"))
                .containsExactly("s.default: Forbidden: must not be set at the root");
    }

    @Test
    void aSchemaIsNotDeeperThanItMayBe() {
        String deep = "{\"type\": \"string\"}";
        for (int i = 0; i < SchemaCheck.MAX_DEPTH; i++) {
            deep = "{\"type\": \"object\", \"properties\": {\"p\": " + deep + "}}";
        }
        assertThat(check(deep)).containsExactly("s: Forbidden: schemas must not be nested deeper than 64");
    }

    private static List<String> rules(String schema) {
        return RuleCheck.check(Structural.of(Json.parse(schema)), "s").stream()
                .map(Cause::toString)
                .toList();
    }

    @Test
    void aDefaultMustHoldWhatItsRulesSay() {
        assertThat(rules("""
                        {"type": "object", "properties": {"a": {"type": "integer", "default": 1,
                         "x-kubernetes-validations": [{"rule": "self > 5"}, {"rule": "self >= oldSelf"}]}}}"""))
                .containsExactly("s.properties[a].default: Invalid value: \"integer\": failed rule: self > 5");
        assertThat(rules("""
                        {"type": "object", "properties": {"a": {"type": "integer", "default": 6,
                         "x-kubernetes-validations": [{"rule": "self > 5"}, {"rule": "self >= oldSelf"}]}}}""")).isEmpty();
    }

    @Test
    void aDefaultIsJudgedWithTheDefaultsWithinIt() {
        assertThat(rules("""
                        {"type": "object", "properties": {"a": {"type": "object", "default": {},
                         "properties": {"b": {"type": "integer", "default": 6}},
                         "x-kubernetes-validations": [{"rule": "self.b > 5"}]}}}""")).isEmpty();
    }

    @Test
    void theFieldOfARuleMustBeOne() {
        String schema = """
                {"type": "object", "properties": {"a": {"type": "object", "additionalProperties": {"type": "string"}}},
                 "x-kubernetes-validations": [{"rule": "true", "fieldPath": "%s"}]}""";
        for (String path : List.of(".a", ".a.b", ".a['b c']", "['a']", "")) {
            assertThat(rules(schema.formatted(path))).as(path).isEmpty();
        }
        String at = "s.x-kubernetes-validations[0].fieldPath: Invalid value: ";
        assertThat(rules(schema.formatted(".b")))
                .containsExactly(at + "\".b\": fieldPath must be a valid path: does not refer to a valid field");
        assertThat(rules(schema.formatted(".a.b.c")))
                .containsExactly(at + "\".a.b.c\": fieldPath must be a valid path: does not refer to a valid field");
        assertThat(rules(schema.formatted("a b")))
                .containsExactly(at + "\"a b\": fieldPath must be a valid path: expected [ or . but got: a");
        assertThat(rules(schema.formatted(".a[0]")))
                .containsExactly(at + "\".a[0]\": fieldPath must be a valid path: expected [ or . but got: [");
    }

    @Test
    void aRuleMustCompile() {
        assertThat(rules("""
                        {"type": "object", "properties": {"a": {"type": "integer"}},
                         "x-kubernetes-validations": [{"rule": "self.b > 1"}]}""").getFirst())
                .startsWith(
                        "s.x-kubernetes-validations[0].rule: Invalid value: {\"rule\":\"self.b > 1\"}: compilation failed:"
                                + " ERROR: <input>:1:5: undefined field 'b'");
        assertThat(rules("""
                        {"type": "object", "properties": {"a": {"type": "string", "maxLength": 9, "x-kubernetes-validations": [
                         {"rule": "self.matches('(')"}, {"rule": "true", "messageExpression": "1"}]}}}"""))
                .containsExactly(
                        "s.properties[a].x-kubernetes-validations[0].rule: Invalid value: {\"rule\":\"self.matches('(')\"}: compilation failed:"
                                + " ERROR: <input>:1:14: invalid matches argument\n | self.matches('(')\n | .............^",
                        "s.properties[a].x-kubernetes-validations[1].messageExpression: Invalid value:"
                                + " {\"rule\":\"true\",\"messageExpression\":\"1\"}: messageExpression must evaluate to a string");
        assertThat(rules("""
                        {"type": "object", "properties": {"a": {"type": "integer"}},
                         "x-kubernetes-validations": [{"rule": "self.a", "reason": "Bad", "message": "a\\nb"}]}"""))
                .hasSize(3)
                .anyMatch(cause -> cause.endsWith("cel expression must evaluate to a bool"))
                .anyMatch(cause -> cause.contains("reason: Unsupported value: \"Bad\""))
                .anyMatch(cause -> cause.endsWith("message must not contain line breaks"));
        assertThat(rules("""
                        {"type": "object", "properties": {"a": {"type": "array", "maxItems": 3, "items": {"type": "integer",
                         "x-kubernetes-validations": [{"rule": "self >= oldSelf"}]}}}}"""))
                .containsExactly(
                        "s.properties[a].items.x-kubernetes-validations[0].rule: Invalid value: \"self >= oldSelf\":"
                                + " oldSelf cannot be used on the uncorrelatable portion of the schema within s.properties[a].items");
    }

    @Test
    void aRuleMustNotCostTooMuch() {
        String schema = """
                {"type": "object", "properties": {"a": {"type": "array", %s "items": {"type": "string" %s}}},
                 "x-kubernetes-validations": [{"rule": "self.a.all(x, self.a.all(y, x == y))"}]}""";
        assertThat(rules(schema.formatted("", "")).getFirst())
                .isEqualTo(
                        "s.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more"
                                + " than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays,"
                                + " maps, and strings are declared)");
        assertThat(rules(schema.formatted("\"maxItems\": 10,", ", \"maxLength\": 20")))
                .isEmpty();
    }
}

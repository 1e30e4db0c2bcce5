package io.keelson.orchestrator.custom;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.cel.Budget;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class RulesTest {

    private static final RuleSet RULES = compile("""
            {"type": "object", "x-kubernetes-validations": [{"rule": "self.metadata.name != 'bad'", "message": "a bad name"}],
             "properties": {"spec": {"type": "object",
              "x-kubernetes-validations": [
                {"rule": "self.min <= self.max", "messageExpression": "'min ' + string(self.min) + ' is above ' + string(self.max)",
                 "fieldPath": ".min", "reason": "FieldValueForbidden"},
                {"rule": "self.max >= oldSelf.max", "message": "max must not shrink"},
                {"rule": "oldSelf.hasValue() || self.min == 0", "optionalOldSelf": true, "message": "begins with 0"}],
              "properties": {
                "min": {"type": "integer", "default": 0}, "max": {"type": "integer"},
                "items": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                  "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"},
                    "size": {"type": "integer", "x-kubernetes-validations": [{"rule": "self >= oldSelf"}]}}}},
                "map": {"type": "object", "additionalProperties": {"type": "string",
                    "x-kubernetes-validations": [{"rule": "self.startsWith('x')"}]}},
                "any": {"x-kubernetes-int-or-string": true},
                "text": {"type": "string", "x-kubernetes-validations": [{"rule": "self.matches('^[a-z]+$')"}]}
              }}}}""");

    private static RuleSet compile(String schema) {
        List<RuleSet.Mistake> mistakes = new ArrayList<>();
        RuleSet rules = RuleSet.compile(Structural.of(Json.parse(schema)), "s", mistakes);
        assertThat(mistakes).isEmpty();
        return rules;
    }

    private static ObjectNode object(String name, String spec) {
        ObjectNode object = Json.object().put("apiVersion", "e.io/v1").put("kind", "E");
        object.putObject("metadata").put("name", name);
        object.set("spec", Json.parse(spec));
        return object;
    }

    private static List<String> check(Optional<String> before, String after) {
        return Rules.check(RULES, before.map(spec -> object("x", spec)), object("x", after), Budget.ofObject()).stream()
                .map(Cause::toString)
                .toList();
    }

    @Test
    void aRuleThatDoesNotHoldIsToldAsItWishes() {
        assertThat(check(Optional.empty(), "{\"min\": 0, \"max\": 2}")).isEmpty();
        assertThat(check(Optional.of("{\"min\": 3, \"max\": 3}"), "{\"min\": 5, \"max\": 4}"))
                .containsExactly("spec.min: Forbidden: min 5 is above 4");
        assertThat(check(Optional.empty(), "{\"min\": 1, \"max\": 4}"))
                .containsExactly("spec: Invalid value: \"object\": begins with 0");
        assertThat(Rules.check(RULES, Optional.empty(), object("bad", "{\"min\": 0, \"max\": 2}"), Budget.ofObject()))
                .extracting(Cause::toString)
                .containsExactly("<nil>: Invalid value: \"object\": a bad name");
        assertThat(check(
                        Optional.empty(),
                        "{\"min\": 0, \"max\": 1, \"map\": {\"a\": \"x\", \"b\": \"y\"}, \"text\": \"A\"}"))
                .containsExactly(
                        "spec.map[b]: Invalid value: \"string\": failed rule: self.startsWith('x')",
                        "spec.text: Invalid value: \"string\": failed rule: self.matches('^[a-z]+$')");
    }

    @Test
    void aTransitionIsJudgedWhereTheValueBeforeIsKnown() {
        assertThat(check(Optional.of("{\"min\": 0, \"max\": 4}"), "{\"min\": 0, \"max\": 3}"))
                .containsExactly("spec: Invalid value: \"object\": max must not shrink");
        assertThat(
                        check(
                                Optional.of("{\"min\": 0, \"max\": 4, \"items\": [{\"name\": \"a\", \"size\": 2}]}"),
                                "{\"min\": 0, \"max\": 4, \"items\": [{\"name\": \"b\", \"size\": 1}, {\"name\": \"a\", \"size\": 1}]}"))
                .containsExactly("spec.items[1].size: Invalid value: \"integer\": failed rule: self >= oldSelf");
    }

    @Test
    void whatDidNotChangeIsNotJudgedAgain() {
        String bad = "{\"min\": 0, \"max\": 1, \"text\": \"A\"}";
        assertThat(check(Optional.of(bad), bad)).isEmpty();
        assertThat(check(Optional.of(bad), "{\"min\": 0, \"max\": 2, \"text\": \"A\"}"))
                .isEmpty();
    }

    @Test
    void aFieldThatIsNotThereIsAFailure() {
        assertThat(check(Optional.empty(), "{\"min\": 0}"))
                .containsExactly(
                        "spec: Invalid value: \"object\": no such key: max evaluating rule: self.min <= self.max");
    }

    @Test
    void theBudgetIsForAllRulesTogether() {
        assertThat(Rules.check(RULES, Optional.empty(), object("x", "{\"min\": 0, \"max\": 2}"), new Budget(3)))
                .extracting(Cause::toString)
                .last()
                .asString()
                .endsWith(
                        "validation failed due to running out of cost budget, no further validation rules will be run");
    }
}

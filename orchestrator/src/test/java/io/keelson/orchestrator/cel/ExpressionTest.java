package io.keelson.orchestrator.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keelson.orchestrator.kind.Json;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class ExpressionTest {

    private static final Type SPEC = new Type.ObjectOf(
            "spec",
            Map.of(
                    "replicas", Type.Basic.INT,
                    "names", new Type.ListOf(new Type.Text(20), 10),
                    "many", new Type.ListOf(Type.text(), Type.MOST),
                    "labels", new Type.MapOf(Type.text(), 10),
                    "since", Type.Basic.TIMESTAMP,
                    "wait", Type.Basic.DURATION,
                    "in", Type.Basic.BOOL,
                    "a-b", Type.Basic.INT,
                    "any", Type.Basic.DYN));

    private static final Environment ENVIRONMENT =
            new Environment(Map.of("self", SPEC, "object", Type.Basic.DYN, "request", Type.Basic.DYN));

    private static final String OBJECT = """
            {"replicas": 3, "names": ["a", "bb"], "labels": {"x/y": "1"}, "since": "2026-01-02T03:04:05Z", "wait": "1h30m",
             "in": true, "a-b": 7, "any": "2", "many": []}""";

    private static Object evaluate(String text) throws Exception {
        return evaluate(text, Budget.ofObject());
    }

    private static Object evaluate(String text, Budget budget) throws Exception {
        ObjectNode object = Json.parse(OBJECT);
        return ENVIRONMENT
                .any(text)
                .evaluate(Map.of("self", Values.of(object, SPEC), "object", Values.of(object)), budget);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "self.replicas == 3 && self.names.all(n, n.size() < 3)",
                "has(self.replicas) && !has(self.labels.z)",
                "self.labels['x/y'] == '1'",
                "self.since < timestamp('2027-01-01T00:00:00Z') && self.since.getFullYear() == 2026",
                "self.wait == duration('90m') && self.wait > duration('1h')",
                "self.__in__ && self.a__dash__b == 7",
                "object.replicas + 1 == 4 && object['a-b'] == 7",
                "self.?replicas.orValue(1) == 3 && object.?nothing.orValue(1) == 1",
                "'abcabc'.replace('a', 'x') == 'xbcxbc' && 'aaa'.replace('a', 'b', 2) == 'bba'",
                "'ab'.replace('', '-') == '-a-b-' && ['a', 'b'].join('+') == 'a+b' && ['a'].join() == 'a'",
                "'a,b'.split(',') == ['a', 'b'] && 'Ab'.lowerAscii() == 'ab' && 'abc'.indexOf('c') == 2",
                "'abc 123 def 45'.find('[0-9]+') == '123' && 'a1b22'.findAll('[0-9]+') == ['1', '22']",
                "'a1b22'.findAll('[0-9]+', 1) == ['1'] && 'x'.find('y') == ''",
                "[1, 2, 2].isSorted() && !['b', 'a'].isSorted()",
                "[1, 2, 3].sum() == 6 && [1.5, 2.5].sum() == 4.0 && [duration('1s'), duration('2s')].sum() == duration('3s')",
                "[3, 1, 2].min() == 1 && [3, 1, 2].max() == 3 && ['b', 'a'].min() == 'a'",
                "[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && self.names.indexOf('zz') == -1",
                "quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('500m').add(quantity('500m')) == quantity('1')",
                "quantity('1k').asInteger() == 1000 && !quantity('1m').isInteger() && quantity('-1').sign() == -1",
                "quantity('2').sub(1).compareTo(quantity('1')) == 0 && isQuantity('10Mi') && !isQuantity('x')",
                "url('https://u:p@example.com:8080/a%20b?x=1&x=2&y').getHost() == 'example.com:8080'",
                "url('https://example.com:80/a').getPort() == '80' && url('https://[::1]:80/').getHostname() == '::1'",
                "url('/a?x=1&x=2').getQuery()['x'] == ['1', '2'] && isURL('https://x/y') && !isURL('x y')",
                "url('https://e.com/a%20b').getEscapedPath() == '/a%20b' && url('ftp://x/').getScheme() == 'ftp'",
                "ip('10.0.0.1').family() == 4 && ip('::1').isLoopback() && isIP('fe80::1') && !isIP('10.0.0.256')",
                "ip('fe80::1').isLinkLocalUnicast() && ip('8.8.8.8').isGlobalUnicast() && ip('0.0.0.0').isUnspecified()",
                "ip.isCanonical('2001:db8::1') && !ip.isCanonical('2001:0db8::1') && ip('ff02::1').isLinkLocalMulticast()",
                "ip('127.0.0.1') == ip('127.0.0.1') && string(ip('::ffff')) == '::ffff'",
                "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.1'))",
                "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8')",
                "cidr('192.168.0.0/24').prefixLength() == 24 && cidr('192.168.0.1/24').ip() == ip('192.168.0.1')",
                "isCIDR('::/0') && !isCIDR('10.0.0.0/33')",
                "semver('1.2.3').isLessThan(semver('1.10.0')) && semver('1.0.0-alpha').compareTo(semver('1.0.0')) == -1",
                "isSemver('1.0.0-rc.1+b') && !isSemver('1.0') && semver('v1.01', true).minor() == 1",
                "!format.dns1123Label().validate('ok').hasValue() && format.named('dns1123Label').hasValue()",
                "format.dns1035Label().validate('1x').value()[0].startsWith('a DNS-1035 label')",
                "format.uuid().validate('nope').hasValue() && !format.date().validate('2026-01-01').hasValue()",
                "sets.contains([1, 2], [1]) && sets.equivalent([1, 1], [1]) && sets.intersects([1], [1, 2])",
                "cel.bind(x, self.replicas, x + x == 6)",
                "[1, 2].all(i, v, v == i + 1) && {'a': 1}.all(k, v, k == 'a' && v == 1)",
                "self.names.map(n, n + '!').exists(n, n == 'bb!') && self.names.filter(n, n == 'a').size() == 1",
                "self.names.exists_one(n, n == 'a') && 'a' in self.names && 'x/y' in self.labels",
                "1 < 1.5 && 2.0 == 2.0 && self.replicas > 2.5",
            })
    void holds(String text) throws Exception {
        assertThat(evaluate(text)).as(text).isEqualTo(true);
    }

    @Test
    void aMistakeIsToldWithItsPlace() {
        assertThatThrownBy(() -> ENVIRONMENT.condition("self.nothing == 1"))
                .isInstanceOf(ExpressionException.class)
                .hasMessageContaining("<input>:1:5: undefined field 'nothing'");
        assertThatThrownBy(() -> ENVIRONMENT.condition("self.replicas + 1")).hasMessage("must evaluate to bool");
        assertThatThrownBy(() -> ENVIRONMENT.condition("self.replicas == 'a'"))
                .hasMessageContaining("found no matching overload for '_==_'");
        assertThatThrownBy(() -> ENVIRONMENT.condition("other == 1"))
                .hasMessageContaining("undeclared reference to 'other'");
        assertThatThrownBy(() -> ENVIRONMENT.condition("self.replicas ==")).hasMessageContaining("mismatched input");
        assertThatThrownBy(() -> ENVIRONMENT.condition("'" + "x".repeat(Environment.MAX_LENGTH) + "' == ''"))
                .isInstanceOf(ExpressionException.class);
        assertThatThrownBy(() -> ENVIRONMENT.condition("(".repeat(5_000) + "true" + ")".repeat(5_000)))
                .isInstanceOf(ExpressionException.class);
    }

    /** The rules and words of cel-go's validators, as Kubernetes sets them up. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "self.names[0].matches('(')|compilation failed: ERROR: <input>:1:23: invalid matches argument",
                "duration('1x') == self.wait|compilation failed: ERROR: <input>:1:10: invalid duration argument",
                "self.since > timestamp('today')|compilation failed: ERROR: <input>:1:24: invalid timestamp argument",
                "1 in [1, 'a']|compilation failed: ERROR: <input>:1:10: expected type 'int' but found 'string'",
                "{'a': 1, 'b': true}.size() == 2|compilation failed: ERROR: <input>:1:15: expected type 'int' but found 'bool'",
                "{'a': 1, 2: 1}.size() == 2|compilation failed: ERROR: <input>:1:10: expected type 'string' but found 'int'",
                "[[1], ['a']].size() == 2|compilation failed: ERROR: <input>:1:7: expected type 'list(int)' but found 'list(string)'",
                "matches(self.names[0], '(')|program instantiation failed: error parsing regexp: missing closing ): `(`",
                "self.names[0].find('[') == ''|program instantiation failed: error parsing regexp: missing closing ]: `[`",
                "self.names[0].findAll('a**', 1) == []|program instantiation failed: error parsing regexp: invalid nested repetition"
                        + " operator: `**`",
                "int('abc') == 1|program instantiation failed: type conversion error from 'string' to 'int'",
            })
    void aLiteralThatIsNoneIsToldWhenItIsCompiled(String text, String message) {
        assertThatThrownBy(() -> ENVIRONMENT.condition(text))
                .isInstanceOf(ExpressionException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void whereALiteralIsWrongIsShown() {
        assertThatThrownBy(() -> ENVIRONMENT.condition("self.replicas > 1\n && duration('1x') == duration('y')"))
                .hasMessage("""
                        compilation failed: ERROR: <input>:2:14: invalid duration argument
                         |  && duration('1x') == duration('y')
                         | .............^
                        ERROR: <input>:2:32: invalid duration argument
                         |  && duration('1x') == duration('y')
                         | ...............................^""");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "['a', object.any].size() == 2",
                "[[], [1]].size() == 2 && [{}, {'a': 1}].size() == 2",
                "int('12') == 12 && 'a+'.matches('a[+]') && duration('1h30m') == self.wait",
                "[?self.?replicas, 3].size() == 2",
            })
    void literalsThatAreFineAreTaken(String text) throws Exception {
        assertThat(evaluate(text)).as(text).isEqualTo(true);
    }

    private static EvaluationException failure(String text, Budget budget) {
        return catchThrowableOfType(EvaluationException.class, () -> evaluate(text, budget));
    }

    @Test
    void whatIsNotThereIsAFailureInKubernetesWords() {
        assertThat(failure("self.labels['z'] == ''", Budget.ofObject())).hasMessage("no such key: z");
        assertThat(failure("self.names[7] == ''", Budget.ofObject())).hasMessage("index out of bounds: 7");
        assertThat(failure("self.replicas / 0 == 1", Budget.ofObject())).hasMessage("division by zero");
        assertThat(failure("self.any > 1", Budget.ofObject()).getMessage()).startsWith("no such overload");
        assertThat(failure("ip('x').family() == 4", Budget.ofObject()).getMessage())
                .contains("IP Address \"x\"");
    }

    @Test
    void whatCostsTooMuchIsStopped() {
        String list = "[0,1,2,3,4,5,6,7,8,9]";
        String loops = list + ".all(a, " + list + ".all(b, " + list + ".all(c, " + list + ".all(d, " + list + ".all(e, "
                + list + ".all(f, a + b + c + d + e + f >= 0))))))";
        assertThat(failure(loops, Budget.ofObject()).reason()).isEqualTo(EvaluationException.Reason.TOO_EXPENSIVE);
        Budget small = new Budget(1_000);
        assertThat(failure(loops, small).reason()).isEqualTo(EvaluationException.Reason.BUDGET_USED_UP);
        assertThat(small.usedUp()).isTrue();
        assertThat(failure("true", small).reason()).isEqualTo(EvaluationException.Reason.BUDGET_USED_UP);
    }

    @Test
    void anOrDoesNotTakeTheEndOfTheBudgetForAValue() {
        String list = "[0,1,2,3,4,5,6,7,8,9]";
        String loops = list + ".all(a, " + list + ".all(b, " + list + ".all(c, a + b + c >= 0)))";
        assertThat(failure("(" + loops + ") || true", new Budget(100)).reason())
                .isEqualTo(EvaluationException.Reason.BUDGET_USED_UP);
    }

    @Test
    void textDoesNotGrowBeyondMeasure() {
        String doubled = "['" + "x".repeat(1_000) + "']" + ".map(t, t + t)".repeat(40) + ".size() == 1";
        assertThat(failure(doubled, Budget.ofObject()).reason()).isEqualTo(EvaluationException.Reason.TOO_EXPENSIVE);
        String text = "'" + "x".repeat(8_000) + "'";
        String replaced = "cel.bind(t, " + text + ", t.replace('', t).replace('', t).size() > 0)";
        assertThat(failure(replaced, Budget.ofObject())).isNotNull();
    }

    @Test
    void theEstimateKnowsTheBoundsOfTypes() throws Exception {
        assertThat(ENVIRONMENT.condition("self.replicas > 1").cost()).isLessThan(10);
        assertThat(ENVIRONMENT.condition("self.names.all(n, n != 'x')").cost()).isLessThan(1_000);
        assertThat(ENVIRONMENT
                        .condition("self.many.all(n, self.many.all(m, n == m))")
                        .cost())
                .isGreaterThan(1_000_000_000L);
    }

    @Test
    void theEstimateIsNotBelowTheTruth() throws Exception {
        for (String text : List.of(
                "self.names.all(n, n.size() < 3)",
                "self.names.map(n, n + n).exists(n, n == 'zz')",
                "self.names.all(n, n.matches('^[a-z]+$'))",
                "self.labels.all(k, self.names.all(n, n != k))")) {
            Expression expression = ENVIRONMENT.condition(text);
            Budget budget = Budget.ofObject();
            expression.evaluate(Map.of("self", Values.of(Json.parse(OBJECT), SPEC)), budget);
            assertThat(Budget.PER_OBJECT - budget.left()).as(text).isLessThanOrEqualTo(expression.cost());
        }
    }

    @Test
    void regularExpressionsAreThoseOfRe2AndBounded() throws Exception {
        String evil = "\"(a+)+$\"";
        String text = "\"" + "a".repeat(5_000) + "!\"";
        assertThat(evaluate(text + ".matches(" + evil + ") || matches(" + text + ", " + evil + ")"))
                .isEqualTo(false);
        assertThat(evaluate("'abc'.matches('b') && matches('abc', '^a') && !'abc'.matches('^b')"))
                .isEqualTo(true);
        for (String call : List.of("'a'.matches(%s)", "'a'.find(%s) == ''", "'a'.findAll(%s).size() == 0")) {
            assertThatThrownBy(() -> evaluate(call.formatted("'(((a{1000}){1000}){1000}){1000}' + ''")))
                    .hasMessageContaining("error parsing regexp: invalid repeat count: `{1000}`");
            assertThatThrownBy(() -> evaluate(call.formatted("'(?=a)' + ''")))
                    .hasMessageContaining("error parsing regexp");
        }
    }

    @Test
    void anExpressionKnowsWhatItSpeaksOf() throws Exception {
        assertThat(ENVIRONMENT.condition("self.replicas == object.x").mentions("object"))
                .isTrue();
        assertThat(ENVIRONMENT.condition("self.replicas == 1").mentions("object"))
                .isFalse();
    }

    @Test
    void nothingThatIsWrittenBreaksTheCompiler() {
        long seed = 20_260_101;
        Random random = new Random(seed);
        List<String> words = List.of(
                "self",
                ".",
                "replicas",
                "names",
                "(",
                ")",
                "[",
                "]",
                "all",
                "n",
                ",",
                "==",
                "+",
                "'a'",
                "1",
                "1.5",
                "&&",
                "||",
                "!",
                "?",
                ":",
                "{",
                "}",
                "has",
                "matches",
                "\\",
                "\"",
                "ip",
                "quantity",
                "map",
                "in",
                "-",
                "%",
                "b'x'",
                "r'[",
                "\0",
                "é",
                "size",
                "type",
                "dyn",
                "cel.bind",
                "optional.of",
                ".?",
                "[?",
                "format.named",
                "0x1",
                "u");
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(14); length >= 0; length--) {
                text.append(words.get(random.nextInt(words.size()))).append(random.nextBoolean() ? " " : "");
            }
            try {
                evaluate(text.toString(), new Budget(10_000));
            } catch (ExpressionException | EvaluationException expected) {
                assertThat(expected.getMessage())
                        .as("seed " + seed + ": " + text)
                        .isNotNull();
            } catch (Exception | StackOverflowError wrong) {
                throw new AssertionError("seed " + seed + ": " + text, wrong);
            }
        }
    }
}

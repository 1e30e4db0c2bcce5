package io.keelson.orchestrator.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: texts are put together as cel-go does. Method: expressions with what its documentation and tests say of them. */
class TextTemplateTest {

    private static final Environment ENVIRONMENT = new Environment(Map.of("self", Type.Basic.DYN));

    private static Object evaluate(String text) throws Exception {
        return ENVIRONMENT.any(text).evaluate(Map.of("self", Map.of("name", "a", "replicas", 3L)), Budget.ofObject());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'%s has %d'.format([self.name, self.replicas]) == 'a has 3'",
                "'100%% of %s'.format(['x']) == '100% of x' && 'nothing'.format([]) == 'nothing'",
                "'%s %s %s'.format([true, null, 1u]) == 'true null 1' && '%d'.format([18446744073709551615u]) == '18446744073709551615'",
                "'%s'.format([['a', 1, 2.5, null]]) == '[\"a\", 1, 2.500000, null]'",
                "'%s'.format([{'b': 1, 'a': [true]}]) == '{\"a\":[true], \"b\":1}' && '%s'.format([{1: 'x'}]) == '{1:\"x\"}'",
                "'%s'.format([[timestamp('2026-01-02T03:04:05Z')]]) == '[timestamp(\"2026-01-02T03:04:05Z\")]'",
                "'%s'.format([duration('1m1.5s')]) == '61.5s' && '%s'.format([[duration('0s')]]) == '[duration(\"0s\")]'",
                "'%s'.format([timestamp('2026-01-02T03:04:05Z')]) == '2026-01-02T03:04:05Z' && '%s'.format([b'xyz']) == 'xyz'",
                "'%s'.format([0.1]) == '0.1' && '%s'.format([123456789.0]) == '1.23456789e+08' && '%s'.format([0.00001]) == '1e-05'",
                "'%f'.format([3.14]) == '3.140000' && '%.2f'.format([1234567.891]) == '1,234,567.89' && '%.0f'.format([2.5]) == '2'",
                "'%f'.format([double('Infinity')]) == '∞' && '%f'.format(['-Infinity']) == '-∞' && '%e'.format(['NaN']) == 'NaN'",
                "'%e'.format([1052.032911275]) == '1.052033\u202f×\u202f10⁰³' && '%.1e'.format([-0.00025]) == '-2.5\u202f×\u202f10⁻⁰⁴'",
                "'%.2e'.format([0.0]) == '0.00\u202f×\u202f10⁰⁰' && '%.1e'.format([99.96]) == '1.0\u202f×\u202f10⁰²'",
                "'%b %b %b'.format([5, -5, true]) == '101 -101 1' && '%o'.format([11]) == '13'",
                "'%x %X %x'.format([30, 30, -255]) == '1e 1E -ff' && '%x'.format(['Hello']) == '48656c6c6f' && '%X'.format([b'\\xff']) == 'FF'",
                "'%s'.format(['left', 'over']) == 'left' && '%s'.format([type(1)]) == 'int'",
            })
    void clausesShowTheirArguments(String expression) throws Exception {
        assertThat(evaluate(expression)).isEqualTo(true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'%d'.format(['a'])|error during formatting: decimal clause can only be used on integers, was given string",
                "'%f'.format([1])|error during formatting: fixed-point clause can only be used on doubles, was given int",
                "'%e'.format([true])|error during formatting: scientific clause can only be used on doubles, was given bool",
                "'%b'.format([1.5])|error during formatting: only integers and bools can be formatted as binary, was given double",
                "'%x'.format([[1]])|error during formatting: only integers, byte buffers, and strings can be formatted as hex, was given list",
                "'%o'.format([{}])|error during formatting: octal clause can only be used on integers, was given map",
                "'%s'.format([optional.of(1)])|was given optional_type",
                "'%s %s'.format(['a'])|index 1 out of range",
                "'50%'.format(['a'])|unexpected end of string",
                "'%z'.format(['a'])|could not parse formatting clause: unrecognized formatting clause \"z\"",
                "'%.f'.format([1.0])|could not parse formatting clause: error while parsing precision",
                "'%.99999f'.format([1.0])|could not parse formatting clause: error while parsing precision",
                "'%.2'.format([1.0])|could not find end of precision specifier",
            })
    void whatCannotBeShownIsTold(String expression, String why) {
        assertThatThrownBy(() -> evaluate(expression))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining(why);
    }

    @Test
    void textsThatWouldBeTooLongAreNotMade() {
        List<String> arguments = java.util.Collections.nCopies(20, "x".repeat(TextFunctions.MAX_RESULT / 10));

        assertThatThrownBy(() -> TextTemplate.fill("%s".repeat(20), arguments))
                .hasMessageContaining("the text would be longer than");
        assertThatThrownBy(() -> TextTemplate.fill("%s", List.of(arguments)))
                .hasMessageContaining("the text would be longer than");
    }
}

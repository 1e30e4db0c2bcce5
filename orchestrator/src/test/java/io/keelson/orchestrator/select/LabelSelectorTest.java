package io.keelson.orchestrator.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.orchestrator.kind.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelSelectorTest {

    private static boolean matches(String selector, Map<String, String> labels) {
        return LabelSelector.parse(selector).matches(labels);
    }

    @Test
    void everyOperator() {
        Map<String, String> web = Map.of("app", "web", "tier", "front", "n", "5");
        assertThat(matches("", web)).isTrue();
        assertThat(matches("app=web", web)).isTrue();
        assertThat(matches("app == web , tier!=back", web)).isTrue();
        assertThat(matches("app=web,tier=back", web)).isFalse();
        assertThat(matches("app in (db, web)", web)).isTrue();
        assertThat(matches("app notin (db,web)", web)).isFalse();
        assertThat(matches("zone notin (a)", web)).isTrue();
        assertThat(matches("zone!=a", web)).isTrue();
        assertThat(matches("app,!zone", web)).isTrue();
        assertThat(matches("zone", web)).isFalse();
        assertThat(matches("n>4,n<6", web)).isTrue();
        assertThat(matches("app>4", web)).isFalse();
        assertThat(matches("app=", Map.of("app", ""))).isTrue();
        assertThat(matches("in in (in)", Map.of("in", "in"))).isTrue();
        assertThat(matches("example.com/x=y", Map.of("example.com/x", "y"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    =a         | found '=', expected: !, identifier, or 'end of string'
                    (          | found '(', expected: !, identifier, or 'end of string'
                    a=b=c      | found '=', expected: ',' or 'end of string'
                    a=b c      | found 'c', expected: ',' or 'end of string'
                    !a=b       | found '=', expected: ',' or 'end of string'
                    a,,b       | found ',', expected: identifier after ','
                    a=b,       | found '', expected: identifier after ','
                    !          | unable to parse requirement: found '', expected: identifier
                    !!a        | unable to parse requirement: found '!', expected: identifier
                    a b        | unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt
                    a in b     | unable to parse requirement: found 'b' expected: '('
                    a in       | unable to parse requirement: found '' expected: '('
                    a in (     | unable to parse requirement: found '', expected: ',', ')' or identifier
                    a in (b    | unable to parse requirement: found '', expected: ',' or ')'
                    a in (b c) | unable to parse requirement: found 'c', expected: ',' or ')'
                    a in (b,=) | unable to parse requirement: found '=', expected: ',', or identifier
                    a=!        | unable to parse requirement: found '!', expected: identifier
                    a>x        | unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer
                    a in (y,-) | unable to parse requirement: values[0][a]: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
                    -a=b       | unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
                    """)
    void whatCannotBeReadIsToldInKubernetesWords(String selector, String message) {
        assertThatThrownBy(() -> LabelSelector.parse(selector))
                .isInstanceOf(SelectorException.class)
                .hasMessage(message);
    }

    @Test
    void nonsenseIsRefused() {
        for (String broken :
                new String[] {"=a", "a=b=c", "a in", "a in (b", "a,,b", "a b", "a=b,", "-a=b", "a=b/c", "a>x", "(", "!"
                }) {
            assertThatThrownBy(() -> LabelSelector.parse(broken))
                    .as(broken)
                    .isInstanceOf(SelectorException.class)
                    .message()
                    .isNotEmpty();
        }
    }

    @Test
    void selectorObject() {
        LabelSelector selector = LabelSelector.of(Json.parse("""
                {"matchLabels":{"app":"web"},"matchExpressions":[
                  {"key":"tier","operator":"In","values":["front","edge"]},{"key":"old","operator":"DoesNotExist"}]}
                """));
        assertThat(selector.matches(Map.of("app", "web", "tier", "edge"))).isTrue();
        assertThat(selector.matches(Map.of("app", "web", "tier", "edge", "old", "")))
                .isFalse();
        assertThat(selector.matches(Map.of("app", "web"))).isFalse();
        assertThat(LabelSelector.of(Json.object()).isEverything()).isTrue();
        assertThatThrownBy(() ->
                        LabelSelector.of(Json.parse("{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"Near\"}]}")))
                .isInstanceOf(SelectorException.class)
                .hasMessage("\"Near\" is not a valid label selector operator");
    }

    @Test
    void textOfASelectorIsASelectorForTheSame() {
        for (String text : new String[] {"app=web,tier in (edge,front)", "a!=b,c notin (d,e),f,!g"}) {
            assertThat(LabelSelector.parse(text)).hasToString(text);
            assertThat(LabelSelector.parse(LabelSelector.parse(text).toString()).requirements())
                    .isEqualTo(LabelSelector.parse(text).requirements());
        }
    }
}

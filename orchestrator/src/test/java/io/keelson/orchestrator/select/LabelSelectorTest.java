package io.keelson.orchestrator.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.orchestrator.kind.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

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

package io.keelson.cli.print;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrintTest {

    private static final String TABLE = """
            {"columnDefinitions":[{"name":"Name","priority":0},{"name":"Status","priority":0},{"name":"IP","priority":1}],
            "rows":[{"cells":["a","Running",null],"object":{"metadata":{"namespace":"x"}}},{"cells":["b","Pending","10.0.0.1"],"object":{"metadata":{"namespace":"y"}}}]}""";

    private static Terminal terminal(boolean interactive) {
        return new Terminal(System.out, System.err, InputStream.nullInputStream(), interactive, Map.of());
    }

    @Test
    void columnsAreAsWideAsTheirWidestCellAndEndWithoutBlanks() {
        assertThat(Columns.lines(List.of(List.of("NAME", "AGE", "X"), List.of("longer-name", "1d", ""))))
                .containsExactly("NAME          AGE   X", "longer-name   1d");
    }

    @Test
    void coloursHaveNoWidth() {
        assertThat(Columns.lines(List.of(List.of("\u001b[32mab\u001b[0m", "x"), List.of("abc", "y"))))
                .containsExactly("\u001b[32mab\u001b[0m    x", "abc   y");
    }

    @Test
    void tablesShowWhatIsAskedFor() {
        var table = Render.table(Render.parse(TABLE));
        var plain = new TableText(false, false, terminal(false));
        assertThat(plain.header(table)).containsExactly("NAME", "STATUS");
        assertThat(plain.rows(table, Optional.of("pod")))
                .containsExactly(List.of("pod/a", "Running"), List.of("pod/b", "Pending"));
        var all = new TableText(true, true, terminal(false));
        assertThat(all.header(table)).containsExactly("NAMESPACE", "NAME", "STATUS", "IP");
        assertThat(all.rows(table, Optional.empty()).getFirst()).containsExactly("x", "a", "Running", "<none>");
    }

    @Test
    void coloursAreForTerminalsOnly() {
        var table = Render.table(Render.parse(TABLE));
        assertThat(new TableText(false, false, terminal(true))
                        .rows(table, Optional.empty())
                        .getFirst())
                .containsExactly("a", "\u001b[32mRunning\u001b[0m");
        assertThat(terminal(false).paint(Terminal.Colour.BAD, "x")).isEqualTo("x");
    }

    @Test
    void agesAreInWordsOfKubectl() {
        assertThat(List.of(5, 119, 120, 200, 601, 7199, 10_800, 30_000, 172_800, 900_000).stream()
                        .map(seconds -> Ages.of(Duration.ofSeconds(seconds))))
                .containsExactly("5s", "119s", "2m", "3m20s", "10m", "119m", "3h", "8h", "2d", "10d");
        assertThat(Ages.since("2026-01-01T00:00:00Z", Instant.parse("2026-01-01T00:00:30Z")))
                .isEqualTo("30s");
        assertThat(Ages.since("never", Instant.EPOCH)).isEqualTo("?");
    }

    @Test
    void theNearestWordIsFoundAndNothingFarAway() {
        var known = List.of("get", "apply", "describe", "delete", "status");
        assertThat(Nearest.to("gte", known)).contains("get");
        assertThat(Nearest.to("aplly", known)).contains("apply");
        assertThat(Nearest.to("desc", known)).contains("describe");
        assertThat(Nearest.to("Statsu", known)).contains("status");
        assertThat(Nearest.to("frobnicate", known)).isEmpty();
        assertThat(Nearest.distance("abcd", "abdc")).isEqualTo(1);
    }

    @Test
    void jsonIsIndentedByFour() {
        assertThat(Render.json(Render.parse("{\"a\":{\"b\":[1,\"x\"]},\"c\":{}}")))
                .isEqualTo(
                        "{\n    \"a\": {\n        \"b\": [\n            1,\n            \"x\"\n        ]\n    },\n    \"c\": {}\n}\n");
    }
}

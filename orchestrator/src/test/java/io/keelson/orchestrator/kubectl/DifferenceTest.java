package io.keelson.orchestrator.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kubectl.Step.Answer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DifferenceTest {

    private static final Answer EXPECTED = new Answer(0, "NAME   AGE\na   AGE\nb   AGE");
    private static final Step STEP = new Step(List.of(), "$ get pods", "", EXPECTED, Map.of());

    @Test
    void whatIsTheSameIsNotTold() {
        assertThat(Difference.of(STEP, EXPECTED, EXPECTED)).isEmpty();
    }

    @Test
    void onlyLinesThatDifferAreTold() {
        assertThat(Difference.of(STEP, EXPECTED, new Answer(0, "NAME   AGE\nc   AGE\nb   AGE")))
                .hasValue("""
                        $ get pods
                        expected: a   AGE
                          actual: c   AGE""");
        assertThat(Difference.of(STEP, EXPECTED, new Answer(1, EXPECTED.text())))
                .hasValue("""
                        $ get pods
                        expected: nothing
                          actual: [exit 1]""");
    }

    @Test
    void ofManyLinesTheFirstAreTold() {
        String many = IntStream.range(0, 20).mapToObj(i -> "line " + i).collect(Collectors.joining("\n"));
        assertThat(Difference.of(STEP, new Answer(0, ""), new Answer(0, many)).orElseThrow())
                .contains("expected: nothing", "actual: line 7", "actual: ... 12 more")
                .doesNotContain("line 8");
    }
}

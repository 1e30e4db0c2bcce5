package io.keelson.orchestrator.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlurTest {

    private static String blurred(String text) {
        return Blur.of(text, "space", "/folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5s", "119s", "2m", "2m5s", "1d", "332d", "333d", "2y5d", "8y"})
    void howLongAgoSomethingWasDiffersFromDayToDay(String age) {
        assertThat(blurred("a   0/1   " + age)).isEqualTo("a   0/1   AGE");
        assertThat(blurred(age + " (x3 over " + age + ")   Warning")).isEqualTo("AGE (x3 over AGE)   Warning");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--timeout=5s", "period=10s", "300s", "100m", "a-1d", "0s0"})
    void otherTimesStay(String text) {
        assertThat(blurred(text)).isEqualTo(text);
    }

    @Test
    void namesOfARunAreReplaced() {
        assertThat(blurred("space /folder/x p-b4d5z")).isEqualTo("{ns} DIR/x p-RANDOM");
        assertThat(blurred("  kube-api-access-p5r5f:")).isEqualTo("kube-api-access-RANDOM:");
    }
}

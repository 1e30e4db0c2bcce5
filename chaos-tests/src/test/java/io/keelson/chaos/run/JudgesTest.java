package io.keelson.chaos.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.chaos.check.Violation;
import io.keelson.chaos.history.Recording;
import java.util.List;
import org.junit.jupiter.api.Test;

class JudgesTest {

    @Test
    void runInWhichNothingWasAnsweredIsNotGood() {
        Verdict verdict = Judges.judge(new Recording(List.of(), List.of()), List.of(), true);
        assertThat(verdict.good()).isFalse();
        assertThat(verdict.violations()).extracting(Violation::rule).containsExactly("something to judge");
    }

    @Test
    void whatTheRunItselfNoticedIsInTheVerdict() {
        var noticed = Violation.of("members stay up", "m1 ended by itself");
        assertThat(Judges.judge(new Recording(List.of(), List.of()), List.of(noticed), true)
                        .violations())
                .contains(noticed);
    }
}

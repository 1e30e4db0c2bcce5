package io.keelson.agent.pod;

import static io.keelson.agent.pod.TestPod.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Probe;
import io.keelson.agent.pod.Probes.Verdict;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ProbeCountTest {
    private static Probe probe(String json) {
        return JsonMapper.shared().readValue(json, Probe.class);
    }

    /** Plays results ('+' and '-') and returns the verdicts after each: S, F or U. */
    private static String play(Probe probe, Verdict first, String results) {
        var verdicts = new StringBuilder();
        var count = ProbeCount.startingWith(first);
        for (int i = 0; i < results.length(); i++) {
            count = count.after(probe, results.charAt(i) == '+', NOW);
            verdicts.append(count.verdict().name().charAt(0));
        }
        return verdicts.toString();
    }

    @Test
    void aVerdictChangesAtItsThreshold() {
        assertThat(play(probe("{}"), Verdict.UNKNOWN, "+---+")).isEqualTo("SSSFS");
        assertThat(play(probe("{}"), Verdict.UNKNOWN, "--+---")).isEqualTo("UUSSSF");
        assertThat(play(probe("{\"failureThreshold\":1,\"successThreshold\":2}"), Verdict.UNKNOWN, "+-++-+"))
                .isEqualTo("UFFSFF");
        assertThat(play(probe("{}"), Verdict.SUCCESS, "--+-")).isEqualTo("SSSS");
    }

    @Test
    void itIsDueAfterTheDelayThenEachPeriod() {
        var probe = probe("{\"initialDelaySeconds\":5,\"periodSeconds\":3}");
        var count = ProbeCount.startingWith(Verdict.UNKNOWN);
        assertThat(count.dueAt(probe, NOW)).isEqualTo(NOW.plusSeconds(5));
        assertThat(count.after(probe, true, NOW.plusSeconds(6)).dueAt(probe, NOW))
                .isEqualTo(NOW.plusSeconds(9));
    }

    @Test
    void periodAndTimeoutHaveKubernetesDefaults() {
        assertThat(ProbeCount.period(probe("{}")).toSeconds()).isEqualTo(10);
        assertThat(ProbeCount.timeout(probe("{}")).toSeconds()).isEqualTo(1);
        assertThat(ProbeCount.timeout(probe("{\"timeoutSeconds\":4}")).toSeconds())
                .isEqualTo(4);
    }
}

package io.keelson.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Goal: a short mix of faults breaks no promise. Method: {@code dev/chaos}, as by hand; long runs are by hand, see docs/chaos.md.
 *
 * <p>{@code -Dkeelson.chaos.seconds=N} and {@code -Dkeelson.seed=S} make it another mix.
 */
class ChaosTest {

    @Test
    @EnabledIfSystemProperty(
            named = "keelson.chaos",
            matches = "yes",
            disabledReason = "not yet shown to be stable on a machine of two busy cores; -Dkeelson.chaos=yes runs it")
    void shortMixOfFaultsBreaksNoPromise() throws Exception {
        ChaosCommand chaos = ChaosCommand.run(
                "--members",
                "3",
                "--seconds",
                Integer.toString(Integer.getInteger("keelson.chaos.seconds", 60)),
                "--seed",
                Long.toString(Long.getLong("keelson.seed", 20260103L)),
                "--nemesis",
                "kill,pause,partition,compact");
        assertThat(chaos.status()).as(chaos.output()).isZero();
    }
}

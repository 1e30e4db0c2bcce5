package io.keelson.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.chaos.crash.Crash;
import org.junit.jupiter.api.Test;

/**
 * Goal: a member that dies anywhere in its code loses nothing that was acknowledged and does nothing twice. Method: {@code dev/crash}, as
 * by hand; {@link Crash} says how it judges. Hundreds of rounds are by hand, see docs/chaos.md.
 *
 * <p>{@code -Dkeelson.crash.rounds=N}, {@code -Dkeelson.crash.seconds=T} and {@code -Dkeelson.seed=S} make it another run.
 */
class CrashPointsTest {

    @Test
    void membersThatDieAtNamedPointsLoseNothingAndDoNothingTwice() throws Exception {
        ChaosCommand crash = ChaosCommand.crash(
                "--rounds",
                Integer.toString(Integer.getInteger("keelson.crash.rounds", 16)),
                "--seconds",
                Integer.toString(Integer.getInteger("keelson.crash.seconds", 75)),
                "--seed",
                Long.toString(Long.getLong("keelson.seed", 20260104L)));
        assertThat(crash.status()).as(crash.output()).isZero();
    }
}

package io.keelson.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Goal: a short mix of faults breaks no promise. Method: {@code dev/chaos}, as by hand; long runs are by hand, see docs/chaos.md.
 *
 * <p>Members are plain processes in network namespaces: a Docker daemon of its own would cost as much time again and can fail in ways that
 * say nothing about the store. {@code -Dkeelson.chaos.seconds=N}, {@code -Dkeelson.seed=S} and {@code -Dkeelson.chaos.machines=containers}
 * make it another mix.
 */
class ChaosTest {

    @Test
    void shortMixOfFaultsBreaksNoPromise() throws Exception {
        ChaosCommand chaos = ChaosCommand.run(
                "--members",
                "3",
                "--seconds",
                Integer.toString(Integer.getInteger("keelson.chaos.seconds", 40)),
                "--seed",
                Long.toString(Long.getLong("keelson.seed", 20260103L)),
                "--machines",
                System.getProperty("keelson.chaos.machines", "namespaces"),
                "--nemesis",
                "kill,pause,partition,compact,transfer,disk-slow,disk-fail,clock,member");
        assertThat(chaos.status()).as(chaos.output()).isZero();
    }
}

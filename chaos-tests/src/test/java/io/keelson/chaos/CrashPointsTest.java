package io.keelson.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.chaos.crash.Crash;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Goal: a member that dies anywhere in its code loses nothing that was acknowledged and does nothing twice. Method: {@code dev/crash}, as
 * by hand; {@link Crash} says how it judges. Hundreds of rounds are by hand, see docs/chaos.md.
 *
 * <p>{@code -Dkeelson.crash.rounds=N}, {@code -Dkeelson.crash.seconds=T} and {@code -Dkeelson.seed=S} make it another run.
 */
class CrashPointsTest {

    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    @Test
    void membersThatDieAtNamedPointsLoseNothingAndDoNothingTwice() throws Exception {
        var builder = new ProcessBuilder(
                        REPOSITORY.resolve("dev/crash").toString(),
                        "--rounds",
                        Integer.toString(Integer.getInteger("keelson.crash.rounds", 16)),
                        "--seconds",
                        Integer.toString(Integer.getInteger("keelson.crash.seconds", 75)),
                        "--seed",
                        Long.toString(Long.getLong("keelson.seed", 20260104L)))
                .redirectErrorStream(true);
        builder.environment().put("KEELSON_CHAOS_CLASSPATH", ChaosCommand.classPath());
        Process process = builder.start();
        process.getOutputStream().close();
        var output = new StringBuilder();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(line);
                output.append(line).append('\n');
            }
        }
        assertThat(process.waitFor()).as(output.toString()).isZero();
    }
}

package io.keelson.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Goal: a server that has much garbage and little that lives does not take all of its heap. Method: such a process, with and without. */
class HeapLimitTest {

    /** Keeps the newest 20 MB of what it makes. */
    static final class Load {

        private Load() {}

        public static void main(String[] arguments) throws InterruptedException {
            if (arguments[0].equals("limited")) {
                HeapLimit.keep();
            }
            MemoryPoolMXBean old = ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getName().contains("Tenured"))
                    .findFirst()
                    .orElseThrow();
            var kept = new ArrayDeque<byte[]>();
            long most = 0;
            for (int i = 0; i < 500_000; i++) {
                kept.add(new byte[1_000]);
                if (kept.size() > 20_000) {
                    kept.poll();
                }
                if (i % 1_000 == 0) {
                    most = Math.max(most, old.getUsage().getUsed());
                    // No faster than a disk: the collection is asked for on another thread.
                    Thread.sleep(1);
                }
            }
            System.out.print(most >> 20);
        }
    }

    private static int mostMiB(String how) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx208m",
                        "-Xmn32m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Load.class.getName(),
                        how))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return Integer.parseInt(said);
    }

    @Test
    void theOldGenerationIsCollectedBeforeItIsFull() throws Exception {
        assertThat(mostMiB("free")).as("MiB without the limit").isGreaterThan(150);
        assertThat(mostMiB("limited")).as("MiB with it").isLessThan(140);
    }

    @Test
    void moreThatLivesIsCollectedMoreRarely() {
        assertThat(HeapLimit.threshold(20L << 20)).isEqualTo(88L << 20);
        assertThat(HeapLimit.threshold(44L << 20)).isEqualTo(88L << 20);
        assertThat(HeapLimit.threshold(110L << 20)).isEqualTo(418L << 20);
    }
}

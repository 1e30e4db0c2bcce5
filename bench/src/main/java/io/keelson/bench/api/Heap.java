package io.keelson.bench.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The largest heap that a server uses in a time, as {@code jstat} tells it. */
final class Heap implements AutoCloseable {

    private static final String EVERY_MILLIS = "50";

    /**
     * The largest that were seen.
     *
     * @param usedMiB of the whole heap, garbage included
     * @param oldMiB of the old generation alone, where what lives long is
     */
    record Peak(double usedMiB, double oldMiB) {}

    private final Process jstat;
    private final Thread reader;
    private double used;
    private double old;

    Heap(long process) throws IOException {
        Path program = Path.of(System.getProperty("java.home"), "bin", "jstat");
        jstat = new ProcessBuilder(program.toString(), "-gc", Long.toString(process), EVERY_MILLIS).start();
        reader = Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(jstat.getInputStream(), StandardCharsets.US_ASCII))) {
            List<String> names = List.of(lines.readLine().strip().split(" +", -1));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] values = line.strip().split(" +", -1);
                var at = new ArrayList<Double>();
                for (String column : List.of("S0U", "S1U", "EU", "OU")) {
                    at.add(Double.parseDouble(values[names.indexOf(column)]) / 1024);
                }
                note(at.get(0) + at.get(1) + at.get(2) + at.get(3), at.get(3));
            }
        } catch (IOException | RuntimeException end) {
            // The last line may be half a line.
        }
    }

    private synchronized void note(double usedNow, double oldNow) {
        used = Math.max(used, usedNow);
        old = Math.max(old, oldNow);
    }

    synchronized Peak peak() {
        return new Peak(used, old);
    }

    @Override
    public void close() {
        jstat.destroy();
        reader.interrupt();
    }
}

package io.keelson.bench.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The largest heap that a server uses in a time, as {@code jstat} tells it, and what of it lives when the time begins. */
final class Heap implements AutoCloseable {

    private static final String EVERY_MILLIS = "50";

    /**
     * The largest that were seen.
     *
     * @param liveMiB what was left of a collection before
     * @param usedMiB of the whole heap, garbage included
     * @param oldMiB of the old generation alone, where what lives long is
     */
    record Peak(double liveMiB, double usedMiB, double oldMiB) {

        /** What was needed beside what lives. */
        double aboveMiB() {
            return usedMiB - liveMiB;
        }
    }

    private final Process jstat;
    private final Thread reader;
    private double live;
    private double used;
    private double old;

    Heap(long process) throws IOException, InterruptedException {
        Path programs = Path.of(System.getProperty("java.home"), "bin");
        int collected = new ProcessBuilder(programs.resolve("jcmd").toString(), Long.toString(process), "GC.run")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (collected != 0) {
            throw new IOException("jcmd cannot collect the garbage of process " + process);
        }
        jstat = new ProcessBuilder(programs.resolve("jstat").toString(), "-gc", Long.toString(process), EVERY_MILLIS)
                .start();
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
        if (used == 0) {
            live = usedNow;
        }
        used = Math.max(used, usedNow);
        old = Math.max(old, oldNow);
    }

    synchronized Peak peak() {
        return new Peak(live, used, old);
    }

    @Override
    public void close() {
        jstat.destroy();
        reader.interrupt();
    }
}

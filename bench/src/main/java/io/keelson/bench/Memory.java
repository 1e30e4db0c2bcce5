package io.keelson.bench;

import io.keelson.bench.Figure.Bar;
import io.keelson.bench.Figure.Good;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Resident memory of new members after 180,000 puts of 1 KiB, 500 in flight. */
final class Memory implements Workload {

    private static final int PUTS = 180_000;
    private static final int IN_FLIGHT = 500;
    private static final String LOAD = "after 180,000 puts of 1 KiB";
    private static final Figure LARGEST =
            new Figure(LOAD, "resident MiB of the largest member", Good.LESS, new Bar.Ratio(1));
    private static final Figure TOGETHER = new Figure(LOAD, "resident MiB of all members", Good.LESS, Figure.NONE);
    private static final Figure SECONDS = new Figure(LOAD, "it took s", Good.LESS, Figure.NONE);

    @Override
    public boolean wantsFresh() {
        return true;
    }

    @Override
    public Map<Figure, Double> visit(Cluster cluster) throws InterruptedException {
        long begun = System.nanoTime();
        Data.puts(cluster, "memory/", PUTS, IN_FLIGHT);
        double seconds = (System.nanoTime() - begun) / 1e9;
        var figures = new LinkedHashMap<Figure, Double>();
        figures.put(LARGEST, members(cluster).max().orElseThrow());
        figures.put(TOGETHER, members(cluster).sum());
        figures.put(SECONDS, seconds);
        return figures;
    }

    private static DoubleStream members(Cluster cluster) {
        return IntStream.range(0, Cluster.MEMBERS).mapToDouble(cluster::residentMiB);
    }
}

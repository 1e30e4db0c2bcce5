package io.keelson.bench.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured: medians with their spread, the bar, and whether it is met. */
final class Lines {

    private static final double NO_BAR = Double.NaN;

    private record Line(String load, String figure, boolean atLeast, double bar) {}

    private final Map<Line, List<Double>> values = new LinkedHashMap<>();

    /** A value that should be at least so much. */
    void atLeast(String load, String figure, double bar, double value) {
        note(new Line(load, figure, true, bar), value);
    }

    /** A value that should be at most so much. */
    void atMost(String load, String figure, double bar, double value) {
        note(new Line(load, figure, false, bar), value);
    }

    /** A value to know. */
    void tell(String load, String figure, double value) {
        note(new Line(load, figure, false, NO_BAR), value);
    }

    private void note(Line line, double value) {
        values.computeIfAbsent(line, _ -> new ArrayList<>()).add(value);
        System.out.printf(Locale.ROOT, "%-42s %-44s %s%n", line.load, line.figure, number(value));
    }

    String markdown() {
        var text = new StringBuilder(
                "| load | figure | median (least..most) | bar | met |\n| --- | --- | --- | --- | --- |\n");
        values.forEach((line, all) -> {
            List<Double> sorted = all.stream().sorted().toList();
            double median = sorted.get(sorted.size() / 2);
            boolean barred = !Double.isNaN(line.bar);
            text.append("| %s | %s | %s (%s..%s) | %s | %s |%n"
                    .formatted(
                            line.load,
                            line.figure,
                            number(median),
                            number(sorted.getFirst()),
                            number(sorted.getLast()),
                            barred ? (line.atLeast ? ">= " : "<= ") + number(line.bar) : "",
                            !barred
                                    ? ""
                                    : (line.atLeast ? median >= line.bar : median <= line.bar) ? "yes" : "**no**"));
        });
        return text.toString();
    }

    private static String number(double value) {
        if (value >= 1_000) {
            return String.format(Locale.ROOT, "%,d", Math.round(value));
        }
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}

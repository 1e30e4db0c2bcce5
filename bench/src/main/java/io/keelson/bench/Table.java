package io.keelson.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured, as medians with their spread and as ratios, in Markdown. */
final class Table {

    private final Map<Figure, Map<String, List<Double>>> values = new LinkedHashMap<>();

    /** Notes a visit's figures. */
    void add(String system, Map<Figure, Double> figures) {
        figures.forEach((figure, value) -> values.computeIfAbsent(figure, _ -> new LinkedHashMap<>())
                .computeIfAbsent(system, _ -> new ArrayList<>())
                .add(value));
    }

    /** The rows of everything noted so far. */
    String markdown(String own, String peer) {
        var text = new StringBuilder("| load | figure | " + own + " (min..max) | " + peer
                + " (min..max) | ratio | bar | met |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        values.forEach((figure, systems) -> {
            List<Double> ours = systems.getOrDefault(own, List.of());
            List<Double> theirs = systems.getOrDefault(peer, List.of());
            boolean both = !ours.isEmpty() && !theirs.isEmpty();
            text.append("| %s | %s | %s | %s | %s | %s | %s |%n"
                    .formatted(
                            figure.workload(),
                            figure.name(),
                            spread(ours),
                            spread(theirs),
                            both ? "**" + number(median(ours) / median(theirs)) + "**" : "",
                            figure.asked(),
                            figure.asked().isEmpty() || !both
                                    ? ""
                                    : figure.met(median(ours), median(theirs)) ? "yes" : "**no**"));
        });
        return text.toString();
    }

    private static String spread(List<Double> values) {
        if (values.isEmpty()) {
            return "";
        }
        var sorted = values.stream().sorted().toList();
        return "%s (%s..%s)".formatted(number(median(values)), number(sorted.getFirst()), number(sorted.getLast()));
    }

    static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** Three digits that count. */
    static String number(double value) {
        if (value >= 100) {
            return String.format(Locale.ROOT, "%,d", Math.round(value));
        }
        return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    }
}

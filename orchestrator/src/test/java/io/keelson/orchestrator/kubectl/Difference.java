package io.keelson.orchestrator.kubectl;

import io.keelson.orchestrator.kubectl.Step.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one step printed in place of what is expected: only the lines between the first and the last that differ, and of those at most so
 * many that the end of a log, which is often all there is of it, still shows them.
 */
final class Difference {

    private static final int LINES = 8;

    private Difference() {}

    /** Nothing if they are the same. */
    static Optional<String> of(Step step, Answer expected, Answer actual) {
        if (actual.equals(expected)) {
            return Optional.empty();
        }
        List<String> wanted = expected.shown().lines().toList();
        List<String> found = actual.shown().lines().toList();
        int same = 0;
        while (same < Math.min(wanted.size(), found.size()) && wanted.get(same).equals(found.get(same))) {
            same++;
        }
        int alike = 0;
        while (alike < Math.min(wanted.size(), found.size()) - same
                && wanted.get(wanted.size() - 1 - alike).equals(found.get(found.size() - 1 - alike))) {
            alike++;
        }
        List<String> text = new ArrayList<>(List.of(step.line()));
        shown(text, "expected", wanted.subList(same, wanted.size() - alike));
        shown(text, "  actual", found.subList(same, found.size() - alike));
        return Optional.of(String.join("\n", text));
    }

    private static void shown(List<String> text, String label, List<String> lines) {
        if (lines.isEmpty()) {
            text.add(label + ": nothing");
        }
        lines.stream().limit(LINES).forEach(line -> text.add(label + ": " + line));
        if (lines.size() > LINES) {
            text.add(label + ": ... " + (lines.size() - LINES) + " more");
        }
    }
}

package io.keelson.chaos.run;

import io.keelson.chaos.check.Violation;
import java.util.List;

/**
 * What is to be said of a run.
 *
 * @param violations promises that were broken
 * @param notes what is worth knowing and breaks no promise
 */
public record Verdict(List<Violation> violations, List<String> notes) {

    /** Whether no promise was broken. */
    public boolean good() {
        return violations.isEmpty();
    }
}

package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.registry.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What somebody who judges says of a write.
 *
 * @param refusal why not; empty if it may be
 * @param warnings for the writer
 * @param audit annotations for the audit log
 */
public record Verdict(Optional<Rejection> refusal, List<String> warnings, Map<String, String> audit) {

    /** No objection. */
    public static final Verdict FINE = new Verdict(Optional.empty(), List.of(), Map.of());

    /** Keeps its own copies. */
    public Verdict {
        warnings = List.copyOf(warnings);
        audit = Map.copyOf(audit);
    }

    /** A refusal without more. */
    public static Verdict refused(Rejection why) {
        return new Verdict(Optional.of(why), List.of(), Map.of());
    }

    /** A refusal if there is one. */
    public static Verdict of(Optional<Rejection> refusal) {
        return refusal.map(Verdict::refused).orElse(FINE);
    }

    /** No objection, but something to know. */
    public static Verdict warning(List<String> warnings) {
        return new Verdict(Optional.empty(), warnings, Map.of());
    }

    /** Both together; the first refusal counts. */
    public Verdict and(Verdict other) {
        List<String> all = new ArrayList<>(warnings);
        all.addAll(other.warnings);
        Map<String, String> annotations = new TreeMap<>(audit);
        annotations.putAll(other.audit);
        return new Verdict(refusal.or(other::refusal), all, annotations);
    }
}

package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the labels of a namespace say about the security of its pods.
 *
 * @param enforce what pods must keep
 * @param audit what is told to the audit log
 * @param warn what is told to the writer
 * @param mistakes labels that cannot be understood; they count as restricted for {@code enforce} and as privileged for the others
 */
record SecurityPolicy(SecurityLevel enforce, SecurityLevel audit, SecurityLevel warn, List<Cause> mistakes) {

    private static final String PREFIX = "pod-security.kubernetes.io/";

    /** Reads the labels; who only enforces is also warned, as of workloads whose pods will be refused. */
    static SecurityPolicy of(Map<String, String> labels) {
        List<Cause> mistakes = new ArrayList<>();
        SecurityLevel enforce = read(labels, "enforce", SecurityLevel.Level.RESTRICTED, mistakes);
        SecurityLevel audit = read(labels, "audit", SecurityLevel.Level.PRIVILEGED, mistakes);
        SecurityLevel warn = read(labels, "warn", SecurityLevel.Level.PRIVILEGED, mistakes);
        if (!labels.containsKey(PREFIX + "warn")) {
            warn = labels.containsKey(PREFIX + "warn-version") ? warn.with(enforce.level()) : enforce;
        }
        return new SecurityPolicy(enforce, audit, warn, List.copyOf(mistakes));
    }

    private static SecurityLevel read(
            Map<String, String> labels, String mode, SecurityLevel.Level unclear, List<Cause> mistakes) {
        SecurityLevel result = SecurityLevel.PRIVILEGED;
        String level = labels.get(PREFIX + mode);
        if (level != null) {
            var known = SecurityLevel.Level.of(level);
            if (known.isEmpty()) {
                mistakes.add(mistake(mode, level, "must be one of privileged, baseline, restricted"));
            }
            result = result.with(known.orElse(unclear));
        }
        String version = labels.get(PREFIX + mode + "-version");
        if (version != null) {
            var known = SecurityLevel.version(version);
            if (known.isEmpty()) {
                mistakes.add(mistake(mode + "-version", version, "must be \"latest\" or \"v1.x\""));
            }
            result = result.at(known.orElse(SecurityLevel.LATEST));
        }
        return result;
    }

    private static Cause mistake(String label, String value, String why) {
        return Cause.invalid("metadata.labels[" + PREFIX + label + "]", "\"" + value + "\"", why);
    }
}

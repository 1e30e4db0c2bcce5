package io.keelson.orchestrator.custom;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code fieldPath} of a rule: names below the rule's value, as {@code .name} or {@code ['any name']}. */
final class FieldPath {

    private static final Pattern STEP = Pattern.compile("\\.([A-Za-z_][A-Za-z0-9_-]*)|\\['([^']+)'\\]");

    private FieldPath() {}

    /** What is wrong with a path, in Kubernetes' words; empty if the schema has such a field. */
    static Optional<String> problem(String path, Structural schema) {
        Matcher step = STEP.matcher(path);
        Structural at = schema;
        int end = 0;
        while (end < path.length()) {
            if (!step.find(end) || step.start() != end) {
                return Optional.of("expected [ or . but got: " + path.substring(end, end + 1));
            }
            String name = step.group(1) == null ? step.group(2) : step.group(1);
            Optional<Structural> next = at.field(name);
            if (next.isEmpty()) {
                return Optional.of("does not refer to a valid field");
            }
            at = next.get();
            end = step.end();
        }
        return Optional.empty();
    }
}

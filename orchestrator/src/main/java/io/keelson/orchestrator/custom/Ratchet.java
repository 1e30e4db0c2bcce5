package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Cause;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A value that was stored before it became invalid may stay as it is, so that the rest of its object can be changed. */
final class Ratchet {

    private static final Pattern STEP = Pattern.compile("\\.?([^.\\[\\]]+)|\\[([0-9]{1,9})\\]");
    private static final Pattern NAMED = Pattern.compile("\"([^\"]*)\" must ");

    private Ratchet() {}

    /** Whether the value that a cause is about is the one that was stored. */
    static boolean wasSo(Cause cause, ObjectNode live, ObjectNode incoming) {
        String path = cause.field();
        if (path.equals("<nil>")) {
            Matcher named = NAMED.matcher(cause.message());
            path = named.find() ? named.group(1) : "";
        } else if (cause.reason().equals("FieldValueRequired")) {
            // What is missing has no value; the object that lacks it has.
            path = path.contains(".") ? path.substring(0, path.lastIndexOf('.')) : "";
        }
        Optional<JsonNode> before = at(live, path);
        return !path.isEmpty() && before.isPresent() && before.equals(at(incoming, path));
    }

    /** The value at a path; empty if the path cannot be followed, as through names with dots. */
    private static Optional<JsonNode> at(JsonNode root, String path) {
        Matcher step = STEP.matcher(path);
        JsonNode node = root;
        int end = 0;
        while (end < path.length() && step.find(end) && step.start() == end) {
            node = step.group(1) != null ? node.path(step.group(1)) : node.path(Integer.parseInt(step.group(2)));
            end = step.end();
        }
        return end < path.length() || node.isMissingNode() ? Optional.empty() : Optional.of(node);
    }
}

package io.keelson.orchestrator.kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** What is wrong with an object, as it is being found out; with the checks that many fields share. */
public final class Causes {

    static final int MAX_PORT = 65_535;

    private final List<Cause> found = new ArrayList<>();

    /** All of it. */
    public List<Cause> found() {
        return List.copyOf(found);
    }

    /** One more. */
    public void add(Cause cause) {
        found.add(cause);
    }

    void required(String field) {
        add(Cause.required(field, ""));
    }

    void invalid(String field, JsonNode value, String why) {
        add(Cause.invalid(field, value.toString(), why));
    }

    void invalid(String field, String value, List<String> problems) {
        problems.forEach(problem -> add(Cause.invalid(field, quoted(value), problem)));
    }

    void immutable(String field, JsonNode value) {
        invalid(field, value, "field is immutable");
    }

    private static String at(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    static String quoted(String text) {
        return Json.quoted(text);
    }

    /** A text that must be there and not be empty; whether it is. */
    boolean present(JsonNode parent, String path, String field) {
        if (Json.string(parent, field).orElse("").isEmpty()) {
            required(at(path, field));
            return false;
        }
        return true;
    }

    /** A text, if it is there, must be one of a few. */
    void oneOf(JsonNode parent, String path, String field, Set<String> supported) {
        Json.string(parent, field)
                .filter(value -> !supported.contains(value))
                .ifPresent(value -> add(Cause.notSupported(at(path, field), quoted(value), new TreeSet<>(supported))));
    }

    /** A number, if it is there, must not be below a bound. */
    void atLeast(JsonNode parent, String path, String field, long least) {
        Json.at(parent, field)
                .filter(JsonNode::isNumber)
                .filter(value -> value.longValue() < least)
                .ifPresent(value -> invalid(
                        at(path, field),
                        value,
                        least == 1 ? "must be greater than 0" : "must be greater than or equal to " + least));
    }

    /** A port's number, if it is there, must be one. */
    void port(JsonNode parent, String path, String field) {
        Json.at(parent, field)
                .filter(JsonNode::isNumber)
                .filter(value -> value.longValue() < 1 || value.longValue() > MAX_PORT)
                .ifPresent(
                        value -> invalid(at(path, field), value, "must be between 1 and " + MAX_PORT + ", inclusive"));
    }

    /** A port's number or name, if it is there. */
    void portOrName(JsonNode parent, String path, String field) {
        port(parent, path, field);
        Json.string(parent, field).ifPresent(name -> invalid(at(path, field), name, Names.portNameProblems(name)));
    }

    /** Labels, such as those of an object or a selector. */
    void labels(JsonNode parent, String path, String field) {
        String where = at(path, field);
        Json.strings(parent, field).forEach((key, value) -> {
            invalid(where, key, Names.qualifiedNameProblems(key));
            invalid(where, value, Names.labelValueProblems(value));
        });
    }

    /** A text must be there and be one of a few. */
    void requiredOneOf(JsonNode parent, String path, String field, Set<String> supported) {
        if (present(parent, path, field)) {
            oneOf(parent, path, field, supported);
        }
    }

    /** An update may not change a field; {@code path} is where the objects have it. */
    void unchanged(Optional<ObjectNode> live, ObjectNode incoming, String... path) {
        cannotChange(live, incoming, "field is immutable", path);
    }

    /** As above, with words of the kind. */
    void cannotChange(Optional<ObjectNode> live, ObjectNode incoming, String why, String... path) {
        if (changed(live, incoming, path)) {
            invalid(String.join(".", path), Json.at(incoming, path).orElse(NullNode.instance), why);
        }
    }

    /** An update may not change a field, of which Kubernetes says that it is forbidden. */
    void forbiddenChange(Optional<ObjectNode> live, ObjectNode incoming, String why, String... path) {
        if (changed(live, incoming, path)) {
            add(Cause.forbidden(String.join(".", path), why));
        }
    }

    private static boolean changed(Optional<ObjectNode> live, ObjectNode incoming, String... path) {
        return live.isPresent() && !Json.at(live.get(), path).equals(Json.at(incoming, path));
    }
}

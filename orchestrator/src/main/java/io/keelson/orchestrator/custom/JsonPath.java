package io.keelson.orchestrator.custom;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A path into an object, of the kind that definitions use: {@code .spec.replicas}, {@code .status.conditions[?(@.type=="Ready")].status},
 * {@code .spec.ports[0].name}, {@code .metadata.labels['a.b/c']}, {@code .items[*]}.
 */
public final class JsonPath {

    private static final int MAX_LENGTH = 1_024;
    private static final Pattern FIELD = Pattern.compile("\\.((?:[^.\\[\\]'\"\\\\]|\\\\.)+)");
    private static final Pattern QUOTED = Pattern.compile("\\[(['\"])((?:(?!\\1).)+)\\1\\]");
    private static final Pattern INDEX = Pattern.compile("\\[(-?[0-9]{1,9})\\]");
    private static final Pattern ALL = Pattern.compile("\\[\\*\\]|\\.\\*");
    private static final Pattern FILTER = Pattern.compile(
            "\\[\\?\\(\\s*@((?:\\.[^.\\[\\]'\"=!<>()\\s]+)+)\\s*(==|!=|<=|>=|<|>)\\s*('[^']*'|\"[^\"]*\"|-?[0-9.]+|true|false)\\s*\\)\\]");

    private interface Step {
        void from(JsonNode node, List<JsonNode> into);
    }

    private final String text;
    private final List<Step> steps;
    private final List<String> fields;
    private final boolean simple;

    private JsonPath(String text, List<Step> steps, List<String> fields, boolean simple) {
        this.text = text;
        this.steps = steps;
        this.fields = fields;
        this.simple = simple;
    }

    /** Reads a path; empty if it cannot be understood. */
    public static Optional<JsonPath> parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String rest = text.startsWith("{") && text.endsWith("}") ? text.substring(1, text.length() - 1) : text;
        rest = rest.startsWith("$") ? rest.substring(1) : rest;
        List<Step> steps = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        boolean simple = true;
        int at = 0;
        while (at < rest.length()) {
            Optional<Matcher> found;
            if ((found = next(ALL, rest, at)).isPresent()) {
                steps.add((node, into) -> node.forEach(into::add));
                simple = false;
            } else if ((found = next(FIELD, rest, at)).isPresent()) {
                String name = found.get().group(1).replaceAll("\\\\(.)", "$1");
                steps.add(field(name));
                fields.add(name);
            } else if ((found = next(QUOTED, rest, at)).isPresent()) {
                String name = found.get().group(2);
                steps.add(field(name));
                fields.add(name);
            } else if ((found = next(INDEX, rest, at)).isPresent()) {
                steps.add(index(Integer.parseInt(found.get().group(1))));
                simple = false;
            } else if ((found = next(FILTER, rest, at)).isPresent()) {
                steps.add(filter(found.get()));
                simple = false;
            } else {
                return Optional.empty();
            }
            at = found.get().end();
        }
        return steps.isEmpty()
                ? Optional.empty()
                : Optional.of(new JsonPath(text, List.copyOf(steps), List.copyOf(fields), simple));
    }

    private static Optional<Matcher> next(Pattern pattern, String text, int at) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        return matcher.lookingAt() ? Optional.of(matcher) : Optional.empty();
    }

    private static Step field(String name) {
        return (node, into) -> {
            JsonNode value = node.isObject() ? node.get(name) : null;
            if (value != null) {
                into.add(value);
            }
        };
    }

    private static Step index(int index) {
        return (node, into) -> {
            int at = index < 0 ? node.size() + index : index;
            if (node.isArray() && at >= 0 && at < node.size()) {
                into.add(node.get(at));
            }
        };
    }

    private static Step filter(Matcher filter) {
        String[] path = filter.group(1).substring(1).split("\\.", -1);
        String operator = filter.group(2);
        String literal = filter.group(3);
        boolean quoted = literal.startsWith("'") || literal.startsWith("\"");
        String wanted = quoted ? literal.substring(1, literal.length() - 1) : literal;
        return (node, into) -> node.forEach(item -> {
            JsonNode value = item;
            for (String name : path) {
                value = value.path(name);
            }
            if (value.isValueNode() && !value.isNull() && holds(value, operator, wanted, quoted)) {
                into.add(item);
            }
        });
    }

    private static boolean holds(JsonNode value, String operator, String wanted, boolean quoted) {
        int order;
        try {
            order = value.isNumber() && !quoted
                    ? value.decimalValue().compareTo(new BigDecimal(wanted))
                    : value.asString().compareTo(wanted);
        } catch (NumberFormatException e) {
            return false;
        }
        return switch (operator) {
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case ">" -> order > 0;
            case "<=" -> order <= 0;
            default -> order >= 0;
        };
    }

    /** The values that the path leads to, in order. */
    public List<JsonNode> find(JsonNode root) {
        List<JsonNode> found = List.of(root);
        for (Step step : steps) {
            List<JsonNode> next = new ArrayList<>();
            found.forEach(node -> step.from(node, next));
            found = next;
        }
        return found;
    }

    /** The first value that the path leads to. */
    public Optional<JsonNode> first(JsonNode root) {
        return find(root).stream().findFirst();
    }

    /** The fields that it goes through, from the root. */
    public List<String> fields() {
        return fields;
    }

    /** Whether it goes through fields alone, so that it leads to one place. */
    public boolean simple() {
        return simple;
    }

    @Override
    public String toString() {
        return text;
    }
}

package io.keelson.orchestrator.custom;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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

    @FunctionalInterface
    private interface Step {
        void from(JsonNode node, List<JsonNode> into);
    }

    /** A step to a field. */
    private record Field(String name) implements Step {

        @Override
        public void from(JsonNode node, List<JsonNode> into) {
            if (node.isObject() && node.has(name)) {
                into.add(node.get(name));
            }
        }
    }

    /** How a step is written, and what it does. */
    private record Form(Pattern pattern, Function<Matcher, Step> step) {}

    private static final List<Form> FORMS = List.of(
            new Form(ALL, _ -> (node, into) -> node.forEach(into::add)),
            new Form(FIELD, text -> new Field(text.group(1).replaceAll("\\\\(.)", "$1"))),
            new Form(QUOTED, text -> new Field(text.group(2))),
            new Form(INDEX, text -> index(Integer.parseInt(text.group(1)))),
            new Form(FILTER, JsonPath::filter));

    private final String text;
    private final List<Step> steps;

    private JsonPath(String text, List<Step> steps) {
        this.text = text;
        this.steps = List.copyOf(steps);
    }

    /** Reads a path; empty if it cannot be understood. */
    public static Optional<JsonPath> parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String rest = text.startsWith("{") && text.endsWith("}") ? text.substring(1, text.length() - 1) : text;
        rest = rest.startsWith("$") ? rest.substring(1) : rest;
        List<Step> steps = new ArrayList<>();
        int at = 0;
        while (at < rest.length()) {
            int from = at;
            for (Form form : FORMS) {
                Optional<Matcher> found = next(form.pattern(), rest, at);
                if (found.isPresent()) {
                    steps.add(form.step().apply(found.get()));
                    at = found.get().end();
                    break;
                }
            }
            if (at == from) {
                return Optional.empty();
            }
        }
        return steps.isEmpty() ? Optional.empty() : Optional.of(new JsonPath(text, steps));
    }

    private static Optional<Matcher> next(Pattern pattern, String text, int at) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        return matcher.lookingAt() ? Optional.of(matcher) : Optional.empty();
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
        return steps.stream()
                .filter(Field.class::isInstance)
                .map(step -> ((Field) step).name())
                .toList();
    }

    /** Whether it goes through fields alone, so that it leads to one place. */
    public boolean simple() {
        return steps.stream().allMatch(Field.class::isInstance);
    }

    @Override
    public String toString() {
        return text;
    }
}

package io.keelson.orchestrator.select;

import io.keelson.orchestrator.kind.Names;
import io.keelson.orchestrator.select.LabelSelector.Operator;
import io.keelson.orchestrator.select.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a label selector from text. What cannot be read is told in the words of Kubernetes' parser.
 *
 * <pre>
 * selector    = [ requirement { "," requirement } ]
 * requirement = [ "!" ] key | key ( "=" | "==" | "!=" | ">" | "<" ) [ value ] | key ( "in" | "notin" ) "(" [ value ] { "," [ value ] } ")"
 * </pre>
 */
final class LabelSelectorParser {

    private static final String SPECIAL = "=!(),<>";

    private final String text;
    private int at;

    LabelSelectorParser(String text) {
        this.text = text;
    }

    List<Requirement> parse() {
        List<Requirement> requirements = new ArrayList<>();
        String first = peek();
        while (!first.isEmpty()) {
            if (isSpecial(first) && !first.equals("!")) {
                throw found(first, "', expected: !, identifier, or 'end of string'");
            }
            requirements.add(requirement());
            String next = next();
            if (next.isEmpty()) {
                return requirements;
            }
            if (!next.equals(",")) {
                throw found(next, "', expected: ',' or 'end of string'");
            }
            first = peek();
            if (first.isEmpty() || (isSpecial(first) && !first.equals("!"))) {
                throw found(first, "', expected: identifier after ','");
            }
        }
        return requirements;
    }

    private static boolean isSpecial(String token) {
        return !token.isEmpty() && SPECIAL.indexOf(token.charAt(0)) >= 0;
    }

    private static SelectorException found(String token, String expected) {
        return new SelectorException("found '" + token + expected);
    }

    private static SelectorException badRequirement(String why) {
        return new SelectorException("unable to parse requirement: " + why);
    }

    private static SelectorException unexpected(String found, String expected) {
        return badRequirement("found '" + found + "'" + expected);
    }

    private Requirement requirement() {
        boolean absent = peek().equals("!");
        if (absent) {
            next();
        }
        String key = next();
        if (key.isEmpty() || isSpecial(key)) {
            throw unexpected(key, ", expected: identifier");
        }
        List<String> problems = Names.qualifiedNameProblems(key);
        if (!problems.isEmpty()) {
            // Kubernetes has no path for it, and says so.
            throw badRequirement("<nil>: Invalid value: \"" + key + "\": " + String.join("; ", problems));
        }
        if (absent) {
            return new Requirement(key, Operator.DOES_NOT_EXIST, Set.of());
        }
        String operator = peek();
        if (operator.isEmpty() || operator.equals(",")) {
            return new Requirement(key, Operator.EXISTS, Set.of());
        }
        next();
        return switch (operator) {
            case "=", "==" -> checked(key, Operator.IN, one());
            case "!=" -> checked(key, Operator.NOT_IN, one());
            case ">" -> checked(key, Operator.GREATER_THAN, one());
            case "<" -> checked(key, Operator.LESS_THAN, one());
            case "in" -> checked(key, Operator.IN, several());
            case "notin" -> checked(key, Operator.NOT_IN, several());
            default -> throw unexpected(operator, ", expected: in, notin, =, ==, !=, gt, lt");
        };
    }

    private static Requirement checked(String key, Operator operator, Set<String> values) {
        List<String> causes = new ArrayList<>();
        List<String> sorted = values.stream().sorted().toList();
        boolean compares = operator == Operator.GREATER_THAN || operator == Operator.LESS_THAN;
        for (int i = 0; i < sorted.size(); i++) {
            if (compares && !isInteger(sorted.get(i))) {
                causes.add(invalid(
                        "values[" + i + "]", sorted.get(i), "for 'Gt', 'Lt' operators, the value must be an integer"));
            }
        }
        for (int i = 0; i < sorted.size(); i++) {
            List<String> problems = Names.labelValueProblems(sorted.get(i));
            if (!problems.isEmpty()) {
                causes.add(invalid("values[" + i + "][" + key + "]", sorted.get(i), String.join("; ", problems)));
            }
        }
        if (!causes.isEmpty()) {
            throw badRequirement(causes.size() == 1 ? causes.getFirst() : "[" + String.join(", ", causes) + "]");
        }
        return new Requirement(key, operator, values);
    }

    private static String invalid(String path, String value, String why) {
        return path + ": Invalid value: \"" + value + "\": " + why;
    }

    private static boolean isInteger(String value) {
        try {
            Long.parseLong(value);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** One value; may be empty. */
    private Set<String> one() {
        String value = peek();
        if (value.isEmpty() || value.equals(",")) {
            return Set.of("");
        }
        if (isSpecial(value)) {
            throw unexpected(value, ", expected: identifier");
        }
        return Set.of(next());
    }

    /** Values in parentheses, each of which may be empty. */
    private Set<String> several() {
        String open = next();
        if (!open.equals("(")) {
            throw unexpected(open, " expected: '('");
        }
        Set<String> values = new LinkedHashSet<>();
        boolean more = true;
        while (more) {
            String value = peek();
            if (value.equals(",") || value.equals(")")) {
                values.add("");
            } else if (value.isEmpty() || isSpecial(value)) {
                throw unexpected(
                        value,
                        values.isEmpty() ? ", expected: ',', ')' or identifier" : ", expected: ',', or identifier");
            } else {
                values.add(next());
            }
            String end = next();
            if (!end.equals(",") && !end.equals(")")) {
                throw unexpected(end, ", expected: ',' or ')'");
            }
            more = end.equals(",");
        }
        return values;
    }

    private String peek() {
        int before = at;
        String token = next();
        at = before;
        return token;
    }

    /** The next token; empty at the end. */
    private String next() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return "";
        }
        int start = at++;
        char first = text.charAt(start);
        if (SPECIAL.indexOf(first) >= 0) {
            boolean equalsFollows = at < text.length() && text.charAt(at) == '=';
            if (equalsFollows && (first == '=' || first == '!')) {
                at++;
            }
            return text.substring(start, at);
        }
        while (at < text.length() && SPECIAL.indexOf(text.charAt(at)) < 0 && !Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }
}

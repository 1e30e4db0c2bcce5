package io.keelson.orchestrator.select;

import io.keelson.orchestrator.kind.Names;
import io.keelson.orchestrator.select.LabelSelector.Operator;
import io.keelson.orchestrator.select.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a label selector from text.
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
        if (peek().isEmpty()) {
            return requirements;
        }
        while (true) {
            requirements.add(requirement());
            String next = next();
            if (next.isEmpty()) {
                return requirements;
            }
            if (!next.equals(",")) {
                throw unexpected(next, "',' or the end");
            }
        }
    }

    private Requirement requirement() {
        if (peek().equals("!")) {
            next();
            return new Requirement(key(), Operator.DOES_NOT_EXIST, Set.of());
        }
        String key = key();
        return switch (peek()) {
            case "=", "==" -> one(key, Operator.IN);
            case "!=" -> one(key, Operator.NOT_IN);
            case ">" -> number(key, Operator.GREATER_THAN);
            case "<" -> number(key, Operator.LESS_THAN);
            case "in" -> several(key, Operator.IN);
            case "notin" -> several(key, Operator.NOT_IN);
            default -> new Requirement(key, Operator.EXISTS, Set.of());
        };
    }

    private Requirement one(String key, Operator operator) {
        next();
        return new Requirement(key, operator, Set.of(value()));
    }

    private Requirement number(String key, Operator operator) {
        next();
        String bound = value();
        if (!bound.matches("-?[0-9]{1,18}")) {
            throw new SelectorException("for 'Gt', 'Lt' operators, the value of \"" + key + "\" must be an integer");
        }
        return new Requirement(key, operator, Set.of(bound));
    }

    private Requirement several(String key, Operator operator) {
        next();
        expect("(");
        Set<String> values = new LinkedHashSet<>();
        do {
            values.add(value());
        } while (taken(","));
        expect(")");
        return new Requirement(key, operator, values);
    }

    private String key() {
        String key = next();
        if (key.isEmpty() || SPECIAL.indexOf(key.charAt(0)) >= 0) {
            throw unexpected(key, "a label's name");
        }
        if (!Names.qualifiedNameProblems(key).isEmpty()) {
            throw new SelectorException("unable to parse requirement: invalid label key \"" + key + "\"");
        }
        return key;
    }

    /** A value; may be empty. */
    private String value() {
        String value = peek();
        if (value.isEmpty() || value.equals(",") || value.equals(")")) {
            return "";
        }
        next();
        if (SPECIAL.indexOf(value.charAt(0)) >= 0) {
            throw unexpected(value, "a value");
        }
        if (!Names.labelValueProblems(value).isEmpty()) {
            throw new SelectorException("unable to parse requirement: invalid label value \"" + value + "\"");
        }
        return value;
    }

    private void expect(String token) {
        String next = next();
        if (!next.equals(token)) {
            throw unexpected(next, "'" + token + "'");
        }
    }

    private boolean taken(String token) {
        if (peek().equals(token)) {
            next();
            return true;
        }
        return false;
    }

    private SelectorException unexpected(String found, String expected) {
        return new SelectorException("unable to parse requirement: found '" + found + "', expected " + expected
                + ", in \"" + text + "\" before position " + at);
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

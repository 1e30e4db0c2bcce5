package io.keelson.cli.print;

import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Writes a tree as YAML in block style, the way kubectl prints objects. Small enough to be sooner done than a YAML library is loaded.
 *
 * <p>A string is written plain only if no YAML reader, of 1.1 or 1.2, can take it for anything else; several lines become a literal block.
 */
final class Yaml {

    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z_./][A-Za-z0-9_./@+*=()-]*(?:[ :][A-Za-z0-9_./@+*=()-]+)*");
    private static final Pattern WORD_WITH_MEANING =
            Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null|\\.inf|\\.nan|\\.|~|=");
    /** Quantities, percentages and addresses begin with a digit and are no number to any reader. */
    private static final Pattern NO_NUMBER =
            Pattern.compile("[0-9]+(?:%|m|k|[KMGTPE]i?)|(?:[0-9]{1,3}\\.){3}[0-9]{1,3}(?:/[0-9]{1,2})?");

    private static final Pattern LITERAL = Pattern.compile("[\\t\\n\\x20-\\x7e\\u00a0-\\ud7ff\\ue000-\\ufffd]*");

    private Yaml() {}

    static String write(JsonNode node) {
        var text = new StringBuilder();
        if (node.isContainer() && !node.isEmpty()) block(node, 0, text);
        else text.append(scalar(node, 0)).append('\n');
        return text.toString();
    }

    private static void block(JsonNode node, int depth, StringBuilder text) {
        var indent = "  ".repeat(depth);
        if (node.isArray()) {
            for (var item : node) {
                text.append(indent).append('-');
                if (item.isObject() && !item.isEmpty()) {
                    // The first field stands beside the dash.
                    var inner = new StringBuilder();
                    block(item, depth + 1, inner);
                    text.append(' ').append(inner, indent.length() + 2, inner.length());
                } else {
                    value(item, depth, text);
                }
            }
            return;
        }
        for (var field : node.properties()) {
            text.append(indent).append(string(field.getKey(), depth, false)).append(':');
            // A list stands at the depth of its name.
            if (field.getValue().isArray() && !field.getValue().isEmpty()) {
                text.append('\n');
                block(field.getValue(), depth, text);
            } else {
                value(field.getValue(), depth, text);
            }
        }
    }

    private static void value(JsonNode value, int depth, StringBuilder text) {
        if (value.isContainer() && !value.isEmpty()) {
            text.append('\n');
            block(value, depth + 1, text);
        } else {
            text.append(' ').append(scalar(value, depth)).append('\n');
        }
    }

    private static String scalar(JsonNode value, int depth) {
        if (value.isString()) return string(value.asString(), depth, true);
        return value.toString();
    }

    private static String string(String value, int depth, boolean mayBlock) {
        if (mayBlock
                && value.indexOf('\n') >= 0
                && LITERAL.matcher(value).matches()
                && !value.startsWith(" ")
                && !value.startsWith("\n")) {
            return literal(value, depth);
        }
        boolean plain = PLAIN.matcher(value).matches()
                && !WORD_WITH_MEANING.matcher(value).matches()
                && !value.contains(": ")
                && value.charAt(0) != '.';
        return plain || NO_NUMBER.matcher(value).matches() ? value : quoted(value);
    }

    private static String literal(String value, int depth) {
        int end = value.length();
        while (end > 0 && value.charAt(end - 1) == '\n') end--;
        int newlines = value.length() - end;
        var chomping = newlines == 0 ? "-" : newlines == 1 ? "" : "+";
        var indent = "  ".repeat(depth + 1);
        var text = new StringBuilder("|").append(chomping);
        for (var line : value.substring(0, end).split("\n", -1)) {
            text.append('\n').append(line.isEmpty() ? "" : indent + line);
        }
        return text.append("\n".repeat(Math.max(0, newlines - 1))).toString();
    }

    private static String quoted(String value) {
        boolean simple = value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
        if (simple && !value.contains("'")) return "'" + value + "'";
        var text = new StringBuilder("\"");
        value.chars().forEach(c -> {
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '\r' -> text.append("\\r");
                default -> {
                    if (c < ' ' || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029)
                        text.append("\\u%04x".formatted(c));
                    else text.append((char) c);
                }
            }
        });
        return text.append('"').toString();
    }
}

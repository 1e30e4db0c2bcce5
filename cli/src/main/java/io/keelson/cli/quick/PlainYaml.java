package io.keelson.cli.quick;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of YAML in which kubeconfigs are usually written: mappings and sequences in block style, with plain values on one line. Anything
 * that could mean something else to a real parser is refused, so that the two never differ.
 */
final class PlainYaml {

    private static final int MOST_LEVELS = 20;

    private final List<String> texts = new ArrayList<>();
    private final List<Integer> indents = new ArrayList<>();
    private int at;

    private PlainYaml() {}

    /** Reads a document whose top is a mapping: strings, lists and maps. */
    static Map<String, Object> parse(String text) throws StepAside {
        PlainYaml yaml = new PlainYaml();
        yaml.split(text);
        if (yaml.texts.isEmpty() || yaml.indents.getFirst() != 0) throw new StepAside("an unusual kubeconfig");
        Map<String, Object> top = yaml.mapping(0, 0);
        if (yaml.at < yaml.texts.size()) throw unusual("indentation");
        return top;
    }

    private static StepAside unusual(String what) {
        return new StepAside("the kubeconfig's " + what);
    }

    private void split(String text) throws StepAside {
        int begin = 0;
        while (begin < text.length()) {
            int end = text.indexOf('\n', begin);
            if (end < 0) end = text.length();
            int first = begin;
            while (first < end && text.charAt(first) == ' ') first++;
            if (first < end && text.charAt(first) != '#') {
                texts.add(text.substring(first, end));
                indents.add(first - begin);
            }
            begin = end + 1;
        }
    }

    private boolean isAt(int indent) {
        return at < texts.size() && indents.get(at) == indent;
    }

    private static boolean isItem(String text) {
        return text.startsWith("- ");
    }

    private Object block(int indent, int level) throws StepAside {
        if (level > MOST_LEVELS) throw unusual("depth");
        return isItem(texts.get(at)) ? sequence(indent, level) : mapping(indent, level);
    }

    private List<Object> sequence(int indent, int level) throws StepAside {
        List<Object> items = new ArrayList<>();
        while (isAt(indent) && isItem(texts.get(at))) {
            String line = texts.get(at);
            int first = 2;
            while (first < line.length() && line.charAt(first) == ' ') first++;
            String rest = line.substring(first);
            if (keyEnd(rest) > 0) {
                // The item is a mapping that begins on the dash's line.
                texts.set(at, rest);
                indents.set(at, indent + first);
                items.add(mapping(indent + first, level + 1));
            } else {
                items.add(value(rest));
                at++;
            }
        }
        return items;
    }

    private Map<String, Object> mapping(int indent, int level) throws StepAside {
        Map<String, Object> fields = new HashMap<>();
        while (isAt(indent) && !isItem(texts.get(at))) {
            String line = texts.get(at);
            int colon = keyEnd(line);
            if (colon <= 0) throw unusual("line without a key");
            Object value;
            at++;
            if (colon < line.length() - 1) {
                value = value(line.substring(colon + 2));
            } else {
                boolean deeper = at < texts.size()
                        && (indents.get(at) > indent || (indents.get(at) == indent && isItem(texts.get(at))));
                if (!deeper) throw unusual("empty value");
                value = block(indents.get(at), level + 1);
            }
            if (fields.put(line.substring(0, colon), value) != null) throw unusual("key that stands twice");
        }
        return fields;
    }

    /** Where the colon after a plain key is; 0 if the line does not begin with one. */
    private static int keyEnd(String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == ':') return i == line.length() - 1 || line.charAt(i + 1) == ' ' ? i : 0;
            boolean inside = i > 0 && (c == '-' || c == '.' || isDigit(c));
            if (!isLetter(c) && !inside) return 0;
        }
        return 0;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** A value of one line: a word that no parser takes for a number, a time or nothing; or an empty collection. */
    private static Object value(String text) throws StepAside {
        if (text.equals("{}")) return Map.of();
        if (text.equals("[]")) return List.of();
        if (text.isEmpty() || (!isLetter(text.charAt(0)) && text.charAt(0) != '/')) throw unusual("value");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = isLetter(c) || isDigit(c) || "+/=-._@".indexOf(c) >= 0;
            boolean inside = c == ':' && i < text.length() - 1;
            if (!plain && !inside) throw unusual("value");
        }
        if (text.equalsIgnoreCase("null") || text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false"))
            throw unusual("value");
        return text;
    }
}

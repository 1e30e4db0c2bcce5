package io.keelson.orchestrator.http;

import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A start tag of HTML, such as {@code <a href="/x">}, read by the rules of the standard for attributes: names may stand alone, values may be in
 * either quotes or in none.
 *
 * @param text from {@code <} to {@code >}
 */
record HtmlTag(String text) {

    /** Finds where a tag ends. */
    static final class End {

        private enum Part {
            NAMES,
            BEFORE_VALUE,
            VALUE,
            QUOTED
        }

        private Part part = Part.NAMES;
        private char quote;

        void reset() {
            part = Part.NAMES;
        }

        /** Takes the next byte; whether it is the last of the tag. */
        boolean isAfter(byte b) {
            char c = (char) b;
            switch (part) {
                case NAMES -> part = c == '=' ? Part.BEFORE_VALUE : Part.NAMES;
                case BEFORE_VALUE -> {
                    if (c == '"' || c == '\'') {
                        quote = c;
                        part = Part.QUOTED;
                    } else if (!isSpace(c)) {
                        part = Part.VALUE;
                    }
                }
                case VALUE -> part = isSpace(c) ? Part.NAMES : Part.VALUE;
                case QUOTED -> {
                    if (c == quote) {
                        part = Part.NAMES;
                    }
                    return false;
                }
            }
            return c == '>';
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
    }

    private static boolean isEndOfName(char c) {
        return isSpace(c) || c == '/' || c == '>';
    }

    /** The name of the tag, in small letters. */
    String name() {
        int end = 1;
        while (end < text.length() && !isEndOfName(text.charAt(end))) {
            end++;
        }
        return text.substring(1, end).toLowerCase(Locale.ROOT);
    }

    /**
     * The tag with other values of some attributes.
     *
     * @param attributes their names, in small letters
     * @param value from the old value, as it stands there, to the new one
     */
    String with(Set<String> attributes, UnaryOperator<String> value) {
        StringBuilder changed = new StringBuilder();
        int last = text.length() - 1;
        int at = 1 + name().length();
        int copied = 0;
        while (at < last) {
            char c = text.charAt(at);
            if (isSpace(c) || c == '/') {
                at++;
                continue;
            }
            int nameEnd = at + 1;
            while (nameEnd < last && text.charAt(nameEnd) != '=' && !isEndOfName(text.charAt(nameEnd))) {
                nameEnd++;
            }
            String attribute = text.substring(at, nameEnd).toLowerCase(Locale.ROOT);
            int equals = skipSpace(nameEnd, last);
            if (equals >= last || text.charAt(equals) != '=') {
                at = nameEnd;
                continue;
            }
            int begin = skipSpace(equals + 1, last);
            boolean quoted = begin < last && (text.charAt(begin) == '"' || text.charAt(begin) == '\'');
            int from = quoted ? begin + 1 : begin;
            int to = quoted ? text.indexOf(text.charAt(begin), from) : endOfBare(from, last);
            to = to < 0 ? last : to;
            if (attributes.contains(attribute)) {
                changed.append(text, copied, from).append(value.apply(text.substring(from, to)));
                copied = to;
            }
            at = quoted ? to + 1 : to;
        }
        return changed.append(text, copied, text.length()).toString();
    }

    private int skipSpace(int from, int last) {
        int at = from;
        while (at < last && isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private int endOfBare(int from, int last) {
        int at = from;
        while (at < last && !isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }
}

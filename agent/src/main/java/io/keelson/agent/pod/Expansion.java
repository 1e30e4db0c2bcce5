package io.keelson.agent.pod;

import java.util.Map;

/** {@code $(VAR)} in values, commands and arguments. */
public final class Expansion {
    private Expansion() {}

    /** Replaces {@code $(NAME)} where the name is known; leaves it where it is not. {@code $$} is a plain dollar, so {@code $$(NAME)} stays text. */
    public static String expand(String text, Map<String, String> variables) {
        var out = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != '$' || i + 1 == text.length()) {
                out.append(c);
                i++;
            } else if (text.charAt(i + 1) == '$') {
                out.append('$');
                i += 2;
            } else if (text.charAt(i + 1) == '(' && text.indexOf(')', i) > 0) {
                int end = text.indexOf(')', i);
                var name = text.substring(i + 2, end);
                out.append(variables.getOrDefault(name, "$(" + name + ")"));
                i = end + 1;
            } else {
                out.append(c);
                i++;
            }
        }
        return out.toString();
    }
}

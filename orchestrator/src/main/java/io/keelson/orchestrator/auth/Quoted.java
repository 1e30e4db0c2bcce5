package io.keelson.orchestrator.auth;

import java.util.List;
import java.util.stream.Collectors;

/** Text between quotation marks, as Kubernetes' messages have it. */
final class Quoted {

    private Quoted() {}

    /** One text. */
    static String text(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                default -> quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** Several, with a space between each two: {@code ["a" "b"]}. */
    static String list(List<String> texts) {
        return texts.stream().map(Quoted::text).collect(Collectors.joining(" ", "[", "]"));
    }
}

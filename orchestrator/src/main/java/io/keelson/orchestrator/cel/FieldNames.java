package io.keelson.orchestrator.cel;

import java.util.Optional;
import java.util.Set;

/** How names of JSON fields that are no identifiers in CEL are written in expressions, as Kubernetes defines it. */
public final class FieldNames {

    private static final Set<String> RESERVED = Set.of(
            "true",
            "false",
            "null",
            "in",
            "as",
            "break",
            "const",
            "continue",
            "else",
            "for",
            "function",
            "if",
            "import",
            "let",
            "loop",
            "package",
            "namespace",
            "return",
            "var",
            "void",
            "while");

    private FieldNames() {}

    /** The name that a field has which expressions call so; the way back from {@link #escape}. */
    static String unescape(String name) {
        if (name.length() > 4 && name.startsWith("__") && name.endsWith("__")) {
            String word = name.substring(2, name.length() - 2);
            if (RESERVED.contains(word)) {
                return word;
            }
        }
        return name.replace("__slash__", "/")
                .replace("__dash__", "-")
                .replace("__dot__", ".")
                .replace("__underscores__", "__");
    }

    /** The name in expressions: {@code a-b} is {@code a__dash__b}; empty if expressions cannot reach a field of this name. */
    public static Optional<String> escape(String name) {
        if (RESERVED.contains(name)) {
            return Optional.of("__" + name + "__");
        }
        if (!name.matches("[a-zA-Z_][a-zA-Z0-9_./-]*")) {
            return Optional.empty();
        }
        return Optional.of(name.replace("__", "__underscores__")
                .replace(".", "__dot__")
                .replace("-", "__dash__")
                .replace("/", "__slash__"));
    }
}

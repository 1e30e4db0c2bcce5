package io.keelson.orchestrator.http;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** One line of the head of a request or an answer. */
record HeaderLine(String name, String value) {

    /** What is between two neighbours only; RFC 9110, 7.6.1. */
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }

    boolean says(String word) {
        return List.of(value.toLowerCase(Locale.ROOT).split("\\s*,\\s*", -1)).contains(word);
    }

    /** The first value of a name. */
    static Optional<String> first(List<HeaderLine> lines, String name) {
        return lines.stream()
                .filter(line -> line.is(name))
                .map(HeaderLine::value)
                .findFirst();
    }

    /** Without those that a proxy does not pass on. */
    static List<HeaderLine> endToEnd(List<HeaderLine> lines) {
        Set<String> dropped = new HashSet<>(HOP_BY_HOP);
        lines.stream()
                .filter(line -> line.is("Connection"))
                .flatMap(line -> List.of(line.value().split(",", -1)).stream())
                .forEach(named -> dropped.add(named.strip().toLowerCase(Locale.ROOT)));
        return lines.stream()
                .filter(line -> !dropped.contains(line.name().toLowerCase(Locale.ROOT)))
                .toList();
    }
}

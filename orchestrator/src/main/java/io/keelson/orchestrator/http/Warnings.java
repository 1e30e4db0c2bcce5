package io.keelson.orchestrator.http;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a client is warned of, as headers. As in Kubernetes, all together are at most {@link #MAX_CHARACTERS}: if they are more, each is cut
 * to {@link #MAX_CHARACTERS_OF_ONE}, and what then still is too much is left out. Clients and proxies refuse longer heads.
 */
final class Warnings {

    static final int MAX_CHARACTERS = 4096;
    static final int MAX_CHARACTERS_OF_ONE = 256;

    /** Helidon looks without end for room for a longer one in HPACK's table of 4,096 bytes. */
    private static final int MAX_CHARACTERS_OF_HEADER = 3800;

    private static final String BEGIN = "299 - \"";
    private static final String END = "\"";

    private final Set<String> all = new LinkedHashSet<>();

    /** Adds warnings; one that was there already says nothing new. */
    void add(List<String> warnings) {
        warnings.forEach(each -> all.add(each.replaceAll("[\\p{Cntrl}]", " ").strip()));
    }

    /** The values of the headers named {@code Warning}. */
    List<String> headers() {
        int total = all.stream().mapToInt(Warnings::length).sum();
        List<String> headers = new ArrayList<>();
        int written = 0;
        for (String warning : all) {
            String text = total > MAX_CHARACTERS ? cut(warning) : warning;
            if (written + length(text) > MAX_CHARACTERS) {
                break;
            }
            written += length(text);
            String header = header(text);
            headers.add(header.length() > MAX_CHARACTERS_OF_HEADER ? header(cut(warning)) : header);
        }
        return headers;
    }

    private static String header(String text) {
        String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"");
        return BEGIN + HeaderText.of(escaped, BEGIN + END) + END;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Never half of a character. */
    private static String cut(String text) {
        return length(text) <= MAX_CHARACTERS_OF_ONE
                ? text
                : text.substring(0, text.offsetByCodePoints(0, MAX_CHARACTERS_OF_ONE));
    }
}

package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a request.
 *
 * @param values each name with its values in their order
 */
record Query(Map<String, List<String>> values) {

    static Query parse(String raw) {
        Map<String, List<String>> values = new HashMap<>();
        for (String pair : raw.split("&", -1)) {
            int at = pair.indexOf('=');
            String name = decode(at < 0 ? pair : pair.substring(0, at));
            if (!name.isEmpty()) {
                values.computeIfAbsent(name, _ -> new ArrayList<>()).add(at < 0 ? "" : decode(pair.substring(at + 1)));
            }
        }
        return new Query(values);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("the query is not encoded as a URL must be: " + e.getMessage());
        }
    }

    /** All values of a parameter that may be repeated. */
    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** The first value, empty text if there is none. */
    String text(String name) {
        return values.getOrDefault(name, List.of("")).getFirst();
    }

    /** Whether a switch is on: 1 and true in any case. */
    boolean flag(String name) {
        String value = text(name);
        return value.equals("1") || value.equalsIgnoreCase("true");
    }

    /** A whole number that is not negative, if it is there. */
    Optional<Long> number(String name) {
        String value = text(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!value.matches("[0-9]{1,18}")) {
            throw ApiException.badRequest(
                    "query parameter " + name + " must be a whole number, but is \"" + value + "\"");
        }
        return Optional.of(Long.parseLong(value));
    }
}

package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.kind.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters of a request.
 *
 * @param values each name with its values in their order
 */
record Query(Map<String, List<String>> values) {

    private static final Set<String> OFF = Set.of("0", "false");

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

    /** Whether a switch is on: it is there, and neither 0 nor false. */
    boolean flag(String name) {
        return values.containsKey(name) && !OFF.contains(text(name).toLowerCase(Locale.ROOT));
    }

    /**
     * A whole number of 64 bits, if it is there.
     *
     * @throws ApiException BAD_REQUEST if it is none, in the words of Go
     */
    Optional<Long> number(String name) {
        String value = text(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        String problem = value.matches("[+-]?[0-9]+") ? "value out of range" : "invalid syntax";
        try {
            return Optional.of(Long.parseLong(value));
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("strconv.ParseInt: parsing " + Json.quoted(value) + ": " + problem);
        }
    }
}

package io.keelson.orchestrator.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.auth.Impersonation;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** As whom a request wants to act: the {@code Impersonate-} headers. */
final class ActAs {

    private static final String EXTRA = "impersonate-extra-";

    private ActAs() {}

    /**
     * Reads the headers; empty if the request acts as its sender.
     *
     * @throws ApiException BAD_REQUEST if groups, a uid or more are given for nobody
     */
    static Optional<Impersonation> of(ServerRequestHeaders headers) {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        for (Header header : headers) {
            String lower = header.name().toLowerCase(Locale.ROOT);
            if (lower.startsWith(EXTRA)) {
                extra.computeIfAbsent(decoded(lower.substring(EXTRA.length())), _ -> new ArrayList<>())
                        .addAll(header.allValues());
            }
        }
        return Impersonation.asked(
                headers.first(HeaderNames.create("Impersonate-User")).orElse(""),
                headers.all(HeaderNames.create("Impersonate-Group"), List::of),
                headers.first(HeaderNames.create("Impersonate-Uid")).orElse(""),
                extra);
    }

    /** Keys may be percent-encoded, for headers allow few characters. */
    private static String decoded(String key) {
        try {
            return URLDecoder.decode(key.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return key;
        }
    }
}

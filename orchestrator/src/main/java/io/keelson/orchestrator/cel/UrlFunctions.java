package io.keelson.orchestrator.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Addresses of the web, whole or beginning with a slash. */
final class UrlFunctions {

    static final CelType URL = OpaqueType.create("kubernetes.URL");

    private UrlFunctions() {}

    static FunctionTable table() {
        CelType text = SimpleType.STRING;
        return new FunctionTable()
                .global("url", URL, List.of(text), a -> read(a[0]))
                .global(
                        "isURL",
                        SimpleType.BOOL,
                        List.of(text),
                        a -> parse((String) a[0]).isPresent())
                .member("getScheme", text, List.of(URL), a -> orEmpty(((URI) a[0]).getScheme()))
                .member("getHost", text, List.of(URL), a -> host((URI) a[0], true))
                .member("getHostname", text, List.of(URL), a -> host((URI) a[0], false))
                .member("getPort", text, List.of(URL), a -> port((URI) a[0]))
                .member("getEscapedPath", text, List.of(URL), a -> orEmpty(((URI) a[0]).getRawPath()))
                .member("getQuery", MapType.create(text, ListType.create(text)), List.of(URL), a -> query((URI) a[0]));
    }

    private static Optional<URI> parse(String text) {
        try {
            URI uri = new URI(text);
            boolean whole = uri.isAbsolute() && !uri.isOpaque();
            return whole || text.startsWith("/") ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static URI read(Object text) throws CelEvaluationException {
        return parse((String) text)
                .orElseThrow(() -> FunctionTable.failure("URL parse error during conversion from string: parse \""
                        + text + "\": invalid URI for request"));
    }

    private static String orEmpty(@org.jspecify.annotations.Nullable String text) {
        return text == null ? "" : text;
    }

    private static String host(URI uri, boolean whole) {
        String host = orEmpty(uri.getHost());
        if (whole) {
            return uri.getPort() < 0 ? host : host + ":" + uri.getPort();
        }
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String port(URI uri) {
        return uri.getPort() < 0 ? "" : Integer.toString(uri.getPort());
    }

    private static Map<String, List<String>> query(URI uri) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String part : orEmpty(uri.getRawQuery()).split("&", -1)) {
            if (!part.isEmpty()) {
                int at = part.indexOf('=');
                String key = decode(at < 0 ? part : part.substring(0, at));
                values.computeIfAbsent(key, _ -> new ArrayList<>()).add(at < 0 ? "" : decode(part.substring(at + 1)));
            }
        }
        return values;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}

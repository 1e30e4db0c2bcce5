package io.keelson.orchestrator.kind;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The {@code clientConfig} of webhooks, of admission and of conversions: a URL or a service, in which nothing hides. */
public final class ClientConfigCheck {

    private static final String FORM = "; desired format: https://host[/path]";

    private ClientConfigCheck() {}

    /** What is wrong with it; {@code path} is where the object has it. */
    public static List<Cause> check(JsonNode client, String path) {
        Causes causes = new Causes();
        boolean url = client.has("url");
        if (url == client.path("service").isObject()) {
            causes.add(Cause.required(path, "exactly one of url or service is required"));
        } else if (url) {
            url(client.path("url").asString(""), path + ".url", causes);
        } else {
            service(client.path("service"), path + ".service", causes);
        }
        return causes.found();
    }

    private static void url(String text, String path, Causes causes) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            refuse(path, text, "url must be a valid URL: " + e.getMessage() + FORM, causes);
            return;
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme();
        if (!scheme.equals("https")) {
            refuse(path, scheme, "'https' is the only allowed URL scheme" + FORM, causes);
        }
        if (uri.getHost() == null) {
            refuse(path, "", "host must be specified" + FORM, causes);
        }
        if (uri.getRawUserInfo() != null) {
            refuse(path, uri.getRawUserInfo(), "user information is not permitted in the URL", causes);
        }
        if (uri.getRawFragment() != null) {
            refuse(path, uri.getRawFragment(), "fragments are not permitted in the URL", causes);
        }
        if (uri.getRawQuery() != null) {
            refuse(path, uri.getRawQuery(), "query parameters are not permitted in the URL", causes);
        }
    }

    private static void service(JsonNode service, String path, Causes causes) {
        for (String field : List.of("name", "namespace")) {
            if (service.path(field).asString("").isEmpty()) {
                causes.add(Cause.required(path + "." + field, "service " + field + " is required"));
            }
        }
        long port = Json.number(service, "port").orElse(1L);
        if (port < 1 || port > Causes.MAX_PORT) {
            causes.invalid(
                    path + ".port",
                    service.path("port"),
                    "port is not valid: must be between 1 and " + Causes.MAX_PORT + ", inclusive");
        }
        path(service.path("path").asString(""), path + ".path", causes);
    }

    private static void path(String text, String path, Causes causes) {
        if (text.isEmpty() || text.equals("/")) {
            return;
        }
        if (!text.startsWith("/")) {
            refuse(path, text, "must start with a '/'", causes);
        }
        String inner = text.substring(1);
        String[] segments = (inner.endsWith("/") ? inner.substring(0, inner.length() - 1) : inner).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            String segment = "segment[" + i + "]";
            if (segments[i].isEmpty()) {
                refuse(path, text, segment + " may not be empty", causes);
            } else {
                for (String problem : Names.dns1123SubdomainProblems(segments[i])) {
                    refuse(path, text, segment + ": " + problem, causes);
                }
            }
        }
    }

    private static void refuse(String path, String value, String why, Causes causes) {
        causes.invalid(path, value, List.of(why));
    }
}

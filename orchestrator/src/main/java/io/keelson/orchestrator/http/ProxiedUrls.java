package io.keelson.orchestrator.http;

import java.net.URI;
import java.net.URISyntaxException;

/** Addresses on their way through a proxy; pure. */
final class ProxiedUrls {

    private ProxiedUrls() {}

    /** A path as it may stand in a request. */
    static String encoded(String path) {
        try {
            return new URI(null, null, path, null).getRawPath();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("a path is always of a URI", e);
        }
    }

    /**
     * Where a client finds what an answer's {@code Location} names, by Kubernetes' rule: what is on the same host lies below the proxy's path.
     *
     * @param location as the program said it
     * @param prefix the path of the proxy
     * @param host of the program, with its port
     * @param asked the host that the client asked
     * @throws URISyntaxException if it is no address
     */
    static String rewritten(String location, String prefix, String host, String asked) throws URISyntaxException {
        URI uri = new URI(location);
        String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        boolean elsewhere = !authority.isEmpty() && !authority.equals(host) && !authority.equals(asked);
        if (elsewhere || !path.startsWith("/")) {
            return location;
        }
        String kept = !authority.isEmpty() && authority.equals(asked) ? uri.getScheme() + "://" + authority : "";
        String below = path.startsWith(prefix) ? path : prefix + path;
        return kept
                + below
                + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                + (uri.getRawFragment() == null ? "" : "#" + uri.getRawFragment());
    }

    /**
     * Where a link of a page that came through a proxy leads, by the same rule. The value is as it stands in HTML; what is no address stays.
     *
     * @param link the value of an attribute
     * @param prefix the path of the proxy
     * @param host of the program, with its port
     * @param asked the host that the client asked
     */
    static String link(String link, String prefix, String host, String asked) {
        String stripped = link.strip();
        if (stripped.startsWith("/") && !stripped.startsWith("//")) {
            // Without reading it as a URI, for browsers take what is none.
            return stripped.startsWith(prefix) ? link : prefix + stripped;
        }
        if (!stripped.contains("//")) {
            return link;
        }
        try {
            return rewritten(stripped.replace("&amp;", "&"), prefix, host, asked)
                    .replace("&", "&amp;");
        } catch (URISyntaxException e) {
            return link;
        }
    }
}

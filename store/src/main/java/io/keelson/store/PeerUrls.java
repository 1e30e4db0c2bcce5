package io.keelson.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;

/** The URLs under which members dial each other: {@code http://host:port} or {@code https://host:port} and nothing more, as in etcd. */
public final class PeerUrls {

    private PeerUrls() {}

    /** Whether a member may have these: at least one, each well formed, none twice. */
    public static boolean areValid(List<String> urls) {
        return !urls.isEmpty()
                && urls.stream().allMatch(PeerUrls::isValid)
                && new HashSet<>(urls).size() == urls.size();
    }

    private static boolean isValid(String url) {
        try {
            var parsed = new URI(url);
            return ("http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme()))
                    && parsed.getHost() != null
                    && parsed.getPort() > 0
                    && parsed.getPort() <= 65_535
                    && (parsed.getPath() == null || parsed.getPath().isEmpty())
                    && parsed.getQuery() == null
                    && parsed.getUserInfo() == null
                    && parsed.getFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /**
     * The address in a URL.
     *
     * @throws IllegalArgumentException if it is not valid
     */
    public static HostPort address(String url) {
        if (!isValid(url)) {
            throw new IllegalArgumentException("not a peer URL: \"" + url + "\", expected http://host:port");
        }
        return HostPort.parse(URI.create(url).getAuthority());
    }

    /** The URL of an address. */
    public static String url(HostPort address, boolean tls) {
        return (tls ? "https://" : "http://") + address;
    }
}

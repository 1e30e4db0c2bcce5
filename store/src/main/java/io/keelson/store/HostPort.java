package io.keelson.store;

/**
 * An address to listen on or to dial.
 *
 * @param host name or address, not empty; IPv6 without brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {

    /** Checks host and port. */
    public HostPort {
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("not an address: host \"" + host + "\", port " + port);
        }
    }

    /** Reads {@code host:port}. */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            String host = text.substring(0, Math.max(colon, 0));
            return new HostPort(
                    host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host,
                    Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not an address: \"" + text + "\", expected host:port", e);
        }
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}

package io.keelson.orchestrator.cel;

import java.util.Optional;

/**
 * A range of addresses, such as {@code 10.0.0.0/8}.
 *
 * @param address as it was written
 * @param prefix how many bits of it count
 */
record IpRange(IpAddress address, int prefix) {

    static Optional<IpRange> parse(String text) {
        int at = text.indexOf('/');
        if (at < 0 || !text.substring(at + 1).matches("0|[1-9][0-9]{0,2}")) {
            return Optional.empty();
        }
        int prefix = Integer.parseInt(text.substring(at + 1));
        return IpAddress.parse(text.substring(0, at))
                .filter(address -> prefix <= address.length())
                .map(address -> new IpRange(address, prefix));
    }

    boolean contains(IpAddress other) {
        return other.family() == address.family() && other.masked(prefix).equals(address.masked(prefix));
    }

    boolean contains(IpRange other) {
        return other.prefix >= prefix && contains(other.address);
    }

    @Override
    public String toString() {
        return address + "/" + prefix;
    }
}

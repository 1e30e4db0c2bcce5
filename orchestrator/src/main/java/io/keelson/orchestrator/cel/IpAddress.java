package io.keelson.orchestrator.cel;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An address of IP version 4 or 6.
 *
 * @param family 4 or 6
 * @param bits its value
 */
record IpAddress(int family, BigInteger bits) {

    private static final int GROUPS = 8;

    /** Reads an address; no zone, no leading zeros in version 4. */
    static Optional<IpAddress> parse(String text) {
        return text.indexOf(':') >= 0
                ? six(text).map(bits -> new IpAddress(6, bits))
                : four(text).map(bits -> new IpAddress(4, bits));
    }

    private static Optional<BigInteger> four(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        long value = 0;
        for (String part : parts) {
            if (!part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
                return Optional.empty();
            }
            value = value << 8 | Integer.parseInt(part);
        }
        return Optional.of(BigInteger.valueOf(value));
    }

    private static Optional<BigInteger> six(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text).filter(all -> all.size() == GROUPS).map(IpAddress::join);
        }
        Optional<List<Integer>> before = groups(text.substring(0, gap));
        Optional<List<Integer>> after = groups(text.substring(gap + 2));
        if (before.isEmpty() || after.isEmpty()) {
            return Optional.empty();
        }
        List<Integer> all = new ArrayList<>(before.get());
        int missing = GROUPS - all.size() - after.get().size();
        if (missing < 1) {
            return Optional.empty();
        }
        for (int i = 0; i < missing; i++) {
            all.add(0);
        }
        all.addAll(after.get());
        return Optional.of(join(all));
    }

    private static Optional<List<Integer>> groups(String text) {
        List<Integer> groups = new ArrayList<>();
        if (text.isEmpty()) {
            return Optional.of(groups);
        }
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
                Optional<BigInteger> four = four(parts[i]);
                if (four.isEmpty()) {
                    return Optional.empty();
                }
                groups.add(four.get().intValue() >>> 16);
                groups.add(four.get().intValue() & 0xffff);
            } else if (parts[i].matches("[0-9a-fA-F]{1,4}")) {
                groups.add(Integer.parseInt(parts[i], 16));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(groups);
    }

    private static BigInteger join(List<Integer> groups) {
        BigInteger value = BigInteger.ZERO;
        for (int group : groups) {
            value = value.shiftLeft(16).or(BigInteger.valueOf(group));
        }
        return value;
    }

    int length() {
        return family == 4 ? 32 : 128;
    }

    /** The first bits, with zeros behind. */
    IpAddress masked(int prefix) {
        int rest = length() - prefix;
        return new IpAddress(family, bits.shiftRight(rest).shiftLeft(rest));
    }

    private boolean within(String range) {
        return IpRange.parse(range).orElseThrow().contains(this);
    }

    boolean unspecified() {
        return bits.signum() == 0;
    }

    boolean loopback() {
        return within(family == 4 ? "127.0.0.0/8" : "::1/128");
    }

    boolean linkLocalUnicast() {
        return within(family == 4 ? "169.254.0.0/16" : "fe80::/10");
    }

    boolean linkLocalMulticast() {
        return family == 4 ? within("224.0.0.0/24") : bits.shiftRight(112).intValue() % 0x10 == 2 && multicast();
    }

    private boolean multicast() {
        return within(family == 4 ? "224.0.0.0/4" : "ff00::/8");
    }

    boolean globalUnicast() {
        boolean broadcast = family == 4 && bits.longValue() == 0xffffffffL;
        return !broadcast && !unspecified() && !loopback() && !multicast() && !linkLocalUnicast();
    }

    /** In its shortest form, of RFC 5952. */
    @Override
    public String toString() {
        if (family == 4) {
            long value = bits.longValue();
            return (value >> 24) + "." + (value >> 16 & 255) + "." + (value >> 8 & 255) + "." + (value & 255);
        }
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = bits.shiftRight(16 * (GROUPS - 1 - i)).intValue() & 0xffff;
        }
        int from = -1;
        int longest = 1;
        for (int i = 0; i < GROUPS; i++) {
            int zeros = 0;
            while (i + zeros < GROUPS && groups[i + zeros] == 0) {
                zeros++;
            }
            if (zeros > longest) {
                longest = zeros;
                from = i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == from) {
                text.append("::");
                i += longest - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}

package io.keelson.orchestrator.kind;

import java.util.Arrays;
import java.util.Optional;

/**
 * An IP address that was written somehow. Read as leniently as Kubernetes reads the fields that are older than its rules for addresses: numbers
 * may begin with zeros (and are decimal all the same, where most of C's functions would take them for octal), and an IPv4 address may be written
 * as one of IPv6.
 */
final class IpText {

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final int MOST_CHARACTERS = 64;
    private static final int MAPPED_PREFIX = 12;

    private final byte[] bytes;
    private final boolean plain;

    /**
     * An address.
     *
     * @param bytes 4 or 16
     * @param plain whether no number was written with more zeros than the strict form allows
     */
    private IpText(byte[] bytes, boolean plain) {
        this.bytes = bytes;
        this.plain = plain;
    }

    /** Reads an address; empty if the text is none. */
    static Optional<IpText> of(String text) {
        if (text.length() > MOST_CHARACTERS) {
            return Optional.empty();
        }
        return text.indexOf(':') < 0 ? v4(text) : v6(text);
    }

    private static Optional<IpText> v4(String text) {
        String[] parts = text.split("\\.", -1);
        byte[] bytes = new byte[IPV4_BYTES];
        boolean plain = true;
        if (parts.length != bytes.length) {
            return Optional.empty();
        }
        for (int i = 0; i < bytes.length; i++) {
            int value = number(parts[i], 10, 255);
            if (value < 0) {
                return Optional.empty();
            }
            plain &= parts[i].length() == 1 || parts[i].charAt(0) != '0';
            bytes[i] = (byte) value;
        }
        return Optional.of(new IpText(bytes, plain));
    }

    private static Optional<IpText> v6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text).filter(all -> all.bytes.length == IPV6_BYTES);
        }
        Optional<IpText> before = groups(text.substring(0, gap));
        Optional<IpText> after = groups(text.substring(gap + 2));
        boolean v4First = text.lastIndexOf('.', gap) >= 0;
        if (before.isEmpty() || after.isEmpty() || v4First) {
            return Optional.empty();
        }
        byte[] first = before.get().bytes;
        byte[] last = after.get().bytes;
        // The gap stands for one group at least.
        if (first.length + last.length > IPV6_BYTES - 2) {
            return Optional.empty();
        }
        byte[] bytes = Arrays.copyOf(first, IPV6_BYTES);
        System.arraycopy(last, 0, bytes, IPV6_BYTES - last.length, last.length);
        return Optional.of(new IpText(bytes, before.get().plain && after.get().plain));
    }

    /** Groups of hexadecimal digits, of which the last may be an IPv4 address; none if the text is empty. */
    private static Optional<IpText> groups(String text) {
        if (text.isEmpty()) {
            return Optional.of(new IpText(new byte[0], true));
        }
        String[] groups = text.split(":", -1);
        byte[] bytes = new byte[2 * groups.length + 2];
        int length = 0;
        boolean plain = true;
        for (int i = 0; i < groups.length; i++) {
            if (i == groups.length - 1 && groups[i].indexOf('.') >= 0) {
                Optional<IpText> embedded = v4(groups[i]);
                if (embedded.isEmpty()) {
                    return Optional.empty();
                }
                System.arraycopy(embedded.get().bytes, 0, bytes, length, IPV4_BYTES);
                length += IPV4_BYTES;
                plain &= embedded.get().plain;
            } else {
                int value = number(groups[i], 16, 0xffff);
                if (value < 0) {
                    return Optional.empty();
                }
                bytes[length++] = (byte) (value >> 8);
                bytes[length++] = (byte) value;
                plain &= groups[i].length() <= 4;
            }
        }
        return Optional.of(new IpText(Arrays.copyOf(bytes, length), plain))
                .filter(all -> all.bytes.length <= IPV6_BYTES);
    }

    private static int number(String digits, int radix, int most) {
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) < 128 ? Character.digit(digits.charAt(i), radix) : -1;
            value = value * radix + digit;
            if (digit < 0 || value > most) {
                return -1;
            }
        }
        return digits.isEmpty() ? -1 : value;
    }

    /** 32 or 128: how many bits it was written with. */
    int bits() {
        return bytes.length * Byte.SIZE;
    }

    /** Whether it was written with colons. */
    boolean isV6() {
        return bytes.length == IPV6_BYTES;
    }

    /** Whether it is an IPv4 address written as one of IPv6, such as {@code ::ffff:1.2.3.4}. */
    boolean isMapped() {
        byte[] prefix = new byte[MAPPED_PREFIX];
        Arrays.fill(prefix, MAPPED_PREFIX - 2, MAPPED_PREFIX, (byte) 0xff);
        return isV6() && Arrays.equals(bytes, 0, MAPPED_PREFIX, prefix, 0, MAPPED_PREFIX);
    }

    /** Whether every program reads it as the same address: it is not mapped, and no number has zeros in front that mean something to some. */
    boolean isStandard() {
        return plain && !isMapped();
    }

    /** The address with zeros after so many bits. */
    IpText masked(int prefix) {
        byte[] masked = bytes.clone();
        for (int bit = prefix; bit < bits(); bit++) {
            masked[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
        }
        return new IpText(masked, plain);
    }

    /** Whether it is the same address, however written. */
    boolean isSame(IpText other) {
        return Arrays.equals(bytes, other.bytes);
    }

    /** The one form in which it should be written: for IPv6 that of RFC 5952; a mapped address as the IPv4 address that it is. */
    String canonical() {
        if (isMapped()) {
            return dotted(MAPPED_PREFIX);
        }
        return isV6() ? colons() : dotted(0);
    }

    private String dotted(int from) {
        return (bytes[from] & 0xff) + "." + (bytes[from + 1] & 0xff) + "." + (bytes[from + 2] & 0xff) + "."
                + (bytes[from + 3] & 0xff);
    }

    private int group(int index) {
        return ((bytes[2 * index] & 0xff) << Byte.SIZE) | (bytes[2 * index + 1] & 0xff);
    }

    /** The longest row of zeros becomes a gap; the first one of several, and only if it has two groups. */
    private String colons() {
        int groups = IPV6_BYTES / 2;
        int gap = -1;
        int gapLength = 1;
        for (int i = 0; i < groups; i++) {
            int end = i;
            while (end < groups && group(end) == 0) {
                end++;
            }
            if (end - i > gapLength) {
                gap = i;
                gapLength = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups; i++) {
            if (i == gap) {
                text.append("::");
                i += gapLength - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }
}

package io.keelson.orchestrator.registry;

/**
 * A range of IPv4 addresses such as {@code 10.96.0.0/16}.
 *
 * @param first its first address as an unsigned number
 * @param prefix length of the prefix, 0 to 32
 */
public record Cidr(int first, int prefix) {

    /** Checks that the first address has only zeros after the prefix. */
    public Cidr {
        if (prefix < 0 || prefix > 32) {
            throw new IllegalArgumentException("a prefix is 0 to 32, not " + prefix);
        }
        if ((first & ~mask(prefix)) != 0) {
            throw new IllegalArgumentException(address(first) + "/" + prefix + " has bits after its prefix");
        }
    }

    /**
     * Reads {@code a.b.c.d/n}.
     *
     * @throws IllegalArgumentException if the text is something else; the message says what
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,2}")) {
            throw new IllegalArgumentException("\"" + text + "\" is no range of addresses such as 10.96.0.0/16");
        }
        return new Cidr(parseAddress(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /**
     * Reads {@code a.b.c.d}.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    public static int parseAddress(String text) {
        if (!text.matches("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}")) {
            throw new IllegalArgumentException("\"" + text + "\" is no IPv4 address");
        }
        int address = 0;
        for (String part : text.split("\\.", -1)) {
            int octet = Integer.parseInt(part);
            if (octet > 255) {
                throw new IllegalArgumentException("\"" + text + "\" is no IPv4 address");
            }
            address = address << 8 | octet;
        }
        return address;
    }

    /** An address in dotted form. */
    public static String address(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xff) + "." + (address >>> 8 & 0xff) + "." + (address & 0xff);
    }

    /** How many addresses there are. */
    public long size() {
        return 1L << (32 - prefix);
    }

    /** The address at a place, counted from 0. */
    public int at(long index) {
        return (int) (Integer.toUnsignedLong(first) + index);
    }

    /** Whether an address is in the range. */
    public boolean contains(int address) {
        return (address & mask(prefix)) == first;
    }

    private static int mask(int prefix) {
        return prefix == 0 ? 0 : -1 << (32 - prefix);
    }

    @Override
    public String toString() {
        return address(first) + "/" + prefix;
    }
}

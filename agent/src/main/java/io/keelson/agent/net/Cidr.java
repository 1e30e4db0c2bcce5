package io.keelson.agent.net;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** IPv4 addresses and ranges as text, checked: they go into commands of tools that take more than addresses. */
public final class Cidr {
    private static final Pattern ADDRESS = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");
    private static final int BITS_MAX = 32;
    private static final int OCTET_MAX = 255;

    private Cidr() {}

    /** Whether this is an IPv4 address. */
    public static boolean isAddress(String text) {
        Matcher matcher = ADDRESS.matcher(text);
        if (!matcher.matches()) {
            return false;
        }
        for (int i = 1; i <= matcher.groupCount(); i++) {
            if (Integer.parseInt(matcher.group(i)) > OCTET_MAX) {
                return false;
            }
        }
        return true;
    }

    /**
     * An IPv4 address without zeros in front of its numbers: the API takes them as decimal, while the tools that get the address would read octal.
     * Any other text as it is.
     */
    public static String decimal(String text) {
        if (!isAddress(text)) {
            return text;
        }
        return Arrays.stream(text.split("\\.", -1))
                .map(number -> Integer.toString(Integer.parseInt(number)))
                .collect(Collectors.joining("."));
    }

    /** Returns the address. Throws {@link IllegalStateException} naming the field. */
    public static String requireAddress(String field, String text) {
        if (!isAddress(text)) {
            throw new IllegalStateException(field + ": " + text + " is not an IPv4 address");
        }
        return text;
    }

    /** Returns the range. Throws {@link IllegalStateException} naming the field. */
    public static String requireRange(String field, String text) {
        int slash = text.indexOf('/');
        String bits = slash < 0 ? "" : text.substring(slash + 1);
        boolean good = slash > 0
                && isAddress(text.substring(0, slash))
                && bits.matches("\\d{1,2}")
                && Integer.parseInt(bits) <= BITS_MAX;
        if (!good) {
            throw new IllegalStateException(field + ": " + text + " is not an IPv4 range such as 10.244.1.0/24");
        }
        return text;
    }
}

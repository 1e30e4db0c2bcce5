package io.keelson.orchestrator.kind;

import java.util.Optional;

/**
 * A range of IP addresses that was written somehow, such as {@code 10.0.0.0/8}; read as leniently as {@link IpText}.
 *
 * @param address before the slash
 * @param prefix after it: 0 to 32, or to 128
 * @param plain whether the prefix was written without zeros in front
 */
record CidrText(IpText address, int prefix, boolean plain) {

    private static final int MOST_DIGITS = 8;

    /** Reads a range; empty if the text is none. */
    static Optional<CidrText> of(String text) {
        int slash = text.indexOf('/');
        String digits = text.substring(slash + 1);
        if (slash < 0 || digits.length() > MOST_DIGITS || !digits.matches("[0-9]+")) {
            return Optional.empty();
        }
        int prefix = Integer.parseInt(digits);
        boolean plain = digits.length() == 1 || digits.charAt(0) != '0';
        return IpText.of(text.substring(0, slash))
                .filter(address -> prefix <= address.bits())
                .map(address -> new CidrText(address, prefix, plain));
    }

    /** Whether the address has bits after the prefix, so that it may be meant as one address. */
    boolean hasBitsBeyond() {
        return !address.isSame(address.masked(prefix));
    }

    /** Whether every program reads it as the same range. */
    boolean isStandard() {
        return plain && address.isStandard();
    }

    /** The one form in which the range should be written. */
    String canonical() {
        IpText network = address.masked(prefix);
        int mapped = network.isMapped() ? prefix - 96 : prefix;
        return network.canonical() + "/" + mapped;
    }

    /** What it is if one address is meant. */
    String single() {
        return address.canonical() + "/" + address.bits();
    }
}

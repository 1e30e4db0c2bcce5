package io.keelson.cli.print;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;

/** Amounts as Kubernetes writes them: {@code 250m}, {@code 1Gi}, {@code 123456789n}. */
public final class Quantity {

    private static final Map<String, BigDecimal> UNITS = Map.ofEntries(
            Map.entry("n", new BigDecimal("1e-9")),
            Map.entry("u", new BigDecimal("1e-6")),
            Map.entry("m", new BigDecimal("1e-3")),
            Map.entry("", BigDecimal.ONE),
            Map.entry("k", new BigDecimal("1e3")),
            Map.entry("M", new BigDecimal("1e6")),
            Map.entry("G", new BigDecimal("1e9")),
            Map.entry("T", new BigDecimal("1e12")),
            Map.entry("Ki", BigDecimal.valueOf(1L << 10)),
            Map.entry("Mi", BigDecimal.valueOf(1L << 20)),
            Map.entry("Gi", BigDecimal.valueOf(1L << 30)),
            Map.entry("Ti", BigDecimal.valueOf(1L << 40)));

    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

    private Quantity() {}

    /** Its thousandths, rounded up; empty if it is none. */
    public static Optional<Long> millis(String text) {
        return value(text)
                .map(value -> value.multiply(THOUSAND)
                        .setScale(0, RoundingMode.CEILING)
                        .longValue());
    }

    /** Rounded up to a whole number; empty if it is none. */
    public static Optional<Long> whole(String text) {
        return value(text).map(value -> value.setScale(0, RoundingMode.CEILING).longValue());
    }

    private static Optional<BigDecimal> value(String text) {
        int end = text.length();
        while (end > 0 && Character.isLetter(text.charAt(end - 1))) end--;
        var unit = Optional.ofNullable(UNITS.get(text.substring(end)));
        try {
            var number = new BigDecimal(text.substring(0, end));
            return unit.map(number::multiply);
        } catch (NumberFormatException none) {
            return Optional.empty();
        }
    }
}

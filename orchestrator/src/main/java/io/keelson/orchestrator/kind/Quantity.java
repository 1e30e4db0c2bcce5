package io.keelson.orchestrator.kind;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** An amount as Kubernetes writes it: {@code 500m}, {@code 128Mi}, {@code 2}, {@code 1e3}. */
public final class Quantity {

    /** Longer texts are no amounts. */
    private static final int MAX_LENGTH = 64;

    private static final Pattern FORM = Pattern.compile(
            "([+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+))(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?[0-9]{1,3})?");
    private static final int KIBI = 1024;
    private static final Map<String, BigDecimal> SUFFIXES = Map.ofEntries(
            Map.entry("n", BigDecimal.ONE.movePointLeft(9)),
            Map.entry("u", BigDecimal.ONE.movePointLeft(6)),
            Map.entry("m", BigDecimal.ONE.movePointLeft(3)),
            Map.entry("k", BigDecimal.ONE.movePointRight(3)),
            Map.entry("M", BigDecimal.ONE.movePointRight(6)),
            Map.entry("G", BigDecimal.ONE.movePointRight(9)),
            Map.entry("T", BigDecimal.ONE.movePointRight(12)),
            Map.entry("P", BigDecimal.ONE.movePointRight(15)),
            Map.entry("E", BigDecimal.ONE.movePointRight(18)),
            Map.entry("Ki", BigDecimal.valueOf(KIBI)),
            Map.entry("Mi", BigDecimal.valueOf(KIBI).pow(2)),
            Map.entry("Gi", BigDecimal.valueOf(KIBI).pow(3)),
            Map.entry("Ti", BigDecimal.valueOf(KIBI).pow(4)),
            Map.entry("Pi", BigDecimal.valueOf(KIBI).pow(5)),
            Map.entry("Ei", BigDecimal.valueOf(KIBI).pow(6)));

    private Quantity() {}

    /** The amount in the unit itself: cores, bytes; exact. Empty if the text is no amount. */
    public static Optional<BigDecimal> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (text.length() > MAX_LENGTH || !form.matches()) {
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(form.group(1));
        String suffix = form.group(2);
        if (suffix == null) {
            return Optional.of(number);
        }
        BigDecimal factor = SUFFIXES.get(suffix);
        return Optional.of(
                factor == null
                        ? number.scaleByPowerOfTen(Integer.parseInt(suffix.substring(1)))
                        : number.multiply(factor));
    }

    /** The amount of a string or number node. */
    public static Optional<BigDecimal> parse(JsonNode node) {
        return node.isString() || node.isNumber() ? parse(node.asString()) : Optional.empty();
    }

    /** The amount in thousandths, rounded up, as the scheduler counts cores. Empty if the text is no amount. */
    public static Optional<Long> millis(String text) {
        return parse(text).map(amount -> whole(amount.movePointRight(3)));
    }

    /** The amount in whole units, rounded up, as the scheduler counts bytes. Empty if the text is no amount. */
    public static Optional<Long> units(String text) {
        return parse(text).map(Quantity::whole);
    }

    /** What is more than a long holds counts as the most that it holds, as in Kubernetes. */
    private static long whole(BigDecimal amount) {
        return amount.setScale(0, RoundingMode.CEILING)
                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                .max(BigDecimal.valueOf(Long.MIN_VALUE))
                .longValueExact();
    }
}

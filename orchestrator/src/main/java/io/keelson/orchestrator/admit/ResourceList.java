package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Quantity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Exact amounts of resources by name, each with the form in which it was written as long as it is unchanged.
 *
 * @param byName in the order of the names
 */
record ResourceList(Map<String, Amount> byName) {

    /** Nothing. */
    static final ResourceList NONE = new ResourceList(Map.of());

    private static final BigInteger KIBI = BigInteger.valueOf(1024);
    private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
    private static final List<String> DECIMAL = List.of("", "k", "M", "G", "T", "P", "E");

    /**
     * An amount.
     *
     * @param value in the unit itself: cores, bytes, pieces
     * @param binary whether it is written with {@code Ki}, {@code Mi} and so on
     */
    record Amount(BigDecimal value, boolean binary) {

        private Amount with(BigDecimal other) {
            return new Amount(other, binary);
        }

        /** As Kubernetes writes it: without a fraction, with the largest suffix that loses nothing. */
        @Override
        public String toString() {
            if (value.stripTrailingZeros().scale() > 0) {
                BigDecimal millis = value.movePointRight(3);
                return millis.stripTrailingZeros().scale() > 0 ? value.toPlainString() : millis.toBigInteger() + "m";
            }
            BigInteger left = value.toBigInteger();
            BigInteger step = binary ? KIBI : BigInteger.valueOf(1000);
            int suffix = 0;
            while (left.signum() != 0
                    && suffix < BINARY.size() - 1
                    && left.mod(step).signum() == 0) {
                left = left.divide(step);
                suffix++;
            }
            return left + (binary ? BINARY : DECIMAL).get(suffix);
        }
    }

    /** Keeps its own copy, in the order of the names. */
    ResourceList {
        byName = new TreeMap<>(byName);
    }

    /** Reads a list such as {@code requests}; what is no quantity is left out. */
    static ResourceList of(JsonNode resources) {
        Map<String, Amount> amounts = new TreeMap<>();
        resources
                .properties()
                .forEach(entry -> Quantity.parse(entry.getValue())
                        .ifPresent(value -> amounts.put(
                                entry.getKey(),
                                new Amount(value, entry.getValue().asString("").endsWith("i")))));
        return new ResourceList(amounts);
    }

    /** So many pieces of one thing. */
    static ResourceList pieces(String name, long count) {
        return new ResourceList(Map.of(name, new Amount(BigDecimal.valueOf(count), false)));
    }

    /** The value; zero if there is none. */
    BigDecimal value(String name) {
        Amount amount = byName.get(name);
        return amount == null ? BigDecimal.ZERO : amount.value();
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    Set<String> names() {
        return byName.keySet();
    }

    String text(String name) {
        Amount amount = byName.get(name);
        return amount == null ? "0" : amount.toString();
    }

    ResourceList plus(ResourceList other) {
        return combined(other, BigDecimal::add);
    }

    ResourceList max(ResourceList other) {
        return combined(other, BigDecimal::max);
    }

    /** What is more in this than in the other; nothing is below zero. */
    ResourceList beyond(ResourceList other) {
        Map<String, Amount> more = new TreeMap<>();
        byName.forEach((name, amount) -> {
            BigDecimal difference = amount.value().subtract(other.value(name));
            if (difference.signum() > 0) {
                more.put(name, amount.with(difference));
            }
        });
        return new ResourceList(more);
    }

    private ResourceList combined(ResourceList other, BinaryOperator<BigDecimal> operator) {
        Map<String, Amount> result = new TreeMap<>(byName);
        other.byName.forEach((name, amount) -> result.merge(
                name, amount, (one, two) -> form(one, two).with(operator.apply(one.value(), two.value()))));
        return new ResourceList(result);
    }

    /** Nothing has no form of its own: its sum with something looks like that. */
    private static Amount form(Amount one, Amount two) {
        return one.value().signum() == 0 ? two : one;
    }

    /** Only these names. */
    ResourceList only(Set<String> names) {
        return new ResourceList(byName.entrySet().stream()
                .filter(entry -> names.contains(entry.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** The same amounts under longer names: {@code requests.cpu}. */
    ResourceList prefixed(String prefix) {
        return new ResourceList(byName.entrySet().stream()
                .collect(Collectors.toMap(entry -> prefix + entry.getKey(), Map.Entry::getValue)));
    }

    /** Zero of each name, to be written as these amounts are. */
    ResourceList zeros() {
        return new ResourceList(byName.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().with(BigDecimal.ZERO))));
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        byName.forEach((name, amount) -> json.put(name, amount.toString()));
        return json;
    }

    /** As messages show it: {@code cpu=1,memory=1Gi}. */
    @Override
    public String toString() {
        return byName.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(","));
    }
}

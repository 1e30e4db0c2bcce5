package io.keelson.orchestrator.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import io.keelson.orchestrator.kind.Quantity;
import java.math.BigDecimal;
import java.util.List;

/** Amounts such as {@code 500m} and {@code 1Gi}. */
final class QuantityFunctions {

    static final CelType QUANTITY = OpaqueType.create("kubernetes.Quantity");

    private QuantityFunctions() {}

    /** An amount; equal when it is as much. */
    record Amount(BigDecimal value) implements Comparable<Amount> {

        Amount {
            value = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        }

        @Override
        public int compareTo(Amount other) {
            return value.compareTo(other.value);
        }

        boolean whole() {
            return value.scale() <= 0 && value.toBigInteger().bitLength() < Long.SIZE;
        }
    }

    static FunctionTable table() {
        CelType text = SimpleType.STRING;
        FunctionTable table = new FunctionTable()
                .global("quantity", QUANTITY, List.of(text), a -> parse(a[0]))
                .global(
                        "isQuantity",
                        SimpleType.BOOL,
                        List.of(text),
                        a -> Quantity.parse((String) a[0]).isPresent())
                .member("sign", SimpleType.INT, List.of(QUANTITY), a ->
                        (long) of(a[0]).value().signum())
                .member("isInteger", SimpleType.BOOL, List.of(QUANTITY), a -> of(a[0]).whole())
                .member("asInteger", SimpleType.INT, List.of(QUANTITY), a -> asInteger(of(a[0])))
                .member(
                        "asApproximateFloat",
                        SimpleType.DOUBLE,
                        List.of(QUANTITY),
                        a -> of(a[0]).value().doubleValue())
                .member(
                        "isGreaterThan",
                        SimpleType.BOOL,
                        List.of(QUANTITY, QUANTITY),
                        a -> of(a[0]).compareTo(of(a[1])) > 0)
                .member(
                        "isLessThan",
                        SimpleType.BOOL,
                        List.of(QUANTITY, QUANTITY),
                        a -> of(a[0]).compareTo(of(a[1])) < 0)
                .member("compareTo", SimpleType.INT, List.of(QUANTITY, QUANTITY), a ->
                        (long) of(a[0]).compareTo(of(a[1])));
        for (CelType other : List.of(QUANTITY, SimpleType.INT)) {
            table.member(
                            "add",
                            QUANTITY,
                            List.of(QUANTITY, other),
                            a -> new Amount(of(a[0]).value().add(number(a[1]))))
                    .member(
                            "sub",
                            QUANTITY,
                            List.of(QUANTITY, other),
                            a -> new Amount(of(a[0]).value().subtract(number(a[1]))));
        }
        return table;
    }

    private static Amount of(Object value) {
        return (Amount) value;
    }

    private static BigDecimal number(Object value) {
        return value instanceof Amount amount ? amount.value() : BigDecimal.valueOf((Long) value);
    }

    private static Amount parse(Object text) throws CelEvaluationException {
        return Quantity.parse((String) text)
                .map(Amount::new)
                .orElseThrow(() -> FunctionTable.failure(
                        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"));
    }

    private static long asInteger(Amount amount) throws CelEvaluationException {
        if (!amount.whole()) {
            throw FunctionTable.failure("cannot convert value to integer");
        }
        return amount.value().longValueExact();
    }
}

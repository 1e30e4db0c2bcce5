package io.keelson.orchestrator.fields;

import java.math.BigDecimal;
import java.util.Comparator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A value by which an item of a list is known. Equal when the values are, whichever class of node holds a number.
 *
 * @param node the value
 */
public record Literal(JsonNode node) implements Comparable<Literal> {

    private static final Comparator<JsonNode> ORDER = Comparator.<JsonNode>comparingInt(Literal::rank)
            .thenComparing((a, b) -> switch (rank(a)) {
                case 0 -> a.decimalValue().compareTo(b.decimalValue());
                case 1 -> a.stringValue().compareTo(b.stringValue());
                case 2 -> Boolean.compare(a.booleanValue(), b.booleanValue());
                default -> a.toString().compareTo(b.toString());
            });

    /** A number, text or boolean as it is in an object. */
    public Literal {
        if (node.isNumber()) {
            BigDecimal number = node.decimalValue().stripTrailingZeros();
            boolean whole = number.scale() <= 0 && number.toBigInteger().bitLength() < Long.SIZE;
            node = whole
                    ? JsonNodeFactory.instance.numberNode(number.longValueExact())
                    : JsonNodeFactory.instance.numberNode(number);
        }
    }

    /** Numbers before text before booleans before all else, as structured-merge-diff orders values. */
    private static int rank(JsonNode node) {
        return switch (node.getNodeType()) {
            case NUMBER -> 0;
            case STRING -> 1;
            case BOOLEAN -> 2;
            case ARRAY, OBJECT, POJO, BINARY, NULL, MISSING -> 3;
        };
    }

    @Override
    public int compareTo(Literal other) {
        return ORDER.compare(node, other.node);
    }

    /** As JSON: text in quotes. */
    @Override
    public String toString() {
        return node.toString();
    }
}

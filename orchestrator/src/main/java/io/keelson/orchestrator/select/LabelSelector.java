package io.keelson.orchestrator.select;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A label selector: conditions that must all hold. From text such as {@code app=web,tier in (front,edge),!old}, or from a
 * {@code LabelSelector} object with {@code matchLabels} and {@code matchExpressions}.
 */
public final class LabelSelector {

    private static final LabelSelector EVERYTHING = new LabelSelector(List.of());

    /** How a requirement compares. */
    public enum Operator {
        /** The label is there with one of the values. */
        IN,
        /** The label is absent, or has none of the values. */
        NOT_IN,
        /** The label is there. */
        EXISTS,
        /** The label is absent. */
        DOES_NOT_EXIST,
        /** The label is a whole number greater than the value. */
        GREATER_THAN,
        /** The label is a whole number less than the value. */
        LESS_THAN
    }

    /**
     * One condition.
     *
     * @param key the label's name
     * @param operator how to compare
     * @param values what to compare with; empty for EXISTS and DOES_NOT_EXIST
     */
    public record Requirement(String key, Operator operator, Set<String> values) {

        boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
                case GREATER_THAN -> value != null && compare(value) > 0;
                case LESS_THAN -> value != null && compare(value) < 0;
            };
        }

        /** The sign of label minus bound; 0, which meets neither comparison, when one is no whole number. */
        private int compare(String value) {
            try {
                return Long.compare(
                        Long.parseLong(value), Long.parseLong(values.iterator().next()));
            } catch (NumberFormatException e) {
                return 0;
            }
        }

        @Override
        public String toString() {
            String joined = String.join(",", values);
            return switch (operator) {
                case IN -> values.size() == 1 ? key + "=" + joined : key + " in (" + joined + ")";
                case NOT_IN -> values.size() == 1 ? key + "!=" + joined : key + " notin (" + joined + ")";
                case EXISTS -> key;
                case DOES_NOT_EXIST -> "!" + key;
                case GREATER_THAN -> key + ">" + joined;
                case LESS_THAN -> key + "<" + joined;
            };
        }
    }

    private final List<Requirement> requirements;

    private LabelSelector(List<Requirement> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    /** Selects every object. */
    public static LabelSelector everything() {
        return EVERYTHING;
    }

    /**
     * Reads a selector as in {@code kubectl get -l}; empty text selects everything.
     *
     * @throws SelectorException if the text cannot be understood; the message names the place
     */
    public static LabelSelector parse(String text) {
        return new LabelSelector(new LabelSelectorParser(text).parse());
    }

    /**
     * The selector of a {@code LabelSelector} object; an empty object selects everything. For the plain maps of a service or a
     * node selector see {@link #ofLabels}.
     *
     * @throws SelectorException if an operator is unknown, or its number of values is wrong
     */
    public static LabelSelector of(JsonNode labelSelector) {
        List<Requirement> requirements =
                new ArrayList<>(ofLabels(Json.strings(labelSelector, "matchLabels")).requirements);
        for (JsonNode expression : Json.items(labelSelector, "matchExpressions")) {
            requirements.add(expression(expression));
        }
        return new LabelSelector(requirements);
    }

    /** Selects what has all these labels. */
    public static LabelSelector ofLabels(Map<String, String> labels) {
        return new LabelSelector(labels.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(label -> new Requirement(label.getKey(), Operator.IN, Set.of(label.getValue())))
                .toList());
    }

    private static Requirement expression(JsonNode expression) {
        String key = Json.string(expression, "key").orElse("");
        String name = Json.string(expression, "operator").orElse("");
        Set<String> values = new LinkedHashSet<>();
        Json.items(expression, "values").forEach(value -> values.add(value.asString()));
        Operator operator = switch (name) {
            case "In" -> Operator.IN;
            case "NotIn" -> Operator.NOT_IN;
            case "Exists" -> Operator.EXISTS;
            case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
            default -> throw new SelectorException("\"" + name + "\" is not a valid label selector operator");
        };
        boolean needsValues = operator == Operator.IN || operator == Operator.NOT_IN;
        if (needsValues == values.isEmpty()) {
            throw new SelectorException(
                    "values of \"" + key + "\" must be " + (needsValues ? "non-empty" : "empty") + " for " + name);
        }
        return new Requirement(key, operator, values);
    }

    /** The conditions, all of which must hold. */
    public List<Requirement> requirements() {
        return requirements;
    }

    /** Whether this selects every object. */
    public boolean isEverything() {
        return requirements.isEmpty();
    }

    /** Whether these labels meet all conditions. */
    public boolean matches(Map<String, String> labels) {
        return requirements.stream().allMatch(requirement -> requirement.matches(labels));
    }

    /** Whether the object's labels meet all conditions. */
    public boolean matches(ObjectNode object) {
        return requirements.isEmpty() || matches(Json.strings(object, "metadata", "labels"));
    }

    @Override
    public String toString() {
        return String.join(",", requirements.stream().map(Requirement::toString).toList());
    }
}

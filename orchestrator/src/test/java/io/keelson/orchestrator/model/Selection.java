package io.keelson.orchestrator.model;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a client asks for: a kind, a namespace or all (empty), and conditions, as text and as a naive test of each object. */
record Selection(Row row, String namespace, List<Condition> labels, List<Condition> fields) {

    /** What is asked of one label or field. */
    record Condition(Operator operator, String name, String absent, List<String> values) {

        boolean holds(boolean present, String value) {
            return switch (operator) {
                case EQUAL -> value.equals(values.getFirst()) && present;
                case NOT_EQUAL -> !present || !value.equals(values.getFirst());
                case IN -> present && values.contains(value);
                case NOT_IN -> !present || !values.contains(value);
                case EXISTS -> present;
                case ABSENT -> !present;
            };
        }

        String text() {
            return switch (operator) {
                case EQUAL -> name + "=" + values.getFirst();
                case NOT_EQUAL -> name + "!=" + values.getFirst();
                case IN -> name + " in (" + String.join(",", values) + ")";
                case NOT_IN -> name + " notin (" + String.join(",", values) + ")";
                case EXISTS -> name;
                case ABSENT -> "!" + name;
            };
        }
    }

    enum Operator {
        EQUAL,
        NOT_EQUAL,
        IN,
        NOT_IN,
        EXISTS,
        ABSENT
    }

    static final List<String> LABELS = List.of("a", "b", "c");
    static final List<String> VALUES = List.of("1", "2", "3");

    /** Draws one; names and namespaces from those that there are. */
    static Selection draw(Random random, Row row, List<String> namespaces, List<String> names) {
        String namespace =
                row.namespaced() && random.nextInt(3) > 0 ? namespaces.get(random.nextInt(namespaces.size())) : "";
        List<Condition> labels = new ArrayList<>();
        List<Condition> fields = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Operator operator = Operator.values()[random.nextInt(Operator.values().length)];
            List<String> values = random.nextBoolean()
                    ? List.of(VALUES.get(random.nextInt(3)))
                    : List.of(VALUES.get(random.nextInt(3)), VALUES.get(random.nextInt(3)));
            labels.add(new Condition(operator, LABELS.get(random.nextInt(3)), "", values));
        }
        if (random.nextInt(3) == 0) {
            Operator operator = random.nextBoolean() ? Operator.EQUAL : Operator.NOT_EQUAL;
            switch (random.nextInt(4)) {
                case 0 ->
                    fields.add(new Condition(
                            operator, "metadata.name", "", List.of(names.get(random.nextInt(names.size())))));
                case 1 -> {
                    if (row.namespaced()) {
                        fields.add(new Condition(
                                operator,
                                "metadata.namespace",
                                "",
                                List.of(namespaces.get(random.nextInt(namespaces.size())))));
                    }
                }
                default -> {
                    if (!row.fields().isEmpty()) {
                        Row.Field field =
                                row.fields().get(random.nextInt(row.fields().size()));
                        String value = switch (field.path()) {
                            case "spec.nodeName" -> random.nextBoolean() ? "" : names.get(random.nextInt(names.size()));
                            case "status.phase" ->
                                List.of("Pending", "Running", "Failed").get(random.nextInt(3));
                            case "spec.restartPolicy" -> random.nextBoolean() ? "Always" : "Never";
                            case "spec.unschedulable" -> Boolean.toString(random.nextBoolean());
                            default -> VALUES.get(random.nextInt(3));
                        };
                        fields.add(new Condition(operator, field.path(), field.absent(), List.of(value)));
                    }
                }
            }
        }
        return new Selection(row, namespace, labels, fields);
    }

    boolean isEverything() {
        return labels.isEmpty() && fields.isEmpty();
    }

    boolean takes(History.Key key, ObjectNode object) {
        return key.row().equals(row) && (namespace.isEmpty() || namespace.equals(key.namespace())) && matches(object);
    }

    boolean matches(ObjectNode object) {
        JsonNode own = object.path("metadata").path("labels");
        for (Condition label : labels) {
            if (!label.holds(own.has(label.name()), own.path(label.name()).asString(""))) {
                return false;
            }
        }
        for (Condition field : fields) {
            JsonNode node = object;
            for (String step : field.name().split("\\.", -1)) {
                node = node.path(step);
            }
            if (!field.holds(true, node.isMissingNode() || node.isNull() ? field.absent() : node.asString())) {
                return false;
            }
        }
        return true;
    }

    String labelText() {
        return String.join(",", labels.stream().map(Condition::text).toList());
    }

    String fieldText() {
        return String.join(",", fields.stream().map(Condition::text).toList());
    }

    /** The beginning of a query. */
    String query() {
        return "?labelSelector=" + encoded(labelText()) + "&fieldSelector=" + encoded(fieldText());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}

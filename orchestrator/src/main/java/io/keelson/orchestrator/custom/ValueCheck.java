package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether a value is what its schema says, in the words of Kubernetes' validation of custom resources. */
public final class ValueCheck {

    private ValueCheck() {}

    /** What is wrong with an object; nothing if all is well. */
    public static List<Cause> check(Structural schema, ObjectNode object) {
        List<Cause> causes = new ArrayList<>();
        check(schema, object, "", causes);
        return causes;
    }

    /** What is wrong with a value at a path. */
    static List<Cause> check(Structural schema, JsonNode value, String path) {
        List<Cause> causes = new ArrayList<>();
        check(schema, value, path, causes);
        return causes;
    }

    private static void check(Structural schema, JsonNode value, String path, List<Cause> causes) {
        if (value.isNull() && schema.nullable()) {
            return;
        }
        if (!typeFits(schema, value)) {
            String wanted = schema.intOrString() ? "integer,string" : schema.type();
            String found = typeOf(value);
            causes.add(new Cause(
                    "FieldValueTypeInvalid",
                    path,
                    "Invalid value: \"" + found + "\": " + where(path) + " must be of type " + wanted + ": \"" + found
                            + "\""));
            return;
        }
        bounds(schema, value, path, causes);
        junctors(schema.bounds(), value, path, causes);
        parts(schema, value, path, causes);
    }

    private static String where(String path) {
        return path + " in body";
    }

    private static boolean typeFits(Structural schema, JsonNode value) {
        if (schema.intOrString()) {
            return value.isIntegralNumber() || value.isString();
        }
        return switch (schema.type()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "boolean" -> value.isBoolean();
            case "integer" -> whole(value);
            case "number" -> value.isNumber();
            default -> true;
        };
    }

    /** A number of 64 bits without a fraction is whole, however it is written: {@code 1.0}. */
    private static boolean whole(JsonNode value) {
        if (value.isIntegralNumber()) {
            return value.canConvertToLong();
        }
        return value.isNumber() && Double.isFinite(value.doubleValue()) && value.doubleValue() % 1 == 0;
    }

    private static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT, POJO -> "object";
            case ARRAY -> "array";
            case STRING, BINARY -> "string";
            case NUMBER -> whole(value) ? "integer" : "number";
            case BOOLEAN -> "boolean";
            case NULL, MISSING -> "null";
        };
    }

    private static void bounds(Structural schema, JsonNode value, String path, List<Cause> causes) {
        Bounds bounds = schema.bounds();
        switch (value.getNodeType()) {
            case NUMBER -> number(bounds, value, path, causes);
            case STRING -> text(bounds, value, path, causes);
            case ARRAY -> list(bounds, value, path, causes);
            case OBJECT -> object(bounds, value, path, causes);
            case BOOLEAN, NULL, MISSING, BINARY, POJO -> {}
        }
        if (!bounds.values().isEmpty() && bounds.values().stream().noneMatch(allowed -> equal(allowed, value))) {
            causes.add(Cause.notSupported(
                    path,
                    value.toString(),
                    bounds.values().stream()
                            .map(allowed -> allowed.isString() ? allowed.stringValue() : allowed.toString())
                            .toList()));
        }
    }

    private static void invalid(String path, JsonNode value, String why, List<Cause> causes) {
        causes.add(Cause.invalid(path, value.toString(), where(path) + " " + why));
    }

    private static void number(Bounds bounds, JsonNode value, String path, List<Cause> causes) {
        BigDecimal number = value.decimalValue();
        bounds.maximum().ifPresent(maximum -> {
            int order = number.compareTo(maximum);
            if (order > 0 || (order == 0 && bounds.exclusiveMaximum())) {
                invalid(
                        path,
                        value,
                        "should be less than " + (bounds.exclusiveMaximum() ? "" : "or equal to ") + plain(maximum),
                        causes);
            }
        });
        bounds.minimum().ifPresent(minimum -> {
            int order = number.compareTo(minimum);
            if (order < 0 || (order == 0 && bounds.exclusiveMinimum())) {
                invalid(
                        path,
                        value,
                        "should be greater than " + (bounds.exclusiveMinimum() ? "" : "or equal to ") + plain(minimum),
                        causes);
            }
        });
        bounds.multipleOf()
                .filter(factor -> number.remainder(factor).signum() != 0)
                .ifPresent(factor -> invalid(path, value, "should be a multiple of " + plain(factor), causes));
        boolean tooWide = switch (bounds.format()) {
            case "int32" -> value.isIntegralNumber() && !value.canConvertToInt();
            case "int64" -> value.isIntegralNumber() && !value.canConvertToLong();
            default -> false;
        };
        if (tooWide) {
            invalid(path, value, "must be of type " + bounds.format() + ": " + value, causes);
        }
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    private static void text(Bounds bounds, JsonNode value, String path, List<Cause> causes) {
        String text = value.stringValue();
        long length = text.codePointCount(0, text.length());
        bounds.maxLength()
                .filter(max -> length > max)
                .ifPresent(max -> causes.add(Cause.tooLong(path, max.intValue())));
        bounds.minLength()
                .filter(min -> length < min)
                .ifPresent(min -> invalid(path, value, "should be at least " + min + " chars long", causes));
        bounds.pattern()
                .filter(pattern -> !pattern.isIn(text))
                .ifPresent(pattern -> invalid(path, value, "should match '" + pattern + "'", causes));
        if (!Formats.fits(bounds.format(), text)) {
            invalid(path, value, "must be of type " + bounds.format() + ": " + value, causes);
        }
    }

    private static void list(Bounds bounds, JsonNode value, String path, List<Cause> causes) {
        int size = value.size();
        bounds.maxItems().filter(max -> size > max).ifPresent(max -> causes.add(tooMany(path, size, max)));
        bounds.minItems()
                .filter(min -> size < min)
                .ifPresent(min -> invalid(path, value, "should have at least " + min + " items", causes));
        if (bounds.uniqueItems() && new HashSet<>(Json.items(value)).size() < size) {
            invalid(path, value, "shouldn't contain duplicates", causes);
        }
    }

    private static Cause tooMany(String path, int size, long max) {
        return new Cause(
                "FieldValueTooMany",
                path,
                "Too many: " + size + ": must have at most " + max + (max == 1 ? " item" : " items"));
    }

    private static void object(Bounds bounds, JsonNode value, String path, List<Cause> causes) {
        int size = value.size();
        for (String name : bounds.required()) {
            if (!value.has(name)) {
                causes.add(Cause.required(path.isEmpty() ? name : path + "." + name, ""));
            }
        }
        bounds.maxProperties().filter(max -> size > max).ifPresent(max -> causes.add(tooMany(path, size, max)));
        bounds.minProperties()
                .filter(min -> size < min)
                .ifPresent(min -> invalid(path, value, "should have at least " + min + " properties", causes));
    }

    /** Numbers are equal when they are as much. */
    private static boolean equal(JsonNode allowed, JsonNode value) {
        return (allowed.isNumber() && value.isNumber())
                ? allowed.decimalValue().compareTo(value.decimalValue()) == 0
                : allowed.equals(value);
    }

    private static void junctors(Bounds bounds, JsonNode value, String path, List<Cause> causes) {
        boolean allOf = true;
        for (Structural branch : bounds.allOf()) {
            List<Cause> wrong = check(branch, value, path);
            causes.addAll(wrong);
            allOf &= wrong.isEmpty();
        }
        if (!allOf) {
            composite(path, "must validate all the schemas (allOf)", causes);
        }
        if (!bounds.anyOf().isEmpty()) {
            Branches tried = Branches.of(bounds.anyOf(), value, path);
            if (tried.holding() == 0) {
                composite(path, "must validate at least one schema (anyOf)", causes);
                causes.addAll(tried.nearest());
            }
        }
        if (!bounds.oneOf().isEmpty()) {
            Branches tried = Branches.of(bounds.oneOf(), value, path);
            if (tried.holding() != 1) {
                composite(
                        path,
                        "must validate one and only one schema (oneOf). "
                                + (tried.holding() == 0
                                        ? "Found none valid"
                                        : "Found " + tried.holding() + " valid alternatives"),
                        causes);
                causes.addAll(tried.holding() == 0 ? tried.nearest() : List.of());
            }
        }
        Optional<Structural> not = bounds.not();
        if (not.isPresent() && check(not.get(), value, path).isEmpty()) {
            composite(path, "must not validate the schema (not)", causes);
        }
    }

    /** Kubernetes gives no field to such a cause, only a message that names it. */
    private static void composite(String path, String why, List<Cause> causes) {
        causes.add(Cause.invalid("<nil>", "\"\"", "\"" + path + "\" " + why));
    }

    /**
     * Alternatives, tried on a value.
     *
     * @param holding how many hold
     * @param nearest what is wrong by the one that is nearest to holding
     */
    private record Branches(int holding, List<Cause> nearest) {

        static Branches of(List<Structural> branches, JsonNode value, String path) {
            int holding = 0;
            Optional<List<Cause>> nearest = Optional.empty();
            for (Structural branch : branches) {
                List<Cause> wrong = check(branch, value, path);
                holding += wrong.isEmpty() ? 1 : 0;
                if (nearest.isEmpty() || wrong.size() < nearest.get().size()) {
                    nearest = Optional.of(wrong);
                }
            }
            return new Branches(holding, nearest.orElse(List.of()));
        }
    }

    private static void parts(Structural schema, JsonNode value, String path, List<Cause> causes) {
        if (value.isArray()) {
            schema.items().ifPresent(items -> {
                for (int i = 0; i < value.size(); i++) {
                    check(items, value.get(i), path + "[" + i + "]", causes);
                }
            });
        } else if (value.isObject()) {
            Set<String> names = new HashSet<>(value.propertyNames());
            names.stream()
                    .sorted()
                    .forEach(name -> schema.field(name).ifPresent(field -> {
                        String at = path.isEmpty() ? name : path + "." + name;
                        // The metadata of an object is judged where that of all objects is.
                        if (!at.equals("metadata")) {
                            check(field, value.get(name), at, causes);
                        }
                    }));
            if (schema.embedded()) {
                Embedded.check(value, path, causes);
            }
        }
    }
}

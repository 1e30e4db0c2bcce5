package io.keelson.orchestrator.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What an expression may cost at most: loops count as often as their list may have items, text as long as it may be. */
final class Estimate {

    /**
     * A part of an expression.
     *
     * @param cost of evaluating it once
     * @param type of its value, with the bounds of its size
     */
    record Part(long cost, Type type) {}

    private final Map<String, Type> scope;

    private Estimate(Map<String, Type> scope) {
        this.scope = new HashMap<>(scope);
    }

    static Part of(CelAbstractSyntaxTree ast, Map<String, Type> variables) {
        return new Estimate(variables).part(ast.getExpr());
    }

    private Part part(CelExpr expr) {
        return switch (expr.getKind()) {
            case NOT_SET -> new Part(0, Type.Basic.DYN);
            case CONSTANT -> new Part(0, constant(expr.constant()));
            case IDENT -> new Part(1, scope.getOrDefault(expr.ident().name(), Type.Basic.DYN));
            case SELECT -> {
                Part operand = part(expr.select().operand());
                yield new Part(
                        plus(operand.cost(), 1),
                        field(operand.type(), expr.select().field()));
            }
            case CALL -> call(expr.call());
            case LIST -> {
                long cost = 10;
                Type items = Type.Basic.DYN;
                for (CelExpr item : expr.list().elements()) {
                    Part part = part(item);
                    cost = plus(cost, part.cost());
                    items = part.type();
                }
                yield new Part(
                        cost, new Type.ListOf(items, expr.list().elements().size()));
            }
            case MAP -> {
                long cost = 30;
                for (CelExpr.CelMap.Entry entry : expr.map().entries()) {
                    cost = plus(
                            cost,
                            plus(part(entry.key()).cost(), part(entry.value()).cost()));
                }
                yield new Part(
                        cost,
                        new Type.MapOf(Type.Basic.DYN, expr.map().entries().size()));
            }
            case STRUCT -> new Part(40, Type.Basic.DYN);
            case COMPREHENSION -> loop(expr.comprehension());
        };
    }

    private static Type constant(CelConstant constant) {
        return constant.getKind() == CelConstant.Kind.STRING_VALUE
                ? new Type.Text(constant.stringValue().length())
                : Type.Basic.INT;
    }

    private static Type field(Type type, String name) {
        return switch (type) {
            case Type.ObjectOf object ->
                object.fields().entrySet().stream()
                        .filter(field -> FieldNames.escape(field.getKey()).equals(Optional.of(name)))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(Type.Basic.DYN);
            case Type.MapOf map -> map.values();
            case Type.OptionalOf optional -> field(optional.value(), name);
            case Type.Basic _, Type.Text _, Type.Bytes _, Type.ListOf _ -> Type.Basic.DYN;
        };
    }

    private Part loop(CelExpr.CelComprehension loop) {
        Part range = part(loop.iterRange());
        long times = size(range.type());
        Part start = part(loop.accuInit());
        scope.put(loop.accuVar(), start.type());
        Type item = switch (range.type()) {
            case Type.ListOf list -> list.items();
            case Type.MapOf _ -> Type.text();
            case Type.Basic _, Type.Text _, Type.Bytes _, Type.ObjectOf _, Type.OptionalOf _ -> Type.Basic.DYN;
        };
        boolean two = !loop.iterVar2().isEmpty();
        scope.put(loop.iterVar(), two && range.type() instanceof Type.ListOf ? Type.Basic.INT : item);
        if (two) {
            scope.put(loop.iterVar2(), range.type() instanceof Type.MapOf map ? map.values() : item);
        }
        Part step = part(loop.loopStep());
        long once = plus(part(loop.loopCondition()).cost(), step.cost());
        Type result = start.type() instanceof Type.ListOf
                ? new Type.ListOf(step.type() instanceof Type.ListOf list ? list.items() : Type.Basic.DYN, times)
                : step.type();
        scope.put(loop.accuVar(), result);
        long cost = plus(plus(range.cost(), start.cost()), times(times, once));
        return new Part(plus(cost, part(loop.result()).cost()), result);
    }

    private Part call(CelExpr.CelCall call) {
        long cost = 1;
        long sizes = 0;
        Type first = Type.Basic.DYN;
        boolean any = false;
        if (call.target().isPresent()) {
            Part target = part(call.target().get());
            cost = plus(cost, target.cost());
            sizes = size(target.type());
            first = target.type();
            any = true;
        }
        long last = 0;
        Type second = Type.Basic.DYN;
        for (CelExpr argument : call.args()) {
            Part part = part(argument);
            cost = plus(cost, part.cost());
            last = size(part.type());
            sizes = plus(sizes, last);
            second = any ? part.type() : second;
            first = any ? first : part.type();
            any = true;
        }
        return switch (call.function()) {
            case "value", "orValue" ->
                new Part(cost, first instanceof Type.OptionalOf optional ? optional.value() : first);
            case "_&&_", "_||_", "!_", "size", "@not_strictly_false" -> new Part(cost, Type.Basic.BOOL);
            case "_?_:_" -> new Part(cost, second);
            case "_[_]" -> new Part(cost, item(first));
            case "_+_" -> new Part(plus(cost, sizes / 10), grown(first, sizes));
            case "matches", "find", "findAll" ->
                new Part(plus(cost, times(sizes / 10 + 1, last / 4 + 1)), grown(first, sizes));
            case "_==_", "_!=_", "@in" ->
                new Part(plus(cost, plus(weight(first, 0), weight(second, 0)) / 10), Type.Basic.BOOL);
            case "split" -> new Part(plus(cost, sizes / 10), new Type.ListOf(new Type.Text(sizes), sizes));
            default -> new Part(plus(cost, sizes / 10), grown(first, sizes));
        };
    }

    private static Type item(Type type) {
        return switch (type) {
            case Type.ListOf list -> list.items();
            case Type.MapOf map -> map.values();
            case Type.Basic _, Type.Text _, Type.Bytes _, Type.ObjectOf _, Type.OptionalOf _ -> Type.Basic.DYN;
        };
    }

    private static Type grown(Type type, long size) {
        return switch (type) {
            case Type.Text _ -> new Type.Text(size);
            case Type.ListOf list -> new Type.ListOf(list.items(), size);
            case Type.Basic _, Type.Bytes _, Type.MapOf _, Type.ObjectOf _, Type.OptionalOf _ -> type;
        };
    }

    /** How many steps a walk over the value takes; what nothing is known of may be as large as a request. */
    private static long size(Type type) {
        return switch (type) {
            case Type.Text text -> text.max();
            case Type.Bytes bytes -> bytes.max();
            case Type.ListOf list -> Math.min(list.max(), Type.MOST / (least(list.items()) + 1));
            case Type.MapOf map -> Math.min(map.max(), Type.MOST / (least(map.values()) + 6));
            case Type.ObjectOf object -> object.fields().size();
            case Type.OptionalOf optional -> size(optional.value());
            case Type.Basic basic -> basic == Type.Basic.DYN ? Type.MOST / 10 : 1;
        };
    }

    /** The fewest bytes that a value takes in JSON. */
    private static long least(Type type) {
        return switch (type) {
            case Type.Basic basic ->
                switch (basic) {
                    case BOOL -> 4;
                    case INT, DOUBLE, DYN, AUTHORIZER, RESOURCE_CHECK -> 1;
                    case TIMESTAMP -> 12;
                    case DURATION -> 3;
                };
            case Type.Text _, Type.Bytes _, Type.ListOf _, Type.MapOf _, Type.ObjectOf _, Type.OptionalOf _ -> 2;
        };
    }

    private static long weight(Type type, int depth) {
        if (depth > 8) {
            return Type.MOST;
        }
        long weight = switch (type) {
            case Type.ListOf list -> times(size(list), weight(list.items(), depth + 1));
            case Type.MapOf map -> times(size(map), weight(map.values(), depth + 1));
            case Type.ObjectOf object ->
                object.fields().values().stream()
                        .mapToLong(field -> weight(field, depth + 1))
                        .reduce(1, Estimate::plus);
            case Type.OptionalOf optional -> weight(optional.value(), depth + 1);
            case Type.Basic _, Type.Text _, Type.Bytes _ -> size(type);
        };
        return Math.min(weight, Type.MOST);
    }

    private static long plus(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static long times(long a, long b) {
        long product = a * b;
        return a != 0 && (product / a != b || product < 0) ? Long.MAX_VALUE : product;
    }
}

package io.keelson.orchestrator.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.cel.runtime.CelEvaluationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Functions on lists. */
final class ListFunctions {

    private static final CelType ITEM = TypeParamType.create("T");
    private static final CelType LIST = ListType.create(ITEM);

    private ListFunctions() {}

    static FunctionTable table() {
        FunctionTable table = new FunctionTable()
                .member("isSorted", SimpleType.BOOL, List.of(LIST), a -> isSorted(items(a[0])))
                .member("min", ITEM, List.of(LIST), a -> extreme("min", items(a[0]), -1))
                .member("max", ITEM, List.of(LIST), a -> extreme("max", items(a[0]), 1))
                .member("indexOf", SimpleType.INT, List.of(LIST, ITEM), a -> (long) indexOf(items(a[0]), a[1], false))
                .member("lastIndexOf", SimpleType.INT, List.of(LIST, ITEM), a ->
                        (long) indexOf(items(a[0]), a[1], true));
        for (CelType type : List.of(SimpleType.INT, SimpleType.DOUBLE, SimpleType.DURATION)) {
            table.member("sum", type, List.of(ListType.create(type)), a -> sum(items(a[0]), type));
        }
        return table;
    }

    private static List<Object> items(Object list) {
        return new ArrayList<>((Collection<?>) list);
    }

    @SuppressWarnings({"unchecked", "rawtypes"
    }) // Items of one list are of one type, or the comparison fails as it should.
    private static int compare(Object left, Object right) throws CelEvaluationException {
        if (left instanceof Number a && right instanceof Number b && a.getClass() != b.getClass()) {
            return Double.compare(a.doubleValue(), b.doubleValue());
        }
        if (left.getClass() != right.getClass() || !(left instanceof Comparable comparable)) {
            throw FunctionTable.failure("no such overload");
        }
        return comparable.compareTo(right);
    }

    private static boolean isSorted(List<Object> items) throws CelEvaluationException {
        for (int i = 1; i < items.size(); i++) {
            if (compare(items.get(i - 1), items.get(i)) > 0) {
                return false;
            }
        }
        return true;
    }

    private static Object extreme(String name, List<Object> items, int sign) throws CelEvaluationException {
        if (items.isEmpty()) {
            throw FunctionTable.failure(name + " called on empty list");
        }
        Object found = items.getFirst();
        for (Object item : items) {
            if (compare(item, found) * sign > 0) {
                found = item;
            }
        }
        return found;
    }

    private static int indexOf(List<Object> items, Object wanted, boolean last) {
        int found = -1;
        for (int i = 0; i < items.size(); i++) {
            if (Objects.equals(items.get(i), wanted)) {
                found = i;
                if (!last) {
                    break;
                }
            }
        }
        return found;
    }

    private static Object sum(List<Object> items, CelType type) throws CelEvaluationException {
        try {
            if (type.equals(SimpleType.DURATION)) {
                Duration sum = Duration.ZERO;
                for (Object item : items) {
                    sum = sum.plus((Duration) item);
                }
                return sum;
            }
            if (type.equals(SimpleType.DOUBLE) || items.stream().anyMatch(Double.class::isInstance)) {
                return items.stream()
                        .mapToDouble(item -> ((Number) item).doubleValue())
                        .sum();
            }
            long sum = 0;
            for (Object item : items) {
                sum = Math.addExact(sum, (Long) item);
            }
            return sum;
        } catch (ArithmeticException e) {
            throw FunctionTable.failure("integer overflow");
        } catch (ClassCastException e) {
            throw FunctionTable.failure("no such overload");
        }
    }
}

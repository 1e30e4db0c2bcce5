package io.keelson.orchestrator.cel;

import dev.cel.common.ast.CelExpr;
import dev.cel.runtime.CelEvaluationListener;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Counts the steps of one evaluation, and stops it when they are too many or its thread is interrupted. */
final class Meter implements CelEvaluationListener {

    /** An error and no exception, for the language's own "or" takes exceptions for values. */
    static final class StopError extends Error {

        private static final long serialVersionUID = 1;

        StopError() {
            super("stopped", null, false, false);
        }
    }

    private static final long MAX_DEEP = 1_000_000;

    /** What it costs to ask who may do what, as in Kubernetes: an expression has no more than two such questions. */
    private static final long ASKING = 350_000;

    private final Budget budget;
    private final Map<Long, Object> last = new HashMap<>();
    private long spent;

    Meter(Budget budget) {
        this.budget = budget;
    }

    @Override
    public void callback(CelExpr expr, Object value) {
        long cost = cost(expr, value);
        last.put(expr.id(), value);
        spent += cost;
        budget.pay(cost);
        if (spent > Budget.PER_EXPRESSION
                || budget.usedUp()
                || Thread.currentThread().isInterrupted()) {
            throw new StopError();
        }
    }

    private long cost(CelExpr expr, Object value) {
        return switch (expr.getKind()) {
            case CONSTANT, NOT_SET -> 0;
            case CALL -> 1 + call(expr.call(), value);
            case LIST, MAP, STRUCT -> 10;
            case IDENT, SELECT, COMPREHENSION -> 1;
        };
    }

    private long call(CelExpr.CelCall call, Object value) {
        return switch (call.function()) {
            case "_&&_", "_||_", "!_", "_?_:_", "_[_]", "size", "@not_strictly_false" -> 0;
            case "check" -> asks(call) ? ASKING : of(call, Meter::shallow) / 10;
            case "_==_", "_!=_", "@in" -> of(call, Meter::deep) / 10;
            case "matches", "find", "findAll" -> of(call, Meter::shallow) / 10 * (1 + pattern(call) / 4);
            default -> of(call, Meter::shallow) / 10 + shallow(value) / 10;
        };
    }

    private boolean asks(CelExpr.CelCall call) {
        return call.target()
                .filter(target -> AuthorizerFunctions.isCheck(value(target)))
                .isPresent();
    }

    private long pattern(CelExpr.CelCall call) {
        return call.args().isEmpty() ? 0 : shallow(value(call.args().getLast()));
    }

    private interface Size {
        long of(Object value);
    }

    private long of(CelExpr.CelCall call, Size size) {
        long sum = call.target().map(target -> size.of(value(target))).orElse(0L);
        for (CelExpr argument : call.args()) {
            sum += size.of(value(argument));
        }
        return sum;
    }

    private Object value(CelExpr expr) {
        if (expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                && expr.constant().getKind() == dev.cel.common.ast.CelConstant.Kind.STRING_VALUE) {
            return expr.constant().stringValue();
        }
        return last.getOrDefault(expr.id(), "");
    }

    private static long shallow(Object value) {
        return switch (value) {
            case CharSequence text -> text.length();
            case Collection<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            default -> 1;
        };
    }

    private static long deep(Object value) {
        long size = 1;
        switch (value) {
            case CharSequence text -> size += text.length();
            case Collection<?> list -> {
                for (Object item : list) {
                    size += deep(item);
                    if (size > MAX_DEEP) {
                        break;
                    }
                }
            }
            case Map<?, ?> map -> size += deep(map.values()) + map.size();
            default -> {}
        }
        return size;
    }
}

package io.keelson.orchestrator.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A compiled expression. Immutable, thread safe. */
public final class Expression {

    /** The library says where; the rule is shown beside it anyway. */
    private static final Pattern PLACE = Pattern.compile("^evaluation error(?: at <input>:\\d+)?: ");

    private static final Pattern NO_KEY = Pattern.compile("^key '(.*)' is not present in map\\.$");

    private final String text;
    private final CelAbstractSyntaxTree ast;
    private final CelRuntime.Program program;
    private final Map<String, Type> variables;

    Expression(String text, CelAbstractSyntaxTree ast, CelRuntime.Program program, Map<String, Type> variables) {
        this.text = text;
        this.ast = ast;
        this.program = program;
        this.variables = variables;
    }

    /** As it was written. */
    public String source() {
        return text;
    }

    /** Whether it speaks of a variable. */
    public boolean mentions(String variable) {
        return CelNavigableAst.fromAst(ast)
                .getRoot()
                .allNodes()
                .map(CelNavigableExpr::expr)
                .anyMatch(expr -> expr.getKind() == CelExpr.ExprKind.Kind.IDENT
                        && expr.ident().name().equals(variable));
    }

    /** What one evaluation costs at most, if values are no larger than their types say; {@link Long#MAX_VALUE} if beyond count. */
    public long cost() {
        return Estimate.of(ast, variables).cost();
    }

    /**
     * Evaluates it.
     *
     * @param values of the variables, as {@link Values} makes them; one that is not given counts as absent
     * @param budget is paid from
     * @throws EvaluationException if it comes to no value, or the budget ends
     */
    public Object evaluate(Map<String, Object> values, Budget budget) throws EvaluationException {
        if (budget.usedUp()) {
            throw usedUp();
        }
        Meter meter = new Meter(budget);
        try {
            return program.trace(values, meter);
        } catch (Meter.StopError stop) {
            throw budget.usedUp()
                    ? usedUp()
                    : new EvaluationException(
                            EvaluationException.Reason.TOO_EXPENSIVE,
                            "operation cancelled: actual cost limit exceeded");
        } catch (CelEvaluationException e) {
            throw new EvaluationException(EvaluationException.Reason.FAILED, words(e));
        } catch (RuntimeException | StackOverflowError e) {
            // The library lets some mistakes of a value's type through as they are.
            throw new EvaluationException(EvaluationException.Reason.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private static EvaluationException usedUp() {
        return new EvaluationException(
                EvaluationException.Reason.BUDGET_USED_UP,
                "validation failed due to running out of cost budget, no further validation rules will be run");
    }

    /** In Kubernetes' words where they are known. */
    private static String words(CelEvaluationException e) {
        String message = PLACE.matcher(String.valueOf(e.getMessage())).replaceFirst("");
        var noKey = NO_KEY.matcher(message);
        if (e.getErrorCode() == CelErrorCode.ATTRIBUTE_NOT_FOUND) {
            return "no such key: " + (noKey.matches() ? noKey.group(1) : message);
        }
        if (message.startsWith("Index out of bounds: ")) {
            return "index out of bounds: " + message.substring("Index out of bounds: ".length());
        }
        if (message.equals("/ by zero")) {
            return "division by zero";
        }
        if (message.startsWith("No matching overload")) {
            return "no such overload";
        }
        return message;
    }

    /** Whether the condition holds; see {@link #evaluate}. */
    public boolean holds(Map<String, Object> values, Budget budget) throws EvaluationException {
        Object value = evaluate(values, budget);
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw new EvaluationException(EvaluationException.Reason.FAILED, "expression does not evaluate to bool");
    }

    /** The text that it gives; empty if it gives something else; see {@link #evaluate}. */
    public Optional<String> words(Map<String, Object> values, Budget budget) throws EvaluationException {
        return evaluate(values, budget) instanceof String words ? Optional.of(words) : Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}

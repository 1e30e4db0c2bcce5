package io.keelson.orchestrator.cel;

import com.google.common.collect.ImmutableList;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.function.Function;

/**
 * Takes the literals of objects that mutations make, {@code Object.spec{replicas: 3}} and {@code JSONPatch{op: "add"}}, for maps. Which fields an
 * object has is judged when it is known which object it is.
 */
final class ObjectLiterals {

    /** Far beyond those that a parser gives to an expression that is not too long. */
    private static final long FIRST_ID = 1L << 40;

    private long nextId = FIRST_ID;

    private ObjectLiterals() {}

    static CelAbstractSyntaxTree asMaps(CelAbstractSyntaxTree parsed) {
        return CelAbstractSyntaxTree.newParsedAst(new ObjectLiterals().of(parsed.getExpr()), parsed.getSource());
    }

    /** Whether an expression that was checked as a map, or one in it, was such a literal: their fields are of many types. */
    static boolean isIn(CelExpr expr) {
        return CelNavigableExpr.fromExpr(expr).allNodes().anyMatch(node -> node.id() >= FIRST_ID);
    }

    private static boolean isOurs(String type) {
        return type.equals("Object") || type.startsWith("Object.") || type.equals("JSONPatch");
    }

    private CelExpr of(CelExpr expr) {
        return switch (expr.getKind()) {
            case STRUCT -> isOurs(expr.struct().messageName()) ? map(expr) : struct(expr);
            case MAP ->
                CelExpr.ofMap(
                        expr.id(),
                        each(
                                expr.map().entries(),
                                entry -> CelExpr.ofMapEntry(
                                        entry.id(), of(entry.key()), of(entry.value()), entry.optionalEntry())));
            case LIST ->
                CelExpr.ofList(
                        expr.id(),
                        each(expr.list().elements(), this::of),
                        expr.list().optionalIndices());
            case CALL ->
                CelExpr.ofCall(
                        expr.id(),
                        expr.call().target().map(this::of),
                        expr.call().function(),
                        each(expr.call().args(), this::of));
            case SELECT ->
                CelExpr.ofSelect(
                        expr.id(),
                        of(expr.select().operand()),
                        expr.select().field(),
                        expr.select().testOnly());
            case COMPREHENSION -> comprehension(expr.id(), expr.comprehension());
            case CONSTANT, IDENT, NOT_SET -> expr;
        };
    }

    private static <A, B> ImmutableList<B> each(ImmutableList<A> all, Function<A, B> change) {
        return all.stream().map(change).collect(ImmutableList.toImmutableList());
    }

    private CelExpr map(CelExpr expr) {
        return CelExpr.ofMap(
                expr.id(),
                each(
                        expr.struct().entries(),
                        entry -> CelExpr.ofMapEntry(
                                entry.id(),
                                CelExpr.ofConstant(
                                        nextId++, CelConstant.ofValue(FieldNames.unescape(entry.fieldKey()))),
                                of(entry.value()),
                                entry.optionalEntry())));
    }

    private CelExpr struct(CelExpr expr) {
        return CelExpr.ofStruct(
                expr.id(),
                expr.struct().messageName(),
                each(
                        expr.struct().entries(),
                        entry -> CelExpr.ofStructEntry(
                                entry.id(), entry.fieldKey(), of(entry.value()), entry.optionalEntry())));
    }

    private CelExpr comprehension(long id, CelComprehension loop) {
        return CelExpr.ofComprehension(
                id,
                loop.iterVar(),
                loop.iterVar2(),
                of(loop.iterRange()),
                loop.accuVar(),
                of(loop.accuInit()),
                of(loop.loopCondition()),
                of(loop.loopStep()),
                of(loop.result()));
    }
}

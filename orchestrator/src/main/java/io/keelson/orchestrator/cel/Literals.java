package io.keelson.orchestrator.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypes;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import io.keelson.orchestrator.regex.RegexSyntaxException;
import io.keelson.orchestrator.regex.RegularExpression;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What is wrong with the literals of an expression whose types are right, told when it is compiled and not first when it is evaluated. The rules
 * are cel-go's validators of literals, and what it works out once when it makes a program, with which Kubernetes compiles.
 *
 * <p>One is milder: what is of any type, such as a field of an object whose kind is not known, may stand in a list beside what is of one type.
 */
final class Literals {

    /** Of these, the validators look at the first argument: in {@code a.matches('x')} the expression, in {@code matches(a, 'x')} not. */
    private static final String MATCHES = "matches";

    private static final Set<String> TIMES = Set.of("duration", "timestamp");
    private static final Set<String> CONVERSIONS = Set.of("bool", "bytes", "double", "int", "string", "uint");
    private static final Set<String> SEARCHES = Set.of(MATCHES, "find", "findAll");

    private final CelAbstractSyntaxTree ast;
    private final Function<CelExpr, Optional<String>> failure;
    private final List<CelNavigableExpr> nodes;
    private final List<CelIssue> issues = new ArrayList<>();

    private Literals(CelAbstractSyntaxTree ast, Function<CelExpr, Optional<String>> failure) {
        this.ast = ast;
        this.failure = failure;
        this.nodes = CelNavigableAst.fromAst(ast).getRoot().allNodes().toList();
    }

    /**
     * Refuses an expression for its literals.
     *
     * @param ast checked
     * @param failure why a call whose arguments are all literals has no value
     * @throws ExpressionException if an argument of duration, timestamp or matches is none, the items of a list or a map are of several types, or
     *     a conversion of a literal has no value
     */
    static void check(CelAbstractSyntaxTree ast, Function<CelExpr, Optional<String>> failure)
            throws ExpressionException {
        Literals literals = new Literals(ast, failure);
        literals.arguments();
        literals.aggregates();
        if (!literals.issues.isEmpty()) {
            literals.issues.sort(Comparator.comparing(CelIssue::getSourceLocation));
            throw ExpressionException.notCompiled(CelIssue.toDisplayString(literals.issues, ast.getSource()));
        }
        Optional<String> problem = literals.program();
        if (problem.isPresent()) {
            throw ExpressionException.noProgram(problem.get());
        }
    }

    private Stream<CelExpr> calls(Set<String> functions) {
        return nodes.stream()
                .map(CelNavigableExpr::expr)
                .filter(expr -> expr.getKind() == CelExpr.ExprKind.Kind.CALL
                        && functions.contains(expr.call().function()));
    }

    private void arguments() {
        calls(TIMES).filter(Literals::isOfOneLiteral).forEach(call -> {
            if (failure.apply(call).isPresent()) {
                unfit(call);
            }
        });
        calls(Set.of(MATCHES)).forEach(call -> {
            Optional<String> expression =
                    call.call().args().stream().findFirst().flatMap(Literals::text);
            if (expression.flatMap(Literals::problem).isPresent()) {
                unfit(call);
            }
        });
    }

    private void unfit(CelExpr call) {
        issue(call.call().args().getFirst().id(), "invalid " + call.call().function() + " argument");
    }

    private void issue(long id, String message) {
        CelSourceLocation place = Optional.ofNullable(
                        ast.getSource().getPositionsMap().get(id))
                .flatMap(offset -> ast.getSource().getOffsetLocation(offset))
                .orElse(CelSourceLocation.NONE);
        issues.add(CelIssue.formatError(id, place, message));
    }

    private static boolean isOfOneLiteral(CelExpr call) {
        return call.call().target().isEmpty()
                && call.call().args().size() == 1
                && call.call().args().getFirst().getKind() == CelExpr.ExprKind.Kind.CONSTANT;
    }

    private static Optional<String> text(CelExpr expr) {
        return expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                        && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE
                ? Optional.of(expr.constant().stringValue())
                : Optional.empty();
    }

    private static Optional<String> problem(String expression) {
        try {
            RegularExpression.compile(expression);
            return Optional.empty();
        } catch (RegexSyntaxException e) {
            return Optional.of(e.problem());
        }
    }

    private void aggregates() {
        for (CelNavigableExpr node : nodes) {
            CelExpr expr = node.expr();
            boolean list = expr.getKind() == CelExpr.ExprKind.Kind.LIST;
            boolean aggregate = list || expr.getKind() == CelExpr.ExprKind.Kind.MAP;
            if (!aggregate || isFormatted(node) || ObjectLiterals.isIn(expr)) {
                continue;
            }
            if (list) {
                items(expr.list());
            } else {
                entries(expr.map());
            }
        }
    }

    /** A text is put together of what is of many types. */
    private static boolean isFormatted(CelNavigableExpr node) {
        return node.parent()
                .filter(parent -> switch (parent.expr().getKind()) {
                    case CALL -> parent.expr().call().function().equals("format");
                    case LIST, MAP -> isFormatted(parent);
                    case CONSTANT, IDENT, SELECT, STRUCT, COMPREHENSION, NOT_SET -> false;
                })
                .isPresent();
    }

    private void items(CelExpr.CelList list) {
        Set<Integer> optional = new HashSet<>(list.optionalIndices());
        Optional<CelType> wanted = Optional.empty();
        for (int i = 0; i < list.elements().size(); i++) {
            CelExpr item = list.elements().get(i);
            CelType type = type(item, optional.contains(i));
            if (wanted.isPresent() && !alike(wanted.get(), type)) {
                mismatch(item.id(), wanted.get(), type);
                return;
            }
            wanted = wanted.or(() -> Optional.of(type));
        }
    }

    private void entries(CelExpr.CelMap map) {
        if (map.entries().isEmpty()) {
            return;
        }
        CelExpr.CelMap.Entry first = map.entries().getFirst();
        CelType keys = type(first.key(), false);
        CelType values = type(first.value(), first.optionalEntry());
        for (CelExpr.CelMap.Entry entry : map.entries()) {
            CelType key = type(entry.key(), false);
            if (!alike(keys, key)) {
                mismatch(entry.key().id(), keys, key);
            }
            CelType value = type(entry.value(), entry.optionalEntry());
            if (!alike(values, value)) {
                mismatch(entry.value().id(), values, value);
            }
        }
    }

    private void mismatch(long id, CelType wanted, CelType found) {
        issue(id, "expected type '%s' but found '%s'".formatted(CelTypes.format(wanted), CelTypes.format(found)));
    }

    private CelType type(CelExpr expr, boolean optional) {
        CelType type = ast.getType(expr.id()).orElse(SimpleType.DYN);
        return optional && type instanceof OptionalType && !type.parameters().isEmpty()
                ? type.parameters().getFirst()
                : type;
    }

    private static boolean alike(CelType one, CelType other) {
        if (one instanceof NullableType nullable) {
            return alike(nullable.targetType(), other);
        }
        if (other instanceof NullableType nullable) {
            return alike(one, nullable.targetType());
        }
        if (one.equals(SimpleType.DYN) || other.equals(SimpleType.DYN)) {
            return true;
        }
        boolean alike = one.kind() == other.kind()
                && one.name().equals(other.name())
                && one.parameters().size() == other.parameters().size();
        for (int i = 0; alike && i < one.parameters().size(); i++) {
            alike = alike(one.parameters().get(i), other.parameters().get(i));
        }
        return alike;
    }

    /** What can be worked out once for all evaluations, and fails. */
    private Optional<String> program() {
        Stream<String> conversions = calls(CONVERSIONS)
                .filter(Literals::isOfOneLiteral)
                .flatMap(call -> failure
                        .apply(call)
                        .map(why -> text(call.call().args().getFirst()).isEmpty()
                                ? why
                                : "type conversion error from 'string' to '"
                                        + call.call().function() + "'")
                        .stream());
        Stream<String> searches = calls(SEARCHES).flatMap(call -> {
            List<CelExpr> arguments = Stream.concat(call.call().target().stream(), call.call().args().stream())
                    .toList();
            return arguments.size() < 2 ? Stream.empty() : text(arguments.get(1)).flatMap(Literals::problem).stream();
        });
        return Stream.concat(conversions, searches).findFirst();
    }
}

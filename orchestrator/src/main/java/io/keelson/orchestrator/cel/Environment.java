package io.keelson.orchestrator.cel;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.checker.CelStandardDeclarations;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelOptionalLibrary;
import dev.cel.extensions.CelStringExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelStandardFunctions;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What expressions can speak of: variables of certain types, and the functions that Kubernetes offers. Immutable, thread safe. */
public final class Environment {

    /** Longer expressions are refused, in code points. */
    public static final int MAX_LENGTH = 20_000;

    /** Deeper expressions are refused. */
    private static final Pattern CANDIDATES = Pattern.compile(" \\(candidates: [^\\n]*\\)");

    private static final int MAX_DEPTH = 100;

    /** So many steps of all loops together; the budget ends most before. */
    private static final int MAX_ITERATIONS = 1_000_000;

    private static final CelOptions OPTIONS = CelOptions.current()
            .populateMacroCalls(true)
            .enableOptionalSyntax(true)
            .enableHeterogeneousNumericComparisons(true)
            .maxExpressionCodePointSize(MAX_LENGTH)
            .maxParseRecursionDepth(MAX_DEPTH)
            .comprehensionMaxIterations(MAX_ITERATIONS)
            .build();

    /** All but variables: making it is most of the work. */
    private static final class Holder {
        static final Cel BASE = base();
    }

    private final Map<String, Type> variables;
    private final Cel cel;

    /** An environment with these variables. Two object types of one name must be the same. */
    public Environment(Map<String, Type> variables) {
        this.variables = Map.copyOf(new LinkedHashMap<>(variables));
        CelTypes types = new CelTypes();
        CelBuilder builder = Holder.BASE.toCelBuilder();
        variables.forEach((name, type) -> builder.addVar(name, types.of(type)));
        this.cel = builder.setTypeProvider(types.provider()).build();
    }

    private static Cel base() {
        CelStringExtensions strings = CelExtensions.strings(EnumSet.complementOf(
                EnumSet.of(CelStringExtensions.Function.REPLACE, CelStringExtensions.Function.JOIN)));
        CelOptionalLibrary optional = CelExtensions.optional();
        CelBuilder builder = CelFactory.legacyCelBuilder()
                .setOptions(OPTIONS)
                .setStandardEnvironmentEnabled(false)
                .setStandardDeclarations(CelStandardDeclarations.newBuilder().build())
                .setStandardFunctions(CelStandardFunctions.newBuilder()
                        .excludeFunctions(CelStandardFunctions.StandardFunction.MATCHES)
                        .build())
                .addFunctionBindings(TextFunctions.matches())
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addCompilerLibraries(
                        strings,
                        optional,
                        CelExtensions.sets(OPTIONS),
                        CelExtensions.bindings(),
                        CelExtensions.comprehensions())
                .addRuntimeLibraries(strings, optional, CelExtensions.sets(OPTIONS), CelExtensions.comprehensions());
        for (Functions functions : Functions.all()) {
            builder.addFunctionDeclarations(functions.declarations()).addFunctionBindings(functions.bindings());
        }
        return builder.build();
    }

    /**
     * Compiles an expression that must give true or false.
     *
     * @throws ExpressionException if it cannot be read, speaks of what is not there, mixes types, or gives something else
     */
    public Expression condition(String text) throws ExpressionException {
        return compile(text, SimpleType.BOOL, "bool");
    }

    /** Compiles an expression that must give text; see {@link #condition}. */
    public Expression text(String text) throws ExpressionException {
        return compile(text, SimpleType.STRING, "string");
    }

    /** Compiles an expression that may give anything; see {@link #condition}. */
    public Expression any(String text) throws ExpressionException {
        return compile(text, SimpleType.DYN, "");
    }

    /**
     * Compiles an expression that makes a part of an object or a JSON patch: in it {@code Object{...}}, {@code Object.spec{...}} and so on, and
     * {@code JSONPatch{...}} are maps. See {@link #condition}.
     */
    public Expression mutation(String text) throws ExpressionException {
        return compile(
                text,
                () -> {
                    CelValidationResult parsed = cel.parse(text);
                    return parsed.hasError() ? parsed : cel.check(ObjectLiterals.asMaps(parsed.getAst()));
                },
                SimpleType.DYN,
                "");
    }

    private interface Compilation {
        CelValidationResult run() throws CelValidationException;
    }

    private Expression compile(String text, CelType wanted, String word) throws ExpressionException {
        return compile(text, () -> cel.compile(text), wanted, word);
    }

    private Expression compile(String text, Compilation compilation, CelType wanted, String word)
            throws ExpressionException {
        CelAbstractSyntaxTree ast;
        try {
            CelValidationResult result = compilation.run();
            if (result.hasError()) {
                // Kubernetes' compiler names no candidates, of which there may be many.
                throw ExpressionException.notCompiled(
                        CANDIDATES.matcher(result.getErrorString()).replaceAll(""));
            }
            ast = result.getAst();
            Literals.check(ast, call -> failure(ast, call));
        } catch (CelValidationException e) {
            throw ExpressionException.notCompiled(String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            throw ExpressionException.notCompiled("cannot be compiled: " + e.getMessage());
        }
        CelType type = ast.getResultType();
        if (!word.isEmpty() && !type.equals(wanted) && !type.equals(SimpleType.DYN)) {
            throw ExpressionException.gives(word);
        }
        try {
            return new Expression(text, ast, cel.createProgram(ast), variables);
        } catch (CelEvaluationException e) {
            throw ExpressionException.noProgram(String.valueOf(e.getMessage()));
        }
    }

    /** Why a call of nothing but literals has no value. */
    private Optional<String> failure(CelAbstractSyntaxTree whole, CelExpr call) {
        try {
            CelAbstractSyntaxTree alone = cel.check(CelAbstractSyntaxTree.newParsedAst(call, whole.getSource()))
                    .getAst();
            new Expression("", alone, cel.createProgram(alone), variables).evaluate(Map.of(), Budget.ofObject());
            return Optional.empty();
        } catch (EvaluationException | CelEvaluationException | CelValidationException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}

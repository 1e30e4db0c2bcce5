package io.keelson.orchestrator.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import io.keelson.orchestrator.regex.RegexSyntaxException;
import io.keelson.orchestrator.regex.RegularExpression;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Regular expressions that find, and the functions on text whose result can be much longer than what goes in. */
final class TextFunctions {

    /** Longer texts are not made, in characters. */
    static final int MAX_RESULT = 10_000_000;

    private static final CelType TEXT = SimpleType.STRING;
    private static final CelType TEXTS = ListType.create(SimpleType.STRING);

    private TextFunctions() {}

    static FunctionTable table() {
        return new FunctionTable()
                .member("find", TEXT, List.of(TEXT, TEXT), a -> find(a))
                .member("findAll", TEXTS, List.of(TEXT, TEXT), a -> findAll(a, -1))
                .member("findAll", TEXTS, List.of(TEXT, TEXT, SimpleType.INT), a -> findAll(a, (Long) a[2]))
                .member(
                        "format",
                        TEXT,
                        List.of(TEXT, ListType.create(SimpleType.DYN)),
                        a -> TextTemplate.fill((String) a[0], (Collection<?>) a[1]))
                .member("join", TEXT, List.of(TEXTS), a -> join((Collection<?>) a[0], ""))
                .member("join", TEXT, List.of(TEXTS, TEXT), a -> join((Collection<?>) a[0], (String) a[1]))
                .member("replace", TEXT, List.of(TEXT, TEXT, TEXT), a -> replace(a, -1))
                .member("replace", TEXT, List.of(TEXT, TEXT, TEXT, SimpleType.INT), a -> replace(a, (Long) a[3]));
    }

    /** The language's own {@code matches}, declared by the library: what it compiles it does not bound before. */
    static List<CelFunctionBinding> matches() {
        return List.of(
                CelFunctionBinding.from("matches", String.class, String.class, TextFunctions::isIn),
                CelFunctionBinding.from("matches_string", String.class, String.class, TextFunctions::isIn));
    }

    private static boolean isIn(String text, String expression) throws CelEvaluationException {
        return compiled(expression).isIn(text);
    }

    private static RegularExpression compiled(Object expression) throws CelEvaluationException {
        try {
            return RegularExpression.compile((String) expression);
        } catch (RegexSyntaxException e) {
            throw FunctionTable.failure(e.problem());
        }
    }

    private static String find(Object[] arguments) throws CelEvaluationException {
        return compiled(arguments[1]).first((String) arguments[0]).orElse("");
    }

    private static List<String> findAll(Object[] arguments, long limit) throws CelEvaluationException {
        return compiled(arguments[1]).all((String) arguments[0], limit);
    }

    private static String join(Collection<?> texts, String separator) throws CelEvaluationException {
        long length = 0;
        List<String> parts = new ArrayList<>();
        for (Object text : texts) {
            if (!(text instanceof String part)) {
                throw FunctionTable.failure("no such overload");
            }
            length += part.length() + separator.length();
            parts.add(part);
        }
        checkLength(length);
        return String.join(separator, parts);
    }

    private static String replace(Object[] arguments, long limit) throws CelEvaluationException {
        String text = (String) arguments[0];
        String old = (String) arguments[1];
        String with = (String) arguments[2];
        StringBuilder result = new StringBuilder();
        int from = 0;
        for (long done = 0; limit < 0 || done < limit; done++) {
            int at = text.indexOf(old, from);
            // An empty text is found before each character and at the end.
            if (old.isEmpty() && done > 0) {
                at = from + 1 <= text.length() ? from + 1 : -1;
            }
            if (at < 0) {
                break;
            }
            result.append(text, from, at).append(with);
            checkLength(result.length());
            from = at + old.length();
        }
        return result.append(text, from, text.length()).toString();
    }

    static void checkLength(long length) throws CelEvaluationException {
        if (length > MAX_RESULT) {
            throw FunctionTable.failure("the text would be longer than " + MAX_RESULT + " characters");
        }
    }
}

package io.keelson.orchestrator.cel;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.types.CelType;
import dev.cel.common.types.TypeType;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelEvaluationException;
import io.keelson.orchestrator.kind.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code '%s has %d'.format(['a', 2])}, as the strings extension of cel-go defines it (version 1, which Kubernetes offers): the clauses {@code %s %d %f
 * %e %b %o %x %X}, a precision before {@code f} and {@code e}, and {@code %%}. Numbers of {@code f} and {@code e} are written for people, with commas and a
 * small exponent.
 */
final class TextTemplate {

    private static final int DEFAULT_PRECISION = 6;
    private static final int MAX_PRECISION = 1_000;

    private final String template;
    private final Iterator<?> arguments;
    private final StringBuilder result = new StringBuilder();
    private int at;
    private int argument;

    private TextTemplate(String template, Collection<?> arguments) {
        this.template = template;
        this.arguments = arguments.iterator();
    }

    /**
     * Fills a template. Arguments that it does not ask for are passed over.
     *
     * @throws CelEvaluationException if a clause is none, or its argument is missing or of a type that it cannot show
     */
    static String fill(String template, Collection<?> arguments) throws CelEvaluationException {
        return new TextTemplate(template, arguments).filled();
    }

    private String filled() throws CelEvaluationException {
        while (at < template.length()) {
            char c = template.charAt(at++);
            if (c != '%') {
                result.append(c);
            } else if (at < template.length() && template.charAt(at) == '%') {
                result.append(c);
                at++;
            } else {
                result.append(clause());
            }
            TextFunctions.checkLength(result.length());
        }
        return result.toString();
    }

    private String clause() throws CelEvaluationException {
        if (!arguments.hasNext()) {
            throw FunctionTable.failure("index " + argument + " out of range");
        }
        Object value = arguments.next();
        argument++;
        if (at == template.length()) {
            throw FunctionTable.failure("unexpected end of string");
        }
        int precision = precision();
        char kind = template.charAt(at++);
        return switch (kind) {
            case 's' -> shown(value);
            case 'd' ->
                whole(value, "decimal clause can only be used on integers").toString();
            case 'f' -> number(value, "fixed-point", precision, false);
            case 'e' -> number(value, "scientific", precision, true);
            case 'b' ->
                (value instanceof Boolean bit
                                ? bit ? BigInteger.ONE : BigInteger.ZERO
                                : whole(value, "only integers and bools can be formatted as binary"))
                        .toString(2);
            case 'o' ->
                whole(value, "octal clause can only be used on integers").toString(8);
            case 'x' -> hex(value);
            case 'X' -> hex(value).toUpperCase(Locale.ROOT);
            default -> throw unparsed("unrecognized formatting clause \"" + kind + "\"");
        };
    }

    private int precision() throws CelEvaluationException {
        if (template.charAt(at) != '.') {
            return DEFAULT_PRECISION;
        }
        int from = ++at;
        while (at < template.length() && template.charAt(at) >= '0' && template.charAt(at) <= '9') {
            at++;
        }
        String digits = template.substring(from, at);
        if (at == template.length()) {
            throw unparsed("error while parsing precision: could not find end of precision specifier");
        }
        if (digits.isEmpty() || digits.length() > 4 || Integer.parseInt(digits) > MAX_PRECISION) {
            throw unparsed("error while parsing precision: error while converting precision to integer: \"" + digits
                    + "\" is none up to " + MAX_PRECISION);
        }
        return Integer.parseInt(digits);
    }

    private static CelEvaluationException unparsed(String problem) {
        return FunctionTable.failure("could not parse formatting clause: " + problem);
    }

    private static CelEvaluationException unfit(String rule, Object value) {
        return FunctionTable.failure("error during formatting: " + rule + ", was given " + typeName(value));
    }

    private static String typeName(Object value) {
        return switch (value) {
            case Long _ -> "int";
            case UnsignedLong _ -> "uint";
            case Double _ -> "double";
            case Boolean _ -> "bool";
            case String _ -> "string";
            case CelByteString _ -> "bytes";
            case NullValue _ -> "null_type";
            case Instant _ -> "google.protobuf.Timestamp";
            case Duration _ -> "google.protobuf.Duration";
            case Collection<?> _ -> "list";
            case Map<?, ?> _ -> "map";
            case CelType _ -> "type";
            case Optional<?> _ -> "optional_type";
            default -> value.getClass().getSimpleName();
        };
    }

    private static BigInteger whole(Object value, String rule) throws CelEvaluationException {
        return switch (value) {
            case Long number -> BigInteger.valueOf(number);
            case UnsignedLong number -> number.bigIntegerValue();
            default -> throw unfit(rule, value);
        };
    }

    private static String hex(Object value) throws CelEvaluationException {
        return switch (value) {
            case String text -> HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
            case CelByteString bytes -> HexFormat.of().formatHex(bytes.toByteArray());
            default ->
                whole(value, "only integers, byte buffers, and strings can be formatted as hex")
                        .toString(16);
        };
    }

    private static String number(Object value, String clause, int precision, boolean scientific)
            throws CelEvaluationException {
        double number = switch (value) {
            case Double same -> same;
            case String text when text.equals("NaN") -> Double.NaN;
            case String text when text.equals("Infinity") -> Double.POSITIVE_INFINITY;
            case String text when text.equals("-Infinity") -> Double.NEGATIVE_INFINITY;
            default -> throw unfit(clause + " clause can only be used on doubles", value);
        };
        return scientific ? NumberText.scientific(number, precision) : NumberText.fixed(number, precision);
    }

    private static String shown(Object value) throws CelEvaluationException {
        return switch (value) {
            case String text -> text;
            case CelByteString bytes -> new String(bytes.toByteArray(), StandardCharsets.UTF_8);
            case Double number -> NumberText.shortest(number);
            case NullValue _ -> "null";
            case Boolean bit -> bit.toString();
            case Instant time -> time.toString();
            case Duration span -> seconds(span);
            case Collection<?> list -> list(list);
            case Map<?, ?> map -> map(map);
            case TypeType of -> of.containingTypeName();
            case CelType type -> type.name();
            case Long _, UnsignedLong _ -> value.toString();
            default ->
                throw unfit(
                        "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps",
                        value);
        };
    }

    /** As a part of a list or map: as it is written in an expression. */
    private static String literal(Object value) throws CelEvaluationException {
        return switch (value) {
            case String text -> Json.quoted(text);
            case CelByteString bytes -> "b" + Json.quoted(new String(bytes.toByteArray(), StandardCharsets.UTF_8));
            case Double number
            when Double.isNaN(number) || Double.isInfinite(number) -> Json.quoted(NumberText.shortest(number));
            case Double number ->
                new BigDecimal(number)
                        .setScale(DEFAULT_PRECISION, RoundingMode.HALF_EVEN)
                        .toPlainString();
            case Instant _ -> "timestamp(" + Json.quoted(shown(value)) + ")";
            case Duration _ -> "duration(" + Json.quoted(shown(value)) + ")";
            default -> shown(value);
        };
    }

    private static String list(Collection<?> list) throws CelEvaluationException {
        List<String> items = new ArrayList<>();
        long length = 0;
        for (Object item : list) {
            String text = literal(item);
            length += text.length();
            TextFunctions.checkLength(length);
            items.add(text);
        }
        return "[" + String.join(", ", items) + "]";
    }

    private static String map(Map<?, ?> map) throws CelEvaluationException {
        Map<String, String> entries = new TreeMap<>();
        long length = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String
                    || entry.getKey() instanceof Boolean
                    || entry.getKey() instanceof Long
                    || entry.getKey() instanceof UnsignedLong)) {
                throw FunctionTable.failure("error during formatting: no formatting function for map key of type "
                        + typeName(entry.getKey()));
            }
            String text = literal(entry.getValue());
            length += text.length();
            TextFunctions.checkLength(length);
            entries.put(literal(entry.getKey()), text);
        }
        List<String> items = new ArrayList<>();
        entries.forEach((key, value) -> items.add(key + ":" + value));
        return "{" + String.join(", ", items) + "}";
    }

    /** As {@code string()} writes it: {@code 1.5s}. */
    private static String seconds(Duration span) {
        BigDecimal seconds = BigDecimal.valueOf(span.getSeconds()).add(BigDecimal.valueOf(span.getNano(), 9));
        return (seconds.signum() == 0 ? "0" : seconds.stripTrailingZeros().toPlainString()) + "s";
    }
}

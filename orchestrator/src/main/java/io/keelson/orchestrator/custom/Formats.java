package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.cel.Durations;
import io.keelson.orchestrator.kind.Names;
import io.keelson.orchestrator.kind.Quantity;
import io.keelson.orchestrator.regex.RegularExpression;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The formats that schemas may ask for: those of Kubernetes. Any other is not checked, and whoever writes it is warned. */
final class Formats {

    private static final int MAX_HOST = 255;
    private static final Set<String> WHOLE = Set.of("int32", "int64");
    private static final Set<String> NUMBERS = Set.of("float", "double");

    /** By names without dashes, which do not count: {@code date-time} is {@code datetime}. */
    private static final Map<String, Predicate<String>> TEXTS = new HashMap<>();

    static {
        TEXTS.put("date", text -> fits(() -> LocalDate.parse(text)));
        TEXTS.put("datetime", text -> fits(() -> OffsetDateTime.parse(text)));
        TEXTS.put("duration", text -> Durations.parse(text).isPresent());
        TEXTS.put("byte", Formats::isBase64);
        TEXTS.put("password", _ -> true);
        TEXTS.put("quantity", text -> Quantity.parse(text).isPresent());
        TEXTS.put("k8sshortname", text -> Names.dns1123LabelProblems(text).isEmpty());
        TEXTS.put("k8slongname", text -> Names.dns1123SubdomainProblems(text).isEmpty());
        TEXTS.put("isbn", text -> CheckDigits.isIsbn10(text) || CheckDigits.isIsbn13(text));
        TEXTS.put("isbn10", CheckDigits::isIsbn10);
        TEXTS.put("isbn13", CheckDigits::isIsbn13);
        TEXTS.put("creditcard", CheckDigits::isCreditCard);
        put("uuid", "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");
        put("uuid3", "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}");
        put("uuid4", "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}");
        put("uuid5", "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}");
        Predicate<String> host = whole("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
                + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\\.?");
        TEXTS.put("hostname", text -> text.length() <= MAX_HOST && host.test(text));
        put("email", "[^@\\s]{1,64}@[^@\\s]{1,255}");
        put("mac", "([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|([0-9A-Fa-f]{4}\\.){2}[0-9A-Fa-f]{4}");
        String octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
        put("ipv4", "(" + octet + "\\.){3}" + octet);
        Predicate<String> ipv6 = whole("[0-9a-fA-F:.]{2,45}");
        TEXTS.put("ipv6", text -> text.indexOf(':') >= 0 && ipv6.test(text));
        put("cidr", "[0-9a-fA-F:.]+/[0-9]{1,3}");
        put("uri", "(/|[A-Za-z][A-Za-z0-9+.-]*:)([A-Za-z0-9\\-._~:/?#\\[\\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*");
        put("hexcolor", "#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})");
        String part = "\\s*(0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])\\s*";
        put("rgbcolor", "rgb\\(" + part + "," + part + "," + part + "\\)");
        put("ssn", "[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}");
        put("bsonobjectid", "[0-9A-Fa-f]{24}");
    }

    private Formats() {}

    private static void put(String format, String form) {
        TEXTS.put(format, whole(form));
    }

    private static Predicate<String> whole(String form) {
        return RegularExpression.known("^(?:" + form + ")$")::isIn;
    }

    private static String plain(String format) {
        return format.replace("-", "");
    }

    /**
     * Whether a format means anything for a type of values.
     *
     * @param type of the schema; empty if it names none
     */
    static boolean known(String type, String format) {
        return switch (type) {
            case "", "string" -> TEXTS.containsKey(plain(format));
            case "integer" -> WHOLE.contains(format);
            case "number" -> NUMBERS.contains(format);
            default -> false;
        };
    }

    /** Whether a text is of a format, or the format is one that nobody knows. */
    static boolean fits(String format, String text) {
        Predicate<String> known = TEXTS.get(plain(format));
        return known == null || known.test(text);
    }

    private interface Parse {
        Object run();
    }

    private static boolean fits(Parse parse) {
        try {
            return !parse.run().equals("");
        } catch (DateTimeException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isBase64(String text) {
        return fits(() -> Base64.getMimeDecoder().decode(text).length) && text.matches("[A-Za-z0-9+/=\\r\\n]*");
    }
}

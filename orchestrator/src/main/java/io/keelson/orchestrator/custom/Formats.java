package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.cel.Durations;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The formats of text that schemas may ask for; any other is not checked, as in Kubernetes. */
final class Formats {

    private static final Pattern UUID =
            Pattern.compile("(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");
    private static final Pattern HOST =
            Pattern.compile("(?=.{1,255}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}"
                    + "[A-Za-z0-9])?)*\\.?");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]{1,64}@[^@\\s]{1,255}");
    private static final Pattern MAC =
            Pattern.compile("([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|([0-9A-Fa-f]{4}\\.){2}" + "[0-9A-Fa-f]{4}");
    private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("(?=.*:)[0-9a-fA-F:.]{2,45}");
    private static final Pattern CIDR = Pattern.compile("[0-9a-fA-F:.]+/[0-9]{1,3}");
    private static final Pattern URI =
            Pattern.compile("(/|[A-Za-z][A-Za-z0-9+.-]*:)([A-Za-z0-9\\-._~:/?#\\[\\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*");
    private static final Pattern COLOR = Pattern.compile("#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})");

    private static final Map<String, Predicate<String>> KNOWN = Map.ofEntries(
            Map.entry("date", text -> fits(() -> LocalDate.parse(text))),
            Map.entry("date-time", text -> fits(() -> OffsetDateTime.parse(text))),
            Map.entry("datetime", text -> fits(() -> OffsetDateTime.parse(text))),
            Map.entry("duration", text -> Durations.parse(text).isPresent()),
            Map.entry("byte", Formats::isBase64),
            Map.entry("uuid", text -> UUID.matcher(text).matches()),
            Map.entry("uuid3", text -> UUID.matcher(text).matches()),
            Map.entry("uuid4", text -> UUID.matcher(text).matches()),
            Map.entry("uuid5", text -> UUID.matcher(text).matches()),
            Map.entry("hostname", text -> HOST.matcher(text).matches()),
            Map.entry("email", text -> EMAIL.matcher(text).matches()),
            Map.entry("mac", text -> MAC.matcher(text).matches()),
            Map.entry("ipv4", text -> IPV4.matcher(text).matches()),
            Map.entry("ipv6", text -> IPV6.matcher(text).matches()),
            Map.entry(
                    "ip",
                    text -> IPV4.matcher(text).matches() || IPV6.matcher(text).matches()),
            Map.entry("cidr", text -> CIDR.matcher(text).matches()),
            Map.entry("uri", Formats::isUri),
            Map.entry("hexcolor", text -> COLOR.matcher(text).matches()));

    private Formats() {}

    /** Whether a text is of a format, or the format is one that nobody knows. */
    static boolean fits(String format, String text) {
        Predicate<String> known = KNOWN.get(format);
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

    private static boolean isUri(String text) {
        return URI.matcher(text).matches();
    }
}

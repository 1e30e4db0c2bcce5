package io.keelson.cli.print;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Times as people say them: "5s", "3m20s", "4h", "12d". */
public final class Ages {

    private static final int RFC3339_MIN = 20;

    private Ages() {}

    /** Whether the text is an RFC 3339 time. */
    public static boolean isTime(String text) {
        if (text.length() < RFC3339_MIN || text.charAt(4) != '-' || text.charAt(10) != 'T') return false;
        try {
            Instant.parse(text);
            return true;
        } catch (DateTimeParseException notATime) {
            return false;
        }
    }

    /** How long ago a time was; "?" if it is none. */
    public static String since(String time, Instant now) {
        try {
            return of(Duration.between(Instant.parse(time), now));
        } catch (DateTimeParseException notATime) {
            return "?";
        }
    }

    /** A duration in at most two units, as kubectl writes ages. */
    public static String of(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 120) return seconds + "s";
        long minutes = seconds / 60;
        if (minutes < 10) return minutes + "m" + (seconds % 60 == 0 ? "" : seconds % 60 + "s");
        if (minutes < 180) return minutes + "m";
        long hours = minutes / 60;
        if (hours < 8) return hours + "h" + (minutes % 60 == 0 ? "" : minutes % 60 + "m");
        if (hours < 48) return hours + "h";
        long days = hours / 24;
        return days < 8 && hours % 24 != 0 ? days + "d" + hours % 24 + "h" : days + "d";
    }
}

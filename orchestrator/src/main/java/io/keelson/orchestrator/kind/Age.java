package io.keelson.orchestrator.kind;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Spans of time as Kubernetes prints them: two parts at most, {@code 45s}, {@code 5m10s}, {@code 3d4h}, {@code 2y}. */
public final class Age {

    private static final int MINUTE = 60;
    private static final int HOUR = 60 * MINUTE;
    private static final int DAY_HOURS = 24;
    private static final int YEAR_DAYS = 365;

    private Age() {}

    /** The span from a time in an object to now; {@code <unknown>} if the path leads to no time. */
    public static String since(Instant now, JsonNode object, String... path) {
        return time(object, path).map(then -> of(Duration.between(then, now))).orElse("<unknown>");
    }

    /** The time at a path of field names; empty if there is none. */
    public static Optional<Instant> time(JsonNode object, String... path) {
        return Json.string(object, path).flatMap(text -> {
            try {
                return Optional.of(OffsetDateTime.parse(text).toInstant());
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        });
    }

    /** A span in words; {@code <invalid>} if it is negative by more than a second. */
    public static String of(Duration span) {
        long seconds = span.toMillis() / 1000;
        if (seconds < -1) {
            return "<invalid>";
        }
        if (seconds < 2 * MINUTE) {
            return Math.max(seconds, 0) + "s";
        }
        long minutes = seconds / MINUTE;
        if (minutes < 10) {
            return two(minutes, "m", seconds % MINUTE, "s");
        }
        if (minutes < 3 * MINUTE) {
            return minutes + "m";
        }
        long hours = seconds / HOUR;
        if (hours < 8) {
            return two(hours, "h", minutes % MINUTE, "m");
        }
        if (hours < 2 * DAY_HOURS) {
            return hours + "h";
        }
        long days = hours / DAY_HOURS;
        if (days < 8) {
            return two(days, "d", hours % DAY_HOURS, "h");
        }
        if (days < 2 * YEAR_DAYS) {
            return days + "d";
        }
        return days < 8 * YEAR_DAYS ? two(days / YEAR_DAYS, "y", days % YEAR_DAYS, "d") : days / YEAR_DAYS + "y";
    }

    private static String two(long great, String greatUnit, long small, String smallUnit) {
        return great + greatUnit + (small == 0 ? "" : small + smallUnit);
    }
}

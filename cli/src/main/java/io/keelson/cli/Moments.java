package io.keelson.cli;

import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.Moment;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.regex.Pattern;

/** Points in the past as people write them: a revision, a time, or how long ago. */
final class Moments {

    static final String LABEL = "REVISION|TIME|AGO";

    private static final Pattern AGO = Pattern.compile("([0-9]{1,9})([smh])");

    private Moments() {}

    /** Reads {@code 4711}, {@code 2026-01-01T12:00:00Z} or {@code 5m} (ago, by the clock of this machine). */
    static Moment of(String text, Instant now) {
        if (text.matches("[0-9]{1,18}"))
            return Moment.newBuilder().setRevision(Long.parseLong(text)).build();
        var ago = AGO.matcher(text.toLowerCase(Locale.ROOT));
        if (ago.matches()) {
            long count = Long.parseLong(ago.group(1));
            var duration = switch (ago.group(2)) {
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                default -> Duration.ofHours(count);
            };
            return Moment.newBuilder().setTime(now.minus(duration).toString()).build();
        }
        try {
            return Moment.newBuilder()
                    .setTime(OffsetDateTime.parse(text).toInstant().toString())
                    .build();
        } catch (DateTimeException noTime) {
            throw Trouble.because(
                    noTime,
                    "\"" + text + "\" is no point in the past",
                    "Give a revision (4711), a time (2026-01-01T12:00:00Z) or how long ago (90s, 5m, 1h).",
                    "keelson history TYPE/NAME  shows the revisions of an object.");
        }
    }
}

package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The five fields of a schedule in cron's form, or one of its words such as {@code @daily}; the messages are those of Kubernetes. */
final class CronSchedule {

    private static final int FIELDS = 5;
    private static final String EVERY = "@every ";
    private static final Set<String> WORDS =
            Set.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");

    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

    /**
     * The values that a field may have.
     *
     * @param least the least of them
     * @param most the greatest
     * @param names of values, from the least on
     */
    private record Range(int least, int most, List<String> names) {}

    private static final List<Range> RANGES = List.of(
            new Range(0, 59, List.of()),
            new Range(0, 23, List.of()),
            new Range(1, 31, List.of()),
            new Range(1, 12, MONTHS),
            new Range(0, 6, DAYS));

    private CronSchedule() {}

    /** What is wrong with a schedule; empty if nothing. */
    static Optional<String> problem(String schedule) {
        if (schedule.startsWith("TZ=") || schedule.startsWith("CRON_TZ=")) {
            return problemAfterZone(schedule);
        }
        if (schedule.startsWith("@")) {
            boolean known = WORDS.contains(schedule) || schedule.startsWith(EVERY);
            return known ? Optional.empty() : Optional.of("unrecognized descriptor: " + schedule);
        }
        String[] fields = schedule.isBlank() ? new String[0] : schedule.strip().split("\\s+");
        if (fields.length != FIELDS) {
            return Optional.of("expected exactly " + FIELDS + " fields, found " + fields.length + ": ["
                    + String.join(" ", fields) + "]");
        }
        for (int i = 0; i < FIELDS; i++) {
            for (String term : fields[i].split(",", -1)) {
                Optional<String> problem = term(term, RANGES.get(i));
                if (problem.isPresent()) {
                    return problem;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> problemAfterZone(String schedule) {
        int end = schedule.indexOf(' ') < 0 ? schedule.length() : schedule.indexOf(' ');
        String zone = schedule.substring(schedule.indexOf('=') + 1, end);
        return JobValidation.known(zone)
                ? problem(schedule.substring(end).strip())
                : Optional.of("provided bad location " + zone + ": unknown time zone " + zone);
    }

    /** A term such as {@code *}, {@code 5}, {@code mon-fri} or {@code 0-30/10}. */
    private static Optional<String> term(String term, Range range) {
        String[] rangeAndStep = term.split("/", -1);
        String[] bounds = rangeAndStep[0].split("-", -1);
        if (rangeAndStep.length > 2) {
            return Optional.of("too many slashes: " + term);
        }
        if (bounds.length > 2) {
            return Optional.of("too many hyphens: " + term);
        }
        int start = range.least();
        int end = range.most();
        try {
            if (!bounds[0].equals("*") && !bounds[0].equals("?")) {
                start = value(bounds[0], range);
                boolean open = bounds.length == 1 && rangeAndStep.length == 2;
                end = bounds.length == 2 ? value(bounds[1], range) : open ? range.most() : start;
            }
            if (rangeAndStep.length == 2 && number(rangeAndStep[1]) == 0) {
                return Optional.of("step of range should be a positive number: " + term);
            }
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        if (start < range.least()) {
            return Optional.of("beginning of range (" + start + ") below minimum (" + range.least() + "): " + term);
        }
        if (end > range.most()) {
            return Optional.of("end of range (" + end + ") above maximum (" + range.most() + "): " + term);
        }
        return start > end
                ? Optional.of("beginning of range (" + start + ") beyond end of range (" + end + "): " + term)
                : Optional.empty();
    }

    private static int value(String text, Range range) {
        int name = range.names().indexOf(text.toLowerCase(Locale.ROOT));
        return name >= 0 ? name + range.least() : number(text);
    }

    private static int number(String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(
                    "failed to parse int from " + text + ": strconv.Atoi: parsing \"" + text + "\": invalid syntax");
        }
        return Integer.parseInt(text);
    }
}

package io.keelson.orchestrator.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Versions of software, as semver.org orders them. */
final class SemverFunctions {

    static final CelType SEMVER = OpaqueType.create("kubernetes.Semver");

    private static final int MAX_LENGTH = 256;
    private static final Pattern FORM =
            Pattern.compile("(0|[1-9][0-9]{0,17})\\.(0|[1-9][0-9]{0,17})\\.(0|[1-9][0-9]{0,17})"
                    + "(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    private SemverFunctions() {}

    /** A version; what stands behind a plus does not count. */
    record Semver(long major, long minor, long patch, String pre) implements Comparable<Semver> {

        @Override
        public int compareTo(Semver other) {
            int order = Long.compare(major, other.major);
            order = order != 0 ? order : Long.compare(minor, other.minor);
            order = order != 0 ? order : Long.compare(patch, other.patch);
            if (order != 0 || pre.equals(other.pre)) {
                return order;
            }
            if (pre.isEmpty() || other.pre.isEmpty()) {
                return pre.isEmpty() ? 1 : -1;
            }
            String[] mine = pre.split("\\.", -1);
            String[] theirs = other.pre.split("\\.", -1);
            for (int i = 0; i < Math.min(mine.length, theirs.length); i++) {
                int parts = part(mine[i], theirs[i]);
                if (parts != 0) {
                    return parts;
                }
            }
            return Integer.compare(mine.length, theirs.length);
        }

        private static int part(String mine, String theirs) {
            boolean number = NUMBER.matcher(mine).matches();
            boolean otherNumber = NUMBER.matcher(theirs).matches();
            if (number && otherNumber) {
                return new BigInteger(mine).compareTo(new BigInteger(theirs));
            }
            return number == otherNumber ? mine.compareTo(theirs) : number ? -1 : 1;
        }
    }

    static FunctionTable table() {
        CelType text = SimpleType.STRING;
        CelType both = SimpleType.BOOL;
        return new FunctionTable()
                .global("semver", SEMVER, List.of(text), a -> read((String) a[0], false))
                .global("semver", SEMVER, List.of(text, both), a -> read((String) a[0], (Boolean) a[1]))
                .global(
                        "isSemver",
                        both,
                        List.of(text),
                        a -> parse((String) a[0], false).isPresent())
                .global(
                        "isSemver",
                        both,
                        List.of(text, both),
                        a -> parse((String) a[0], (Boolean) a[1]).isPresent())
                .member("major", SimpleType.INT, List.of(SEMVER), a -> of(a[0]).major())
                .member("minor", SimpleType.INT, List.of(SEMVER), a -> of(a[0]).minor())
                .member("patch", SimpleType.INT, List.of(SEMVER), a -> of(a[0]).patch())
                .member("isGreaterThan", both, List.of(SEMVER, SEMVER), a -> of(a[0]).compareTo(of(a[1])) > 0)
                .member("isLessThan", both, List.of(SEMVER, SEMVER), a -> of(a[0]).compareTo(of(a[1])) < 0)
                .member("compareTo", SimpleType.INT, List.of(SEMVER, SEMVER), a -> (long) of(a[0]).compareTo(of(a[1])));
    }

    private static Semver of(Object value) {
        return (Semver) value;
    }

    private static Semver read(String text, boolean normalize) throws CelEvaluationException {
        return parse(text, normalize)
                .orElseThrow(() -> FunctionTable.failure("Semver parse error during conversion from string: " + text));
    }

    /** Normalizing drops a leading v and leading zeros, and adds what is missing of three numbers. */
    private static Optional<Semver> parse(String given, boolean normalize) {
        if (given.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(normalize ? normalized(given) : given);
        if (!form.matches()) {
            return Optional.empty();
        }
        String pre = form.group(4);
        return Optional.of(new Semver(
                Long.parseLong(form.group(1)),
                Long.parseLong(form.group(2)),
                Long.parseLong(form.group(3)),
                pre == null ? "" : pre));
    }

    private static String normalized(String given) {
        String text = given.startsWith("v") ? given.substring(1) : given;
        Matcher numbers = Pattern.compile("^[0-9]+(\\.[0-9]+){0,2}").matcher(text);
        if (!numbers.find()) {
            return text;
        }
        StringBuilder core = new StringBuilder(numbers.group().replaceAll("(^|\\.)0+([0-9])", "$1$2"));
        for (long dots = core.chars().filter(c -> c == '.').count(); dots < 2; dots++) {
            core.append(".0");
        }
        return core + text.substring(numbers.end());
    }
}

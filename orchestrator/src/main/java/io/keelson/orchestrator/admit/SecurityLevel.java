package io.keelson.orchestrator.admit;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pod security standard at a version.
 *
 * @param level how strict
 * @param minor which Kubernetes 1.x defined it; {@link #LATEST} for the newest
 */
record SecurityLevel(Level level, int minor) {

    /** Newer than every version. */
    static final int LATEST = Integer.MAX_VALUE;

    static final SecurityLevel PRIVILEGED = new SecurityLevel(Level.PRIVILEGED, LATEST);

    private static final Pattern VERSION = Pattern.compile("v1\\.(0|[1-9][0-9]{0,3})");

    /** From everything to what is best practice. */
    enum Level {
        PRIVILEGED,
        BASELINE,
        RESTRICTED;

        static Optional<Level> of(String text) {
            return switch (text) {
                case "privileged" -> Optional.of(PRIVILEGED);
                case "baseline" -> Optional.of(BASELINE);
                case "restricted" -> Optional.of(RESTRICTED);
                default -> Optional.empty();
            };
        }
    }

    static Optional<Integer> version(String text) {
        if (text.equals("latest")) {
            return Optional.of(LATEST);
        }
        Matcher matcher = VERSION.matcher(text);
        return matcher.matches() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    SecurityLevel with(Level other) {
        return new SecurityLevel(other, minor);
    }

    SecurityLevel at(int version) {
        return new SecurityLevel(level, version);
    }

    @Override
    public String toString() {
        return level.name().toLowerCase(Locale.ROOT) + ":" + (minor == LATEST ? "latest" : "v1." + minor);
    }
}

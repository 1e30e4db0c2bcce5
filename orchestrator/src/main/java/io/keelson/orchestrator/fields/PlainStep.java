package io.keelson.orchestrator.fields;

/**
 * Tells of a step to a field, such as {@code f:spec} or {@code k:{"containerPort":80,"protocol":"TCP"}}, whether it is written as
 * {@link FieldsV1} writes it. Knows the texts, whole numbers and booleans by which items mostly are known, and says no to all else.
 */
final class PlainStep {

    /** Surely within a long. */
    private static final int MAX_DIGITS = 18;

    private final String step;
    private int at = 2;

    private PlainStep(String step) {
        this.step = step;
    }

    static boolean is(String step) {
        if (step.length() < 2 || step.charAt(1) != ':') {
            return false;
        }
        return switch (step.charAt(0)) {
            case 'f' -> true;
            case 'k' -> new PlainStep(step).isKey();
            case 'v' -> new PlainStep(step).isValue();
            default -> false;
        };
    }

    private boolean isValue() {
        return skipValue() && at == step.length();
    }

    /** An object with its fields in order. */
    private boolean isKey() {
        if (!skip('{')) {
            return false;
        }
        String before = "";
        do {
            int begin = at;
            if (!skipText()) {
                return false;
            }
            String name = step.substring(begin + 1, at - 1);
            if (name.compareTo(before) <= 0 || !skip(':') || !skipValue()) {
                return false;
            }
            before = name;
        } while (skip(','));
        return skip('}') && at == step.length();
    }

    private boolean skip(char wanted) {
        boolean there = at < step.length() && step.charAt(at) == wanted;
        if (there) {
            at++;
        }
        return there;
    }

    private boolean skip(String wanted) {
        boolean there = step.startsWith(wanted, at);
        if (there) {
            at += wanted.length();
        }
        return there;
    }

    private boolean skipValue() {
        return skipText() || skipNumber() || skip("true") || skip("false");
    }

    /** A text without anything that JSON, or Go for the sake of HTML, would write in another way. */
    private boolean skipText() {
        if (!skip('"')) {
            return false;
        }
        while (at < step.length()) {
            char c = step.charAt(at++);
            if (c == '"') {
                return true;
            }
            if (c < ' ' || c > '~' || c == '\\' || c == '<' || c == '>' || c == '&') {
                return false;
            }
        }
        return false;
    }

    /** A whole number that is not negative. */
    private boolean skipNumber() {
        int begin = at;
        while (at < step.length() && step.charAt(at) >= '0' && step.charAt(at) <= '9') {
            at++;
        }
        int digits = at - begin;
        return digits > 0 && digits <= MAX_DIGITS && (digits == 1 || step.charAt(begin) != '0');
    }
}

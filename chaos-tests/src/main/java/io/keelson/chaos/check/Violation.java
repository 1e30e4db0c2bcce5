package io.keelson.chaos.check;

/**
 * A promise that was broken.
 *
 * @param rule which promise, in a few words; equal for all violations of it
 * @param text what was seen
 * @param at when, in nanoseconds of the run; negative if it has no moment
 * @param client who saw it; negative if it was no client
 */
public record Violation(String rule, String text, long at, int client) {

    /** A violation that is not one client's at one moment. */
    public static Violation of(String rule, String text) {
        return new Violation(rule, text, -1, -1);
    }

    @Override
    public String toString() {
        return rule + ": " + text;
    }
}

package io.keelson.store.mvcc;

/**
 * Which answers are kept: those at positions {@code oldest} to {@code next - 1}. Each that is kept gets the next position.
 *
 * @param oldest position of the oldest
 * @param next position that the next one gets
 * @param bytes what all of them take, {@link RequestIds#bytes}
 */
public record AnswerWindow(long oldest, long next, long bytes) {

    /** Nothing was ever kept. */
    public static final AnswerWindow EMPTY = new AnswerWindow(0, 0, 0);

    /** A window has no negative length. */
    public AnswerWindow {
        if (oldest < 0 || next < oldest || bytes < 0) {
            throw new IllegalArgumentException(
                    "a window of answers from " + oldest + " to " + next + " with " + bytes + " bytes");
        }
    }

    /** How many are kept. */
    public long size() {
        return next - oldest;
    }
}

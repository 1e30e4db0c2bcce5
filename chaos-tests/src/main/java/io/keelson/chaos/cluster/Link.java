package io.keelson.chaos.cluster;

/**
 * How one member's way to another is.
 *
 * @param delayMillis added to every piece, each way
 * @param jitterMillis up to so much more, by chance; pieces keep their order, as in TCP
 * @param breaks chance that a piece is the last: the connection breaks
 * @param bytesPerSecond at most so much; 0: no bound
 */
public record Link(int delayMillis, int jitterMillis, double breaks, int bytesPerSecond) {

    /** As if there was nothing between. */
    public static final Link CLEAR = new Link(0, 0, 0, 0);
}

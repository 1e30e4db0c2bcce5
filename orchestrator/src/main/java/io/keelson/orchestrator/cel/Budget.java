package io.keelson.orchestrator.cel;

/**
 * What the expressions about one request may cost together. A unit is about one step of an evaluation; the bounds are Kubernetes'.
 * Not thread safe: belongs to one request.
 */
public final class Budget {

    /** What one expression may cost in one evaluation. */
    public static final long PER_EXPRESSION = 1_000_000;

    /** What all expressions about one object may cost. */
    public static final long PER_OBJECT = 10_000_000;

    private long left;

    /** A budget of so many units. */
    public Budget(long units) {
        this.left = units;
    }

    /** The usual one for an object. */
    public static Budget ofObject() {
        return new Budget(PER_OBJECT);
    }

    /** What is left; never below zero. */
    public long left() {
        return Math.max(0, left);
    }

    /** Whether nothing is left, so that nothing more is to be evaluated. */
    public boolean usedUp() {
        return left <= 0;
    }

    void pay(long units) {
        left -= units;
    }
}

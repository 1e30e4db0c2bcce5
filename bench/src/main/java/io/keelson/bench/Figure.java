package io.keelson.bench;

/**
 * One thing that is measured.
 *
 * @param workload under what load
 * @param name what it is, with its unit
 * @param good which way is better
 * @param bar how it should compare with etcd's
 */
record Figure(String workload, String name, Good good, Bar bar) {

    /** Which way is better. */
    enum Good {
        MORE,
        LESS
    }

    /** What is asked of a figure. */
    sealed interface Bar {

        /** At least, or for {@link Good#LESS} at most, so many times the peer's. */
        record Ratio(double of) implements Bar {}

        /** At least, or for {@link Good#LESS} at most, this, whatever the peer does. */
        record Value(double limit) implements Bar {}

        /** Both. */
        record Both(double of, double limit) implements Bar {}

        /** Only for information. */
        record None() implements Bar {}
    }

    static final Bar NONE = new Bar.None();

    /** Whether the bar is met; true if there is none. */
    boolean met(double own, double peer) {
        return switch (bar) {
            case Bar.Ratio(double of) -> atLeast(own, of * peer);
            case Bar.Value(double limit) -> atLeast(own, limit);
            case Bar.Both(double of, double limit) -> atLeast(own, of * peer) && atLeast(own, limit);
            case Bar.None() -> true;
        };
    }

    private boolean atLeast(double own, double limit) {
        return good == Good.MORE ? own >= limit : own <= limit;
    }

    /** The bar in words. */
    String asked() {
        String side = good == Good.MORE ? ">= " : "<= ";
        return switch (bar) {
            case Bar.Ratio(double of) -> side + Table.number(of) + "x";
            case Bar.Value(double limit) -> side + Table.number(limit);
            case Bar.Both(double of, double limit) -> side + Table.number(of) + "x, " + side + Table.number(limit);
            case Bar.None() -> "";
        };
    }
}

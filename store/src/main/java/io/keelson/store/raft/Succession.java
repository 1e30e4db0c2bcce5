package io.keelson.store.raft;

import java.util.Collection;
import java.util.Comparator;

/**
 * Who stands first when a leader is gone. Two that stand in the same moment split the votes, and one whose log is shorter than another's
 * cannot win and only delays the other; so they stand one after the other, who has most of the log first.
 */
final class Succession {

    private Succession() {}

    /**
     * How far a member's log goes.
     *
     * @param term of its last entry
     * @param index of its last entry
     * @param member its id
     */
    record Position(long term, long index, long member) {
        /** Who stands first comes first. Between equals the id decides, as any rule would that all know. */
        static final Comparator<Position> ORDER = Comparator.comparingLong(Position::term)
                .thenComparingLong(Position::index)
                .reversed()
                .thenComparing(Position::member, Long::compareUnsigned);
    }

    /** How many of the others stand before this member. */
    static long before(Position own, Collection<Position> others) {
        return others.stream()
                .filter(other -> Position.ORDER.compare(other, own) < 0)
                .count();
    }
}

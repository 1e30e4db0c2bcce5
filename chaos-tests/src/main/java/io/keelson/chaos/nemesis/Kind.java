package io.keelson.chaos.nemesis;

import io.keelson.chaos.cluster.Membership;
import io.keelson.chaos.cluster.Product;
import java.util.Optional;

/** Kinds of faults, as named on the command line. */
public enum Kind {
    /** SIGKILL to one member, the leader, a majority or all; started again. */
    KILL,
    /** SIGSTOP, later SIGCONT. */
    PAUSE,
    /** Packets dropped between members: in one of several shapes. */
    PARTITION,
    /** Slow, narrow or breaking links between members, through a proxy. */
    LINK,
    /** History given up. */
    COMPACT,
    /** The leader is told to hand over. */
    TRANSFER,
    /** A member is down and comes back without its data: it needs the leader's snapshot, or the whole log. */
    WIPE,
    /** A member's disk is full for a while. */
    DISK_FULL,
    /** A member's fsync takes long, or seconds. */
    DISK_SLOW,
    /** A member's fsync fails: it must end, and is started again when the disk is well. */
    DISK_FAIL,
    /** A member's wall clock jumps, or runs to and fro. */
    CLOCK,
    /** A member is added as a learner, catches up and is promoted; or one is removed, maybe the leader. */
    MEMBER;

    /** Its name on the command line. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** Why it cannot be done to so many members of a product; empty if it can. */
    public Optional<String> obstacle(Product product, int members) {
        return switch (this) {
            case DISK_SLOW, DISK_FAIL ->
                product == Product.ETCD
                        ? Optional.of("is done by a switch inside the store, and etcd has none")
                        : Optional.empty();
            case CLOCK ->
                product == Product.ETCD
                        ? Optional.of("is done in the C library, and etcd, being Go, asks the kernel without it")
                        : Optional.empty();
            case MEMBER ->
                members < Membership.FEWEST || members > Membership.MOST
                        ? Optional.of(
                                "needs " + Membership.FEWEST + " to " + Membership.MOST + " members, not " + members)
                        : Optional.empty();
            case KILL, PAUSE, PARTITION, LINK, COMPACT, TRANSFER, WIPE, DISK_FULL -> Optional.empty();
        };
    }
}

package io.keelson.chaos.nemesis;

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
    DISK_FULL;

    /** Its name on the command line. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}

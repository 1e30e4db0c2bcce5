package io.keelson.store.fault;

import org.jspecify.annotations.Nullable;

/**
 * What may be planted. Each is a mistake that somebody has made, or could make, in a store like this one.
 *
 * <p>Whether one is planted is decided once, in a constant, so the compiler removes the question from code that runs often.
 */
public enum PlantedFault {
    /** A write is answered as soon as it is proposed, with what it would do on the state as it is here. */
    ANSWER_BEFORE_COMMIT,
    /** A write that is not committed within two seconds, and may be lost, is answered as if it had been applied. */
    ANSWER_LOST_WRITE,
    /** Linearizable reads are answered from the state that is here. */
    READ_WITHOUT_BARRIER,
    /** A leader answers linearizable reads without asking whether it still leads: etcd's #20418 and every lease of reads gone wrong. */
    READ_WITHOUT_QUORUM,
    /** After a start entries that the state holds already are applied again: etcd's #13766. */
    APPLY_TWICE_ON_REPLAY,
    /** After a start some entries that the state does not hold are taken for applied. */
    FORGET_ENTRIES_ON_RESTART,
    /** An entry that is sent again after a change of leader is applied again: etcd's #14890. */
    APPLY_RETRIES_TWICE,
    /** Conditions of a transaction are judged on the state one revision before. */
    COMPARE_ON_STALE_STATE,
    /** A watch leaves out an event now and then: etcd's #17529. */
    WATCH_SKIPS_EVENT,
    /** A watch delivers an event twice now and then: etcd's #17247. */
    WATCH_REPEATS_EVENT,
    /** A watch tells what it has told before: etcd's #15271. */
    WATCH_GOES_BACK,
    /** A watch delivers the events of one revision in two messages. */
    WATCH_TEARS_REVISION,
    /** Progress is told before the events that it is about: etcd's #15220. */
    PROGRESS_AHEAD_OF_EVENTS,
    /** A watch says of a deleted key's last value that there was none. */
    PREVIOUS_VALUE_MISSING,
    /** A lease ends a second and a half before its time. */
    LEASE_ENDS_EARLY,
    /** The keys of a lease that ends go one revision after the other. */
    LEASE_KEYS_IN_TWO_REVISIONS,
    /** Compaction takes more than was asked for. */
    COMPACTION_HIDES_TOO_MUCH,
    /** A serializable read names a newer revision than that of the state it shows. */
    HEADER_AHEAD_OF_STATE,
    /** One member keeps another value than the others: what only a comparison of hashes, or of reads, shows. */
    MEMBER_DIVERGES;

    /** The system property that plants one, by its name. */
    public static final String PROPERTY = "keelson.test.fault";

    private static final @Nullable PlantedFault PLANTED = read();

    private static @Nullable PlantedFault read() {
        String name = System.getProperty(PROPERTY, "");
        if (name.isEmpty()) {
            return null;
        }
        PlantedFault planted = Switches.named(values(), PROPERTY, "fault", name);
        System.getLogger(PlantedFault.class.getName())
                .log(System.Logger.Level.WARNING, "this member has a fault planted for a test: {0}", planted);
        return planted;
    }

    /** Whether this one is planted in this process. */
    public boolean isPlanted() {
        return this == PLANTED;
    }
}

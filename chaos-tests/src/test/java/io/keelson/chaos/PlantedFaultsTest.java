package io.keelson.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keelson.store.fault.PlantedFault;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: the judges see. Method: each fault that can be planted in the store, with a seed that shows it and the promises of which at least
 * one must be found broken; and a defect that etcd 3.4 is known for.
 *
 * <p>Each takes a minute or two, so they run only when asked for: {@code -Dkeelson.chaos.faults=all}, or the name of one, or {@code etcd}.
 */
class PlantedFaultsTest {

    private static final String ASKED = System.getProperty("keelson.chaos.faults", "");

    /**
     * A fault and how it is seen.
     *
     * @param members how many are needed to show it
     * @param nemesis the faults that bring it out
     * @param seed a seed that has shown it
     * @param promises rules of which one must be found broken
     */
    record Sight(PlantedFault fault, int members, String nemesis, int seconds, long seed, List<String> promises) {}

    private static final List<Sight> TABLE = List.of(
            new Sight(PlantedFault.WATCH_SKIPS_EVENT, 1, "none", 15, 101, List.of("one history", "watch: Reliable")),
            new Sight(PlantedFault.WATCH_REPEATS_EVENT, 1, "none", 15, 102, List.of("watch: Unique")),
            new Sight(PlantedFault.WATCH_GOES_BACK, 1, "none", 15, 103, List.of("watch: Ordered", "watch: Resumable")),
            new Sight(PlantedFault.WATCH_TEARS_REVISION, 1, "none", 15, 104, List.of("watch: Atomic")),
            new Sight(PlantedFault.PROGRESS_AHEAD_OF_EVENTS, 1, "none", 15, 105, List.of("watch: Bookmarkable")),
            new Sight(PlantedFault.PREVIOUS_VALUE_MISSING, 1, "none", 15, 106, List.of("watch: PrevKV")),
            new Sight(
                    PlantedFault.LEASE_KEYS_IN_TWO_REVISIONS,
                    1,
                    "none",
                    15,
                    108,
                    List.of("a lease ends with all its keys")),
            new Sight(PlantedFault.COMPARE_ON_STALE_STATE, 1, "none", 15, 109, List.of("transactions are atomic")),
            new Sight(
                    PlantedFault.HEADER_AHEAD_OF_STATE,
                    1,
                    "none",
                    15,
                    110,
                    List.of("serializable reads are one state", "stale read")),
            new Sight(
                    PlantedFault.COMPACTION_HIDES_TOO_MUCH,
                    1,
                    "compact",
                    25,
                    111,
                    List.of("compaction hides too much")),
            new Sight(PlantedFault.READ_WITHOUT_BARRIER, 3, "none", 20, 201, List.of("stale read", "linearizability")),
            new Sight(PlantedFault.ANSWER_BEFORE_COMMIT, 3, "none", 15, 202, List.of("lost acknowledged write")),
            new Sight(PlantedFault.MEMBER_DIVERGES, 3, "none", 20, 203, List.of("equal members")),
            new Sight(PlantedFault.READ_WITHOUT_QUORUM, 3, "partition", 40, 204, List.of("stale read")),
            new Sight(PlantedFault.LEASE_ENDS_EARLY, 1, "none", 15, 107, List.of("a lease lives its time")),
            new Sight(PlantedFault.APPLY_TWICE_ON_REPLAY, 1, "kill", 30, 112, List.of("applied twice", "one history")),
            new Sight(
                    PlantedFault.FORGET_ENTRIES_ON_RESTART,
                    1,
                    "kill",
                    20,
                    113,
                    List.of("lost acknowledged write", "stale read")),
            new Sight(
                    PlantedFault.ANSWER_LOST_WRITE,
                    3,
                    "partition",
                    30,
                    206,
                    List.of("lost acknowledged write", "transactions are atomic")),
            new Sight(
                    PlantedFault.APPLY_RETRIES_TWICE,
                    3,
                    "link",
                    60,
                    213,
                    List.of("applied twice", "every change was asked for")));

    static Stream<Sight> table() {
        return TABLE.stream();
    }

    @ParameterizedTest
    @MethodSource("table")
    void plantedFaultIsSeen(Sight sight) throws Exception {
        assumeTrue(
                ASKED.equals("all") || ASKED.equals(sight.fault().name()),
                "takes minutes: -Dkeelson.chaos.faults=" + sight.fault());
        ChaosCommand chaos = ChaosCommand.run(
                "--members",
                Integer.toString(sight.members()),
                "--seconds",
                Integer.toString(sight.seconds()),
                "--seed",
                Long.toString(sight.seed()),
                "--nemesis",
                sight.nemesis(),
                "--fault",
                sight.fault().name());
        assertThat(chaos.status()).as(chaos.output()).isEqualTo(1);
        assertThat(sight.promises())
                .as(chaos.output())
                .anyMatch(promise -> chaos.output().contains("VIOLATION of \"" + promise));
    }

    /** etcd before 3.4.25 answers a request for progress at once, though older events are still to come: its issue 15220. */
    @Test
    void progressOfEtcdThatOvertakesEventsIsSeen() throws Exception {
        assumeTrue(List.of("all", "etcd").contains(ASKED), "takes a minute: -Dkeelson.chaos.faults=etcd");
        ChaosCommand chaos = ChaosCommand.run(
                "--system", "etcd", "--seconds", "20", "--seed", "1", "--nemesis", "kill,pause,partition");
        assertThat(chaos.status()).as(chaos.output()).isEqualTo(1);
        assertThat(chaos.output()).contains("VIOLATION of \"watch: Bookmarkable");
    }
}
